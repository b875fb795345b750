"""A database whose text fields all hold hostile text, from imported files and from typed input."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from db.enums import ChecklistValue, FailKind, ImportKind, Role, Verdict, VerificationKind
from tests.services.intake.importing.files import APPLICATION, INDIVIDUAL_DOCUMENTS, PDF
from tests.sites import Site
from tests.terminal.payloads import IMPORTABLE, MARK, packed
from workbench.domain.case.casefile import ItemRequest, VerdictRequest
from workbench.services.files.reading import kinds
from workbench.services.intake.importing.plan import ImportReport, ImportRequest

FILE_NAME = f"\x1b]0;{MARK}-file\x07\u202e\n[@click=app.exit]{MARK}.pdf"
FREE = {id(kinds.NAME): kinds.NAME_LENGTH, id(kinds.CODE): kinds.NAME_LENGTH, id(kinds.TEXT): kinds.NAME_LENGTH}
"""The types of columns that take any text, with the length put into one; a screen would not show more."""

_BASE: Mapping[ImportKind, Mapping[str, Any]] = {
    ImportKind.APPLICATIONS: {**APPLICATION, "applicant_kind": "individual"},
    ImportKind.CARDS: {"carrier": "mobile", "activated_on": "2026-01-05"},
    ImportKind.DOCUMENTS: {"path": FILE_NAME, "received_at": "2026-11-23 15:00", "sealed": "yes", "quality": "ok"},
    ImportKind.CREDIT: {"list": "court", "match": "exact", "listed_on": "2026-01-05", "checked_on": "2026-11-20"},
    ImportKind.COMPLAINTS: {"received_at": "2026-11-01 10:00", "verified": "yes"},
}


def text_columns(kind: ImportKind) -> dict[str, int]:
    """Return the columns of a kind that take any text, with the length put into each."""
    types = kinds.COLUMN_TYPES[kind].items()
    return {name.removesuffix("*"): FREE[id(one)] for name, one in types if id(one) in FREE}


@dataclass
class HostileSite:
    """A site, the hostile texts in it, and the cases that contain them."""

    site: Site
    folder: Path
    texts: Sequence[str] = IMPORTABLE
    cases: list[int] = field(default_factory=list)
    fields: int = 0

    def fill(self) -> "HostileSite":
        """Import one case for each bundle of texts, with the next bundles in its other fields."""
        bundles = packed([text for text in self.texts if text.strip()], kinds.NAME_LENGTH - len("000 "))
        (self.folder / FILE_NAME).write_bytes(PDF)
        applications, cards, documents, credit, complaints = [], [], [], [], []
        for at in range(len(bundles)):
            phone = f"1380013{at:04d}"
            applications.append(self._row(ImportKind.APPLICATIONS, bundles, at, msisdns=phone, contact_phone=phone))
            owner = {name: applications[-1][name] for name in ("agent", "application_no")}
            cards.append({**self._row(ImportKind.CARDS, bundles, at, msisdn=phone), **owner})
            for paper in INDIVIDUAL_DOCUMENTS:
                documents.append({**self._row(ImportKind.DOCUMENTS, bundles, at), **owner, "kind": paper.value})
            credit.append(self._row(ImportKind.CREDIT, bundles, at, subject_no=APPLICATION["handler_id_no"]))
            complaints.append(self._row(ImportKind.COMPLAINTS, bundles, at, msisdn=phone))
        # Entries of one person differ only by list and date, so there cannot be more than these.
        for kind, rows in (
            (ImportKind.APPLICATIONS, applications),
            (ImportKind.CARDS, cards),
            (ImportKind.DOCUMENTS, documents),
            (ImportKind.CREDIT, credit[:20]),
            (ImportKind.COMPLAINTS, complaints),
        ):
            report = self.take(kind, rows)
            assert report.rejected == 0, report.errors[:5]
        self.fields = sum(len(text_columns(kind)) for kind in _BASE)
        with self.site.services("admin").context.read() as session:
            from sqlalchemy import text

            self.cases = list(session.execute(text('SELECT id FROM "case" ORDER BY id')).scalars())
        return self

    def take(self, kind: ImportKind, rows: Sequence[Mapping[str, Any]]) -> ImportReport:
        """Import rows as JSON Lines, the only format that can hold every control character."""
        path = self.folder / f"{kind.value}.jsonl"
        path.write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
        return self.site.services("admin").imports.run(ImportRequest(kind=kind, paths=(path,)))

    def _row(self, kind: ImportKind, bundles: Sequence[str], at: int, **more: Any) -> dict[str, Any]:
        row = {**_BASE[kind], **more}
        for place, name in enumerate(text_columns(kind)):
            row[name] = f"{at:03d} {bundles[(at + place) % len(bundles)]}"
        return row

    def type(self) -> None:
        """Write the hostile texts into every typed field, of the first case and of decisions on the next ones."""
        site, all_of_them = self.site, "\n".join(self.texts[:32])
        site.services("admin").roles.add("checker", (Role.REVIEWER, Role.SUPERVISOR))
        first, second, third, *_rest = self.cases
        mine = site.services("a")
        for text in self.texts[:32]:
            mine.remarks.comment(first, f"comment {text}")
            mine.remarks.verify(first, VerificationKind.PHONE, f"result {text}")
        for line in site.services("b").casefiles.show(first).checklist[:2]:
            mine.remarks.checklist(first, line.question, ChecklistValue.NO, all_of_them)
        site.services("b").claims.next()
        site.services("b").claims.skip(first, f"skip {all_of_them}")
        self._decide(second, Verdict.FAIL, FailKind.FIXABLE, all_of_them)
        self._decide(third, Verdict.FAIL, FailKind.FINAL, all_of_them)
        site.clock.advance(seconds=61)
        mine.remarks.resubmit(second, f"resubmitted {all_of_them}")
        site.services("admin").absences.away(
            "c", site.clock.at.date() + timedelta(days=1), site.clock.at.date() + timedelta(days=2), all_of_them
        )

    def _decide(self, case_id: int, verdict: Verdict, kind: FailKind, typed: str) -> None:
        """Take a given case and decide it, with hostile text in every typed field."""
        services = self.site.services("checker")
        self.site.services("sup").assigning.assign([case_id], "checker", typed)
        found = services.claims.next()
        reasons = ("DOC-UNSEALED", "ID-CAPITAL")
        services.drafts.save(case_id, {"comment": typed, "note": typed})
        services.verdicts.decide(
            VerdictRequest(
                case_id=case_id,
                verdict=verdict,
                fail_kind=kind,
                reasons=reasons,
                note=typed,
                letter=typed,
                items=tuple(ItemRequest(code=code, text=typed) for code in reasons) if kind is FailKind.FIXABLE else (),
                fence=getattr(found, "header").fence,  # noqa: B009 - the claim may be empty for a type checker
            )
        )
