"""Policies whose class, documents and deadlines depend on province, card type, agent and kind of applicant."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from db.enums import DocumentKind, ImportKind
from tests.cli.framework.terminal import Terminal
from tests.services.intake.importing.files import ENTERPRISE_DOCUMENTS, Desk, application
from workbench.policies import default_policy_text

HUBEI = '[[special]]\nwhen = { province = "湖北省" }\nservice_class = "maximum"\n'
AGENT = '[[special]]\nwhen = { agent = ["虚构渠道", "另一渠道"] }\ndocuments = ["PREMISES_MEDIA"]\n'
CARD = '[[special]]\nwhen = { card_type = "靓号卡" }\nrectify_days = 9\npending_days = 2\n'
FIRST_IN_HUBEI = '[[special]]\nwhen = { province = "Hubei", agent = "虚构渠道" }\nservice_class = "expedited"\n'


@pytest.fixture
def desk(terminal: Terminal, tmp_path: Path) -> Desk:
    (tmp_path / "files").mkdir()
    return Desk(terminal.site, tmp_path / "files")


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., str]:
    """Writes the default policy with further tables, and returns the path of the file."""

    def written(*tables: str, **replaced: str) -> str:
        path = tmp_path / "policy.toml"
        path.write_text("\n".join((default_policy_text(), *tables)), encoding="utf-8")
        return str(path)

    return written


def shown(terminal: Terminal, desk: Desk, number: str) -> Any:
    return terminal.document("a", "show", f"C-{desk.case(number).id}")


def test_class_and_documents_follow_province_and_agent(
    terminal: Terminal, desk: Desk, file: Callable[..., str]
) -> None:
    terminal.document("admin", "policy", "apply", file(FIRST_IN_HUBEI, HUBEI, AGENT))
    desk.applications(
        application("A-1", province="湖北"),
        application("A-2", province="湖北", agent="虚构渠道"),
        application("A-3", province="四川", agent="另一渠道"),
        application("A-4", province="湖北", service_class="complex"),
    )
    desk.documents("A-1")
    assert [shown(terminal, desk, number)["service_class"] for number in ("A-1", "A-2", "A-3", "A-4")] == [
        *("maximum", "expedited", "standard", "complex")
    ]
    for number, agent in (("A-2", "虚构渠道"), ("A-3", "另一渠道")):
        rows = [{"agent": agent, "application_no": number, "kind": kind, "path": f"A-1-{kind}.pdf"} for kind in KINDS]
        desk.run(ImportKind.DOCUMENTS, rows[:-1])
        assert desk.case(number).state == "incomplete"
        (desk.folder / rows[-1]["path"]).write_bytes(b"%PDF-1.7 premises")
        desk.run(ImportKind.DOCUMENTS, rows[-1:])
        assert desk.case(number).state == "queued"
    assert desk.case("A-1").state == "queued"


KINDS = [*(kind.value for kind in ENTERPRISE_DOCUMENTS), DocumentKind.PREMISES_MEDIA.value]


def test_deadlines_follow_the_card_type(terminal: Terminal, desk: Desk, file: Callable[..., str]) -> None:
    terminal.document("admin", "policy", "apply", file(CARD))
    case = desk.queued(card_type="靓号卡")
    terminal.document("a", "next")

    decided = terminal.document(
        "a", "decide", f"C-{case.id}", "fail", "--reason", "DOC-QUALITY", "--item", "DOC-QUALITY:BIZ_LICENSE"
    )

    assert decided["deadline_at"][:10] == "2026-12-07"


def test_special_cases_are_shown_and_compared(terminal: Terminal, file: Callable[..., str]) -> None:
    path = file(HUBEI, AGENT, CARD)
    changed = {change["key"]: change["new"] for change in terminal.document("admin", "policy", "diff", path)["changes"]}
    assert changed["special[1].when.province"] == "湖北省"
    assert changed["special[2].documents"] == "PREMISES_MEDIA"

    terminal.document("admin", "policy", "apply", path)

    text = terminal.as_person("admin", "policy", "show").stdout
    lines = [line.split() for line in text.splitlines() if line.startswith("special[")]
    assert lines == [
        ["special[1].when.province", "湖北省"],
        ["special[1].service_class", "maximum"],
        ["special[2].when.agent", "虚构渠道,", "另一渠道"],
        ["special[2].documents", "PREMISES_MEDIA"],
        ["special[3].when.card_type", "靓号卡"],
        ["special[3].rectify_days", "9"],
        ["special[3].pending_days", "2"],
    ]
    assert terminal.document("admin", "policy", "show")["special"][0]["service_class"] == "maximum"


def test_a_wrong_special_case_is_told_with_its_line(terminal: Terminal, file: Callable[..., str]) -> None:
    for table, told in (
        ('[[special]]\nwhen = { colour = "x" }\nrectify_days = 2', "“colour” is not a fact that can be used here"),
        ('[[special]]\nwhen = { province = "湖东" }\nrectify_days = 2', "“湖东” is not a province"),
        ('[[special]]\nwhen = { applicant_kind = "club" }\nrectify_days = 2', "“club” must be one of: enterprise"),
        ('[[special]]\nwhen = { agent = "x" }', "changes nothing; give one of: service_class"),
        ('[[special]]\nwhen = { agent = "x" }\nrectify_days = 99', "must be a whole number from 1 to 15"),
        ("[[special]]\nwhen = {}\nrectify_days = 2", "special[1].when: "),
        ('[[special]]\nwhen = { agent = "x" }\nservice_class = "slow"', "special[1].service_class: "),
    ):
        path = file(table)

        result = terminal.as_person("admin", "policy", "check", path)

        assert result.exit_code == 78
        assert told in result.stderr
        last = len(Path(path).read_text(encoding="utf-8").splitlines())
        assert int(result.stderr.split("policy.toml, line ")[1].split(":")[0]) in range(last - 2, last + 1)
