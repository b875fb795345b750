"""What the call activity panel says of evidence that is charged to nobody."""

from dataclasses import replace
from datetime import timedelta

from screens.panels.calls import calls_lines
from screens.shell.view import UNICODE, ZONE, View
from tests.languages import speaking
from tests.screens.cases import NOW, casefile, clean
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
