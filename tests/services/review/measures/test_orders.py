"""An act that is no verdict, such as a reopening, owes the restoring too, and can be undone."""

from db.enums import FailKind, Measure
from db.models import CaseRow
from tests.services.review.verdict_acts import decide, failing, take
from tests.sites import Site
from workbench.services.review.measures.orders import lift_bars


def listed(site: Site) -> list[tuple[str, str]]:
    now = site.clock()
    return [(order.measure.value, order.status(now).value) for order in site.services("sup").measures.list()]


def test_an_undone_reopening_takes_back_that_it_lifted_a_bar(site: Site) -> None:
    (case_id,) = site.plant()
    take(site)
    decide(site, failing(case_id, measure=Measure.BAR_OUT, fail_kind=FailKind.FINAL))
    site.services("b").checks.approve(case_id, "seen")
    site.clock.advance(minutes=1)
    services = site.services("sup")

    services.reopening.reopen(case_id, "x")
    assert listed(site) == [("bar-out", "cancelled")]
    services.undo.undo(case_id)

    assert listed(site) == [("bar-out", "owed")]


def test_a_bar_is_lifted_once(site: Site) -> None:
    (case_id,) = site.plant()
    take(site)
    decide(site, failing(case_id, measure=Measure.BAR_BOTH))
    site.clock.advance(minutes=1)
    context = site.services("sup").context
    report = site.path.parent / "done.csv"
    report.write_text("1\n", encoding="utf-8")
    site.services("sup").measures.report(report)

    with context.write() as session:
        case = session.get_one(CaseRow, case_id)
        first = lift_bars(session, context, case, release_at=context.now())
        second = lift_bars(session, context, case, release_at=context.now())

    assert (first.measures, second.measures) == ((Measure.RESTORE,), ())
    assert listed(site) == [("bar-both", "done"), ("restore", "owed")]
