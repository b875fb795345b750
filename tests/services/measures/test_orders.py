"""An act that is no verdict, such as a reopening, owes the restoring too, and can be undone."""

from db.enums import Measure
from db.models import CaseRow
from tests.services.review.verdict_acts import decide, failing, take
from tests.sites import Site
from workbench.services.measures.orders import is_carried_out, lift_bars, orders_summary, take_back_orders


def listed(site: Site) -> list[tuple[str, str]]:
    now = site.clock()
    return [(order.measure.value, order.status(now).value) for order in site.services("sup").measures.list()]


def test_an_act_that_is_no_verdict_lifts_a_bar_and_takes_that_back(site: Site) -> None:
    (case_id,) = site.plant()
    take(site)
    decide(site, failing(case_id, measure=Measure.BAR_OUT))
    site.clock.advance(minutes=1)
    context = site.services("sup").context
    with context.write() as session:
        case = session.get_one(CaseRow, case_id)
        changes = lift_bars(session, context, case, release_at=context.now())
        assert orders_summary(session, changes.record) == "cancelled (1)"
    assert listed(site) == [("bar-out", "cancelled")]

    with context.write() as session:
        assert not is_carried_out(session, changes.record)
        take_back_orders(session, context.now(), changes.record)

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

    assert (len(first.written), len(second.written), second.lifted) == (1, 0, ())
    assert listed(site) == [("bar-both", "done"), ("restore", "owed")]
