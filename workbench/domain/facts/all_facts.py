"""All facts that rules can use, by name, with those about calls and complaints. Thresholds are in the policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from workbench.domain.evidence.evidence import NO_CALLS, CallFacts, ComplaintFacts, Evidence
from workbench.domain.evidence.service_period import service_period
from workbench.domain.facts.credit import CREDIT_FACTS, credit_facts
from workbench.domain.facts.documents import DOCUMENT_FACTS, USE_FACTS, document_facts, use_facts, words_found
from workbench.domain.facts.fact import NUMBER, Facts, FactType, chained, interned_group
from workbench.domain.facts.identity import CARD_FACTS, IDENTITY_FACTS, card_facts, identity_facts
from workbench.domain.policy.policy import FactValue, Policy, Scope
from workbench.domain.policy.settings import CallingWindow

_HALF_HOUR_MINUTES = 30
_COUNTS = (
    *("calls", "answered", "distinct_callees", "peak_hour_calls", "peak_day_calls", "handsets", "opt_out_calls"),
    *("max_same_callee_day", "max_same_callee_5min", "max_same_callee_window", "calls_in", "calls_outside_service"),
)
"""The counts of calls that become facts unchanged."""

FACTS_OF_CALLS = (*(name for name in _COUNTS if name != "calls_outside_service"), "off_hours_calls")
"""The figures that are unknown, not zero, if no call record was imported."""


class ComplaintStatus(StrEnum):
    """Whether a complaint counts against the holder of the card."""

    COUNTED = "counted"
    OUTSIDE_SERVICE = "outside_service"
    OLD = "old"


ClassifiedComplaint = tuple[ComplaintFacts, ComplaintStatus]


def complaint_statuses(evidence: Evidence, policy: Policy, today: date) -> tuple[ComplaintStatus, ...]:
    """Classify each complaint, in the order of the evidence.

    A complaint received outside the card's service belongs to another holder. A complaint is old if it was received
    before the policy's window and before the card's own call window, which may have ended long ago.
    """
    if not evidence.complaints:
        return ()
    zone = ZoneInfo(policy.zone)
    first = today - timedelta(days=policy.calls.window_days - 1)
    periods = {card.msisdn: service_period(card) for card in evidence.cards}
    windows = {call.msisdn: call.window_from for call in evidence.calls}

    def status(complaint: ComplaintFacts) -> ComplaintStatus:
        on = complaint.received_at.astimezone(zone).date()
        if complaint.msisdn in periods and not periods[complaint.msisdn].covers(on):
            return ComplaintStatus.OUTSIDE_SERVICE
        call_window_from = windows.get(complaint.msisdn) or first
        is_recent = on >= min(first, call_window_from)
        return ComplaintStatus.COUNTED if is_recent else ComplaintStatus.OLD

    return tuple(status(complaint) for complaint in evidence.complaints)


def _classified_complaints(evidence: Evidence, policy: Policy, today: date) -> list[ClassifiedComplaint]:
    return list(zip(evidence.complaints, complaint_statuses(evidence, policy, today), strict=True))


@lru_cache(maxsize=1024)
def calling_hours_for(industry: str, policy: Policy) -> CallingWindow:
    """Return the calling hours of an industry; the first name in the policy that matches wins."""
    matching = (window.hours for window in policy.windows.industries if words_found(industry, window.names))
    return next(matching, policy.windows.default)


def _half_hour(moment: time) -> int:
    return (moment.hour * 60 + moment.minute) // _HALF_HOUR_MINUTES


def off_hours_calls(call: CallFacts, calling_hours: CallingWindow) -> int:
    """Return how many calls started outside the calling hours. A call that starts at closing time is outside."""
    half_hours = call.half_hours
    return sum(half_hours) - sum(half_hours[_half_hour(calling_hours.opens) : _half_hour(calling_hours.closes)])


def _ratio(part: int, total: int) -> float | None:
    return part / total if total else None


def activity_facts(
    call: CallFacts, calling_hours: CallingWindow, classified: Sequence[ClassifiedComplaint], zone: str
) -> Facts:
    """Return the facts about the calls of one card, or of all cards, and about the complaints.

    Ratios are 0 to 1, and None if the divisor is 0. `complaints` counts the verified complaints that count against the
    holder. `complaint_ratio` divides those received since the start of the call period by the calls in it.
    """
    if call is NO_CALLS and not classified:
        return NO_ACTIVITY
    return _activity_facts(call, calling_hours, classified, zone)


def _activity_facts(
    call: CallFacts, calling_hours: CallingWindow, classified: Sequence[ClassifiedComplaint], zone: str
) -> Facts:
    off_hours = off_hours_calls(call, calling_hours)
    statuses = [status for _complaint, status in classified]
    complaints = [complaint for complaint, status in classified if status is ComplaintStatus.COUNTED]
    verified = [complaint for complaint in complaints if complaint.verified]
    period_start: date = call.window_from or date.min
    complaints_in_period = sum(item.received_at.astimezone(ZoneInfo(zone)).date() >= period_start for item in verified)
    return {
        **{name: getattr(call, name) for name in _COUNTS},
        "mean_duration_s": _ratio(call.total_duration_s, call.answered),
        "short_call_ratio": _ratio(call.short_calls, call.answered),
        "off_hours_calls": off_hours,
        "complaints": len(verified),
        "complaints_unverified": len(complaints) - len(verified),
        "complaints_old": statuses.count(ComplaintStatus.OLD),
        "complaints_outside_service": statuses.count(ComplaintStatus.OUTSIDE_SERVICE),
        "complaint_ratio": _ratio(complaints_in_period, call.calls),
        "off_hours_ratio": _ratio(off_hours, call.calls),
        "answer_ratio": _ratio(call.answered, call.calls),
        "out_ratio": _ratio(call.calls, call.calls + call.calls_in),
        "distinct_callee_ratio": _ratio(call.distinct_callees, call.calls),
    }


NO_ACTIVITY = _activity_facts(NO_CALLS, CallingWindow(opens=time(0), closes=time(12)), (), "UTC")
"""The facts of a card without calls and complaints."""

ACTIVITY_FACTS: Mapping[str, FactType] = dict.fromkeys(NO_ACTIVITY, NUMBER)
_AGE_NAMES = ("data_age_days",)
CASE_ACTIVITY_FACTS: Mapping[str, FactType] = {**ACTIVITY_FACTS, **dict.fromkeys(_AGE_NAMES, NUMBER)}


def case_activity_facts(evidence: Evidence, policy: Policy, today: date) -> tuple[Facts, Facts]:
    """Return the facts over all cards, and the days since the end of the call data."""
    calls = evidence.all_calls
    age = None if calls.window_to is None else (today - calls.window_to).days
    calling_hours = calling_hours_for(evidence.application.industry, policy)
    figures = activity_facts(calls, calling_hours, _classified_complaints(evidence, policy, today), policy.zone)
    return figures, interned_group(_AGE_NAMES, age)


def card_activity_facts(evidence: Evidence, policy: Policy, today: date) -> Mapping[str, Facts]:
    """Return the facts of each card that has calls or complaints, by msisdn."""
    if not evidence.calls and not evidence.complaints:
        return {}
    calls = {call.msisdn: call for call in evidence.calls}
    complaints: dict[str, list[ClassifiedComplaint]] = {}
    for complaint, status in _classified_complaints(evidence, policy, today):
        complaints.setdefault(complaint.msisdn, []).append((complaint, status))
    calling_hours = calling_hours_for(evidence.application.industry, policy) if calls else policy.windows.default
    return {
        msisdn: activity_facts(
            calls.get(msisdn) or CallFacts(msisdn=msisdn), calling_hours, complaints.get(msisdn, ()), policy.zone
        )
        for msisdn in dict.fromkeys((*calls, *complaints))
    }


FACTS: Mapping[Scope, Mapping[str, FactType]] = {
    "case": {**IDENTITY_FACTS, **USE_FACTS, **CASE_ACTIVITY_FACTS, **CREDIT_FACTS},
    "card": {**CARD_FACTS, **ACTIVITY_FACTS},
    "document": DOCUMENT_FACTS,
}
"""The facts that a policy may observe, by scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """The facts of a case, of each card by msisdn, and of each document by kind.

    A kind of document occurs once for each file of its latest delivery. `complaints` has the status of each complaint,
    in the order of the evidence.
    """

    case: Facts
    cards: tuple[tuple[str, Facts], ...] = ()
    documents: tuple[tuple[str, Facts], ...] = ()
    complaints: tuple[ComplaintStatus, ...] = ()


def observe(evidence: Evidence, policy: Policy, today: date) -> CaseFacts:
    """Return all facts of FACTS; `today` is the local day in the policy's zone."""
    activity = card_activity_facts(evidence, policy, today)
    return CaseFacts(
        case=chained(
            *identity_facts(evidence, today),
            *use_facts(evidence, policy),
            *case_activity_facts(evidence, policy, today),
            credit_facts(evidence.credit, today),
        ),
        cards=tuple(
            (msisdn, chained(facts_of_card, activity.get(msisdn, NO_ACTIVITY)))
            for msisdn, facts_of_card in card_facts(evidence)
        ),
        documents=tuple(document_facts(evidence, today)),
        complaints=complaint_statuses(evidence, policy, today),
    )


def activity_view(evidence: Evidence, facts: CaseFacts) -> dict[str, Any]:
    """Return the activity facts as `--json` prints them, over all cards and for each card; no number is masked."""
    calls = {call.msisdn: call for call in evidence.calls}
    return {
        **_activity(facts.case, evidence.all_calls),
        "cards": [
            {"msisdn": msisdn, **_activity(facts_of_card, calls.get(msisdn, NO_CALLS))}
            for msisdn, facts_of_card in facts.cards
        ],
    }


def _activity(facts: Facts, call: CallFacts) -> dict[str, FactValue]:
    return {
        **{name: facts[name] for name in CASE_ACTIVITY_FACTS if name in facts},
        "window_from": None if call.window_from is None else call.window_from.isoformat(),
        "window_to": None if call.window_to is None else call.window_to.isoformat(),
    }
