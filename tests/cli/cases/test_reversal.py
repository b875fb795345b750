"""A withdrawal, an answer and a resubmission can be undone for a minute, as a verdict can."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db.enums import Language
from tests.cli.calendar.test_reminders import check_pages, fail, kinds
from tests.cli.framework.terminal import refused
from tests.clock_site import ClockSite
from workbench.domain.case.casefile import CaseFile

pytestmark = pytest.mark.proof


def show(services: ClockSite, case: str) -> Any:
    return services.terminal.document("a", "show", case)


def refuse_undo(services: ClockSite, case: str, login: str = "a") -> str:
    return refused(services.terminal.as_person(login, "undo", case), 77)


def test_an_act_of_an_older_version_cannot_be_undone(services: ClockSite) -> None:
    case = services.received("2026-11-24 10:00")
    context = services.site.services("a").context
    with context.write() as session:
        session.execute(text("UPDATE \"case\" SET state = 'withdrawn', version = version + 1"))
        context.log(session, "withdraw", case_id=int(case[2:]))

    assert "nothing" in refuse_undo(services, case)


def test_the_letter_of_a_withdrawal_is_printed(services: ClockSite, tmp_path: Path) -> None:
    case = fail(services, "--measure", "bar-both")
    services.run("a", "withdraw", case, "--reason", "x")
    services.at("2026-11-24 10:02")

    parts = ("2026年12月15日（周二）", "已采取的限制措施继续有效", "12300", case)
    check_pages(services, tmp_path / "letters", Language.ZH, "withdrawn", *parts)
    body = services.terminal.document("admin", "notices", case)["notices"][-1]["body"]
    assert "可向我司提出申诉" not in body, "nobody can record an appeal on a withdrawn case"
    assert "申诉途径" not in body
    assert "to appeal" not in refused(services.terminal.as_person("a", "appeal", case, "--grounds", "x"), 77)
    assert kinds(services) == ["fail", "withdrawn"], "the notice of the measure goes out too"


def test_the_undo_of_anothers_withdrawal_gives_the_holder_the_hold_back_with_its_end_and_the_draft(
    services: ClockSite,
) -> None:
    case = services.received("2026-11-24 10:00")
    services.run("a", "next")
    holder = services.site.services("a")
    holder.drafts.save(int(case[2:]), {"note": "typed"})
    before = show(services, case)
    services.at("2026-11-24 10:20").run("sup", "withdraw", case, "--reason", "x")
    services.at("2026-11-24 10:20:30").run("sup", "undo", case)

    found = show(services, case)
    assert (found["held_by"], found["held_until"]) == ("a", before["held_until"])
    assert found["fence"] == before["fence"] + 1
    loss = holder.claims.loss(int(case[2:]), before["fence"])
    assert loss is not None
    assert (loss.action, loss.by, loss.to) == ("undo", "sup", "a")
    late = services.terminal.as_person("a", "decide", case, "pass", "--reason", "OK", "--fence", str(before["fence"]))
    assert f"with fence {found['fence']} now" in refused(late, 75)
    again = holder.claims.next()
    assert isinstance(again, CaseFile)
    assert again.draft == {"note": "typed"}
