"""Made-up files, and the short way to import them."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlmodel import col, select

from db.enums import DocumentKind, ImportKind
from db.models import CaseRow
from tests.prepared import prepared
from tests.sites import Site
from workbench.services.foundation import audit_log
from workbench.services.intake.importing.plan import ImportReport, ImportRequest

Cells = Mapping[str, str]

JPEG = b"\xff\xd8\xff\xe0 made up "
PNG = b"\x89PNG\r\n\x1a\n made up "
PDF = b"%PDF-1.7 made up "

ENTERPRISE_DOCUMENTS = (
    DocumentKind.BIZ_LICENSE,
    DocumentKind.AGENT_ID_FRONT,
    DocumentKind.AGENT_ID_BACK,
    DocumentKind.AUTH_LETTER,
    DocumentKind.COMMITMENT_LETTER,
    DocumentKind.USE_STATEMENT,
    DocumentKind.CALL_SCRIPT,
    DocumentKind.CONSENT_PROOF,
)
INDIVIDUAL_DOCUMENTS = (
    DocumentKind.AGENT_ID_FRONT,
    DocumentKind.AGENT_ID_BACK,
    DocumentKind.COMMITMENT_LETTER,
)

APPLICATION: Cells = {
    "application_no": "A-1",
    "submitted_at": "2026-11-23 10:00",
    "applicant_kind": "enterprise",
    "applicant_name": "虚构甲号信息服务有限公司",
    "uscc": "91110000600037341L",
    "registered_capital_cny": "1000000",
    "licence_valid_to": "长期",
    "business_scope": "信息咨询",
    "handler_name": "乙某某",
    "handler_id_no": "11010519491231002X",
    "handler_id_issued_on": "2015-01-01",
    "handler_id_valid_to": "长期",
    "contact_phone": "13800138000",
    "industry": "教育",
    "stated_use": "回访已购课程的客户",
    "call_script": "您好,这里是虚构公司",
    "consent_source": "客户在线登记",
    "msisdns": "13800138000",
}

PERSON = {
    "applicant_kind": "individual",
    "applicant_name": "测试人",
    "handler_name": "测试人",
    "uscc": "",
    "registered_capital_cny": "",
    "licence_valid_to": "",
    "business_scope": "",
}
"""What makes the application one of a person."""


def application(number: str = "A-1", **changes: str) -> Cells:
    """Return an application's cells."""
    return {**APPLICATION, "application_no": number, **changes}


def csv_text(rows: Sequence[Cells]) -> str:
    """Return rows as CSV with English headers."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@dataclass
class Desk:
    """A site, and a folder for the files that are imported into it."""

    site: Site
    folder: Path
    files: int = 0
    options: dict[str, Any] = field(default_factory=dict)

    def write(self, rows: Sequence[Cells]) -> Path:
        """Write rows into a new CSV file."""
        self.files += 1
        path = self.folder / f"file{self.files}.csv"
        path.write_text(csv_text(rows), encoding="utf-8")
        return path

    def run(self, kind: ImportKind, rows: Sequence[Cells], **options: Any) -> ImportReport:
        """Import rows as one file."""
        return self.take(kind, self.write(rows), **options)

    def take(self, kind: ImportKind, *paths: Path, **options: Any) -> ImportReport:
        """Import files as the admin."""
        return self.site.services("admin").imports.run(ImportRequest(kind=kind, paths=paths, **options))

    def applications(self, *rows: Cells, **options: Any) -> ImportReport:
        """Import applications."""
        return self.run(ImportKind.APPLICATIONS, rows, **options)

    def papers(
        self,
        number: str = "A-1",
        kinds: Sequence[DocumentKind] = ENTERPRISE_DOCUMENTS,
        *,
        received_at: str = "2026-11-23 15:00",
        content: str = "",
    ) -> list[Cells]:
        """Write document files of an application, and return their rows."""
        of_file = {"received_at": received_at, "sealed": "yes", "quality": "ok"}
        rows: list[Cells] = []
        for kind in kinds:
            path = self.folder / f"{number}-{kind}{content}.pdf"
            path.write_bytes(PDF + f"{number} {kind} {content}".encode())
            rows.append({"application_no": number, "kind": kind.value, "path": path.name, **of_file})
        return rows

    def documents(
        self,
        number: str = "A-1",
        kinds: Sequence[DocumentKind] = ENTERPRISE_DOCUMENTS,
        *,
        received_at: str = "2026-11-23 15:00",
        content: str = "",
        **options: Any,
    ) -> ImportReport:
        """Import document files of an application."""
        rows = self.papers(number, kinds, received_at=received_at, content=content)
        return self.run(ImportKind.DOCUMENTS, rows, **options)

    @prepared
    def queued(self, number: str = "A-1", **changes: str) -> CaseRow:
        """Import an application with all its documents."""
        self.applications(application(number, **changes))
        self.documents(number)
        return self.case(number)

    def case(self, number: str = "A-1") -> CaseRow:
        """Return the newest case of an application."""
        found = self.cases(number)
        assert found, number
        return found[-1]

    def cases(self, number: str = "A-1") -> list[CaseRow]:
        """Return the cases of an application, the oldest first."""
        with self.site.services("admin").context.read() as session:
            rows = session.exec(select(CaseRow).where(CaseRow.application_no == number).order_by(col(CaseRow.id))).all()
            session.expunge_all()
            return list(rows)

    def change(self, number: str = "A-1", **columns: Any) -> None:
        """Put a case into a state that only people bring it into."""
        case_id = self.case(number).id
        with self.site.services("admin").context.write() as session:
            case = session.get_one(CaseRow, case_id)
            for name, value in columns.items():
                setattr(case, name, value)

    def findings(self, number: str = "A-1") -> dict[str, tuple[str, str]]:
        """Return severity and observed value of each rule that is hit in the newest case."""
        return {
            row[0]: (row[1], row[2])
            for row in self.sql(
                "SELECT rule, severity, observed FROM finding WHERE case_id = :case", case=self.case(number).id
            )
        }

    def sql(self, statement: str, **parameters: Any) -> list[Any]:
        """Return the rows of a query."""
        with self.site.services("admin").context.read() as session:
            return list(session.execute(text(statement), parameters))

    def count(self, table: str) -> int:
        """Count the rows of a table."""
        return int(self.sql(f'SELECT count(*) FROM "{table}"')[0][0])

    def is_chain_whole(self) -> bool:
        """Say whether the log is whole."""
        with self.site.services("admin").context.read() as session:
            return audit_log.verify(session).is_whole


def shanghai(moment: str) -> datetime:
    """Return a local moment such as 2026-11-24 10:00 as an instant."""
    return datetime.fromisoformat(moment + "+08:00")
