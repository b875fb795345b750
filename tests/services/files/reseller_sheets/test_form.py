"""A form that is filled in imports without a map, and offers only what the policy and an import know."""

from pathlib import Path

import pytest

from db.enums import ApplicantKind, CaseState, DocumentKind
from tests.cli.framework.terminal import Terminal, refused
from tests.domain.facts.sample_evidence import default_policy
from tests.languages import speaking
from tests.services.files.reading.workbooks import Value, write_workbook
from tests.services.files.reseller_sheets.forms import sheets_of
from tests.services.intake.importing.files import APPLICATION, PDF, PERSON
from tests.sites import Site
from workbench.policies import default_policy_text
from workbench.services.files.reading.headers import column_names
from workbench.services.files.reading.sheets.names import kind_of_sheet

pytestmark = pytest.mark.proof

NUMBERS_OF_ROWS = {"applications": 7, "cards": 4, "documents": 17}
"""As many as the longest list of the sheet has words, so that each word is chosen."""


@pytest.mark.parametrize(("kind", "language"), [("enterprise", "zh"), ("individual", "en")])
def test_a_form_that_is_filled_in_imports_without_a_map(site: Site, tmp_path: Path, kind: str, language: str) -> None:
    terminal, path = Terminal(site), tmp_path / "form.xlsx"
    with speaking(language):
        terminal.document("a", "template", "applications", "--kind", kind, "-o", str(path))
        sheets = {kind_of_sheet(sheet.name): sheet for sheet in sheets_of(path)}
        filled: dict[str, list[list[Value]]] = {}
        for sheet_kind, sheet in sheets.items():
            assert sheet_kind is not None
            meanings = {name: column_names(sheet_kind).meaning(name) or "" for name in sheet.columns}
            filled[sheet.name] = [[sheet.title], [*sheet.columns]]
            for place in range(NUMBERS_OF_ROWS[sheet_kind]):
                values = _values(place, kind)
                filled[sheet.name].append(
                    [
                        words[place % len(words)]
                        if (words := sheet.choices.get(name))
                        else values.get(meanings[name], "")
                        for name in sheet.columns
                    ]
                )
        (tmp_path / "a.pdf").write_bytes(PDF)
        write_workbook(path, {**filled, "lists": [["甲"]]}, hidden=("lists",))

    report = terminal.document("admin", "import", "workbook", str(path))

    assert (report["error_count"], report["created"]) == (0, sum(NUMBERS_OF_ROWS.values())), report["errors"]
    assert {sheet["kind"] for sheet in report["sheets"]} == {"applications", "cards", "documents"}
    assert terminal.document("a", "show", "C-000001")["state"] == CaseState.INCOMPLETE


def _values(place: int, kind: str) -> dict[str, str]:
    of_kind = PERSON if kind == "individual" else {}
    return {
        **APPLICATION,
        **of_kind,
        "application_no": f"A-{place % 7}",
        "msisdn": f"1380013{place:04}",
        "actual_user_name": "测试人",
        "path": "a.pdf",
        "msisdns": "",
    }


def test_a_form_offers_the_required_documents_first_and_names_those_of_special_cases(
    site: Site, tmp_path: Path
) -> None:
    terminal, path, rules = Terminal(site), tmp_path / "form.xlsx", tmp_path / "policy.toml"
    words = ("template", "applications", "--kind", "individual", "-o", str(path))
    terminal.document("a", *words)
    applications, _cards, documents = sheets_of(path)
    required = ["AGENT_ID_FRONT", "AGENT_ID_BACK", "COMMITMENT_LETTER"]
    assert documents.choices["kind*"][:3] == required
    assert applications.choices["applicant_kind*"] == [ApplicantKind.INDIVIDUAL]
    assert not {"uscc", "agent", "received_at"} & set(applications.columns)

    special = (
        '[[special]]\nwhen = { applicant_kind = "individual" }\ndocuments = ["RISK_NOTICE"]',
        '[[special]]\nwhen = { applicant_kind = "enterprise" }\ndocuments = ["CALL_SCRIPT"]',
        '[[special]]\nwhen = { province = ["湖北", "湖南"] }\ndocuments = ["PREMISES_MEDIA"]',
    )
    rules.write_text("\n".join((default_policy_text(), *special)), encoding="utf-8")
    terminal.document("admin", "policy", "apply", str(rules))
    path.unlink()
    terminal.document("a", *words)
    _applications, _cards, documents = sheets_of(path)
    assert documents.choices["kind*"][:5] == [*required, "RISK_NOTICE", "PREMISES_MEDIA"]
    names = default_policy().documents.names
    assert f", {names[DocumentKind.RISK_NOTICE].en}, " in documents.title
    assert f"{names[DocumentKind.PREMISES_MEDIA].en} (province = 湖北 / 湖南)" in documents.title
    assert names[DocumentKind.CALL_SCRIPT].en not in documents.title


def test_a_form_that_cannot_be_written_is_refused(site: Site, tmp_path: Path) -> None:
    for name, code in [("form.csv", 2), ("no/form.xlsx", 73)]:
        words = ("template", "applications", "--kind", "enterprise", "-o", str(tmp_path / name))

        refused(Terminal(site).as_person("a", *words, "--json"), code)
