"""The forecast of an incomplete case of the demo comes true in its queue: its place is the one that was told."""

from dataclasses import replace
from pathlib import Path

import pytest

from db.enums import CaseState, ImportKind, Language
from tests.demos import NOW, services
from tests.services.intake.importing.files import PDF, csv_text
from workbench.domain.forecast.result import PassNeed
from workbench.services.intake.importing.plan import ImportRequest
from workbench.wording.letter_dates import letter_day
from workbench.wording.phone import phone_sentence
from workbench.wording.what_would_help import missing_codes

pytestmark = pytest.mark.terminal
"""The demo is made in processes of its own."""


def hand_in(database: Path, case_id: int) -> None:
    """Import the documents that a case misses, as received now."""
    with services(database, "admin") as admin:
        casefile = admin.casefiles.show(case_id)
        header, rows = casefile.header, []
        for code in missing_codes(casefile):
            (database.parent / f"{code}.pdf").write_bytes(PDF + f"{case_id} {code}".encode())
            key = {"application_no": header.application_no, "agent": header.agent}
            rows.append({**key, "kind": code, "path": f"{code}.pdf", "sealed": "yes", "quality": "ok"})
        path = database.parent / "documents.csv"
        path.write_text(csv_text(rows), encoding="utf-8")
        admin.imports.run(ImportRequest(kind=ImportKind.DOCUMENTS, paths=(path,)))


@pytest.mark.parametrize("case_id", [85, *(pytest.param(number, marks=pytest.mark.proof) for number in (86, 87))])
def test_after_the_documents_come_as_assumed_the_forecast_is_what_was_told(fresh_demo: Path, case_id: int) -> None:
    with services(fresh_demo) as reviewer:
        told, casefile = reviewer.forecasts.of_case(case_id), reviewer.casefiles.show(case_id)
        assert replace(told, saved_days=0) in reviewer.forecasts.of_all()
    assert (told.is_incomplete, told.passed_needs) == (True, (PassNeed.DOCUMENTS,))
    # What is missing now is no finding then.
    assert "open points" not in phone_sentence(told, casefile, NOW)

    hand_in(fresh_demo, case_id)

    with services(fresh_demo) as reviewer:
        found, after = reviewer.forecasts.of_case(case_id), reviewer.casefiles.show(case_id)
    assert (found.state, after.header.priority) == (CaseState.QUEUED, casefile.header.priority)
    assert (found.first_verdict, found.decided) == (told.first_verdict, told.decided)
    assert (found.pass_rate, found.sent_back) == (told.pass_rate, told.sent_back)
    receipt = after.notices[-1]
    assert (receipt.kind, receipt.language) == ("receipt", "zh")
    for day in (found.decided.p50, found.decided.p90):
        assert letter_day(day, Language(receipt.language)) in receipt.body
