"""Letters ask for something concrete: which documents, until when, and where to send them."""

import pytest

from db.enums import ImportKind
from tests.cli.framework.terminal import refused
from tests.clock_site import ClockSite
from tests.services.intake.importing.files import PDF, Desk
from tests.sites import SUPPLIER, Site


@pytest.fixture
def services(site: Site) -> ClockSite:
    return ClockSite(site).at("2026-11-26 12:00")


@pytest.fixture
def held(services: ClockSite) -> str:
    """A case that reviewer a holds, whose documents no rule has complained of."""
    case = services.received("2026-11-26 10:00")
    services.run("a", "next")
    return case


def letter(services: ClockSite) -> str:
    body: str = services.terminal.document("a", "notices")["notices"][-1]["body"]
    return body


@pytest.mark.parametrize("verdict", ["fail", "pending"])
def test_a_reason_about_documents_asks_which_one_and_the_letter_names_it(
    services: ClockSite, held: str, verdict: str
) -> None:
    for code in ("DOC-MISSING", "DOC-EXPIRED", "DOC-UNSEALED", "DOC-QUALITY"):
        words = ("decide", held, verdict, "--reason", code)
        assert code in refused(services.terminal.as_person("a", *words), 77)
        services.run("a", *words, "--item", f"{code}:AUTH_LETTER；营业执照副本")

        [cause] = [line for line in letter(services).splitlines() if line.endswith(f"（{code}）")]
        [item] = [line for line in letter(services).splitlines() if line.startswith("1. ")]
        assert "授权委托书、营业执照副本" in cause
        assert "授权委托书、营业执照副本" in item
        services.run("a", "undo", held)


def test_a_pending_letter_names_the_bar_that_stands_since_an_earlier_verdict(services: ClockSite, held: str) -> None:
    services.run("a", "decide", held, "fail", "--reason", "ACT-PEAK-HOUR", "--measure", "bar-out")
    assert "对本次审核所涉号码暂停呼出服务（限呼）" in letter(services)
    services.at("2026-11-27 10:00").run("a", "resubmit", held)
    services.run("a", "next")
    services.run("a", "decide", held, "pending", "--reason", "WAIT-CARRIER")

    assert "\n措施：\n本次未新增限制措施；此前已采取的限制措施继续有效。\n" in letter(services)


def test_a_pending_letter_lists_what_is_needed_until_when_and_where_to(services: ClockSite, held: str) -> None:
    services.run("a", "decide", held, "pending", "--reason", "ID-USCC", "--until", "2026-12-03")

    body = letter(services)
    for owed in (
        "补充材料期限：2026年12月3日（周四）",
        "1. 正确的统一社会信用代码及营业执照副本复印件",
        "请在收到本通知后尽快",
        f"请寄至{SUPPLIER.address.zh}",
        f"请拨打{SUPPLIER.phone}",
    ):
        assert owed in body
    [decision] = services.terminal.document("a", "show", held)["decisions"][-1:]
    assert [item["code"] for item in decision["items"]] == ["ID-USCC"]


def test_only_a_verdict_that_asks_the_applicant_has_items(services: ClockSite, held: str) -> None:
    for words in (("pending", "--reason", "WAIT-CARRIER"), ("pass", "--reason", "OK")):
        assert "can have items" in refused(
            services.terminal.as_person("a", "decide", held, *words, "--item", "BIZ_LICENSE"), 77
        )


def test_a_letter_says_that_the_due_date_has_not_changed(services: ClockSite) -> None:
    case = services.at("2026-11-27 09:00").received("2026-11-26 10:00")
    assert services.due(case) == "2026-12-01 18:00"
    # From Friday evening to Sunday no working time is lost.
    services.at("2026-11-27 19:00").run("sup", "calendar", "suspend", "2026-11-27 19:00", "--reason", "台风停工")
    services.at("2026-11-29 12:00").run("sup", "calendar", "resume")

    assert services.due(case) == "2026-12-01 18:00"
    assert "\n办结时限不变：2026年12月1日（周二）\n" in letter(services)
    assert "新的办结时限" not in letter(services)


def test_a_reason_about_documents_can_be_its_own_item_with_a_warning(services: ClockSite, held: str) -> None:
    words = ("decide", held, "fail", "--reason", "DOC-QUALITY", "--item", "DOC-QUALITY")
    done = services.terminal.document("a", *words)

    assert done["warnings"] == ["The letter does not say what the applicant has to send; write it in the item"]
    assert "\n1. " in letter(services)


def test_a_named_item_adds_to_those_of_the_reasons(services: ClockSite, held: str) -> None:
    reasons = ("--reason", "ID-NAME", "--reason", "USE-SCRIPT")
    services.run("a", "decide", held, "fail", *reasons, "--item", "USE-SCRIPT:新话术", "--item", "AUTH_LETTER")

    assert "\n1. 与营业执照名称一致的材料\n2. 新话术\n3. 授权委托书\n" in letter(services)


def test_only_the_named_items_are_asked_for_if_that_is_said(services: ClockSite, held: str) -> None:
    reasons = ("--reason", "ID-NAME", "--reason", "USE-SCRIPT")
    words = ("decide", held, "fail", *reasons, "--only-items")
    assert "none is named" in refused(services.terminal.as_person("a", *words), 77)

    done = services.terminal.as_person("a", *words, "--item", "AUTH_LETTER")

    assert "Note: The letter does not ask for what these reasons need: ID-NAME, USE-SCRIPT." in done.stderr
    assert "\n1. 授权委托书\n\n" in letter(services)
    services.run("a", "undo", held)
    given = services.terminal.document("a", *words, "--item", "AUTH_LETTER", "--item", "ID-NAME")
    assert given["warnings"] == ["The letter does not ask for what these reasons need: USE-SCRIPT"]


def test_the_documents_of_a_finding_stay_asked_for_beside_a_named_one(services: ClockSite, desk: Desk) -> None:
    desk.queued()
    row = {"application_no": "A-1", "received_at": "2026-11-23 16:00", "sealed": "no"}
    rows = []
    for kind in ("AUTH_LETTER", "CALL_SCRIPT"):
        (desk.folder / f"{kind}.pdf").write_bytes(PDF + kind.encode())
        rows.append({**row, "kind": kind, "path": f"{kind}.pdf"})
    desk.run(ImportKind.DOCUMENTS, rows)
    services.run("a", "next")

    unsealed = ("decide", "C-1", "fail", "--reason", "DOC-UNSEALED")
    services.run("a", *unsealed, "--item", "AUTH_LETTER", "--item", "RISK_NOTICE")

    assert "\n1. 加盖公章的材料：外呼话术\n2. 授权委托书\n3. " in letter(services)
    assert "授权委托书、外呼话术。（DOC-UNSEALED）" in letter(services)
