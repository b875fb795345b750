"""The call figures of a case as JSON, numbers masked unless they are revealed."""

from typing import Any

from workbench.domain.case.casefile import CaseFile
from workbench.domain.evidence.evidence import CallFacts
from workbench.domain.facts.all_facts import activity_view
from workbench.domain.text.mask import mask_msisdn


def activity(casefile: CaseFile, *, revealed: bool) -> dict[str, Any]:
    """Return the figures over all cards and of each card."""
    view = activity_view(casefile.evidence, casefile.facts)
    if revealed:
        return view
    return {**view, "cards": _masked_cards(casefile, view["cards"])}


def _masked_cards(casefile: CaseFile, cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each card with its number masked, and with the window of its calls.

    The facts know whole numbers and the evidence masked ones, so a window is found by the masked number and, as
    neighbouring numbers look alike when masked, by how many calls it holds.
    """
    windows = {(call.msisdn, call.calls): call for call in casefile.evidence.calls}
    return [_masked_card(card, windows) for card in cards]


def _masked_card(card: dict[str, Any], windows: dict[tuple[str, int], CallFacts]) -> dict[str, Any]:
    number = mask_msisdn(card["msisdn"])
    call = windows.get((number, card.get("calls") or 0), CallFacts())
    return {
        **card,
        "msisdn": number,
        "window_from": None if call.window_from is None else call.window_from.isoformat(),
        "window_to": None if call.window_to is None else call.window_to.isoformat(),
    }
