"""What the call activity panel says of evidence that is charged to nobody."""

from dataclasses import replace
from datetime import timedelta

from screens.panels.calls import calls_lines
from screens.shell.view import UNICODE, ZONE, View
from tests.languages import speaking
from tests.screens.cases import NOW, casefile, clean, troubled
from workbench.domain.case.vocabulary import PanelKind, Severity
from workbench.domain.evidence.evidence import CallFacts, ComplaintFacts, Evidence


def panel(found: Evidence) -> str:
    """Return the text of the panel."""
    view = View(now=NOW, zone=ZONE, symbols=UNICODE)
    return "\n".join(line.content.plain for line in calls_lines(casefile(1, found), view, 60))


def test_calls_outside_the_service_are_shown_with_and_without_others() -> None:
    found = clean()
    for all_calls in (found.all_calls, CallFacts()):
        text = panel(replace(found, all_calls=replace(all_calls, calls_outside_service=1_234)))

        assert "after the end of service: 1,234" in " ".join(text.split())
        assert "No call records" not in text
    assert "end of service" not in panel(found)
    with speaking("zh"):
        assert "停用后的呼出1,234次" in panel(replace(found, all_calls=CallFacts(calls_outside_service=1_234)))


def test_a_complaint_that_does_not_count_says_why() -> None:
    found = clean()
    [card, *others] = found.cards
    complaint = ComplaintFacts(msisdn=card.msisdn, received_at=NOW - timedelta(days=400), verified=True)

    undated = replace(card, activated_on=None)
    served = replace(card, activated_on=(NOW - timedelta(days=300)).date())
    assert "old, not counted" in panel(replace(found, complaints=(complaint,), cards=(undated, *others)))
    assert "outside the service" in panel(replace(found, complaints=(complaint,), cards=(served, *others)))


def test_the_figures_say_whose_they_are_and_the_days_have_an_axis() -> None:
    found = clean()
    text = panel(found)
    assert "highest day 188 by all cards" in text
    assert text.index("answered") < text.index("Most of one card") < text.index("busiest day")
    axis = next(line for line in text.splitlines() if line.startswith(" 25 "))
    assert axis.split()[:3] == ["25", "2", "9"]

    alone = replace(found, cards=found.cards[:1], calls=found.calls[:1])
    assert "by all cards" not in panel(alone)
    assert "Most of one card" not in panel(alone)


def test_a_figure_with_a_finding_about_another_limit_has_no_mark_for_fine() -> None:
    case = casefile(1, clean())
    (found, *_others) = casefile(1, troubled()).findings
    found = replace(found, rule="CALL-QUOTA", leg=PanelKind.ACTIVITY, severity=Severity.WARN, observes="peak_day_calls")
    lines = calls_lines(replace(case, findings=(found,)), View(now=NOW, zone=ZONE, symbols=UNICODE), 60)
    day = next(line.content.plain for line in lines if "busiest day" in line.content.plain)
    assert day.endswith("!")
    assert ">" not in day


def test_calls_without_handsets_have_a_dash_and_no_mark() -> None:
    found = clean()

    def handsets(evidence: Evidence) -> str:
        return next(line for line in panel(evidence).splitlines() if "handsets" in line)

    assert handsets(found).endswith("✓")
    without = replace(found, all_calls=replace(found.all_calls, handsets=0))
    without = replace(without, calls=tuple(replace(call, handsets=0) for call in found.calls))
    assert handsets(without).split() == ["handsets", "–"]
