"""The facts about calls and complaints."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from zoneinfo import ZoneInfo

from workbench.domain.evidence.evidence import CallFacts, ComplaintFacts, Evidence
from workbench.domain.facts.documents import words_found
from workbench.domain.facts.fact import NUMBER, FactType
from workbench.domain.policy.policy import CallingWindow, FactValue, Policy

_HALF_HOUR_MINUTES = 30


def calling_hours_for(industry: str, policy: Policy) -> CallingWindow:
    """Return the calling hours of an industry; the first name in the policy that matches wins."""
    if industry:
        for name, calling_hours in policy.windows.by_industry.items():
            if words_found(industry, (name,)):
                return calling_hours
    return policy.windows.default


def _half_hour(moment: time) -> int:
    return (moment.hour * 60 + moment.minute) // _HALF_HOUR_MINUTES


def off_hours_calls(call: CallFacts, calling_hours: CallingWindow) -> int:
    """Return how many calls started outside the calling hours. A call that starts at closing time is outside."""
    half_hours = call.half_hours
    return sum(half_hours) - sum(half_hours[_half_hour(calling_hours.opens) : _half_hour(calling_hours.closes)])


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def activity_facts(
    call: CallFacts, calling_hours: CallingWindow, complaints: Sequence[ComplaintFacts], zone: str
) -> dict[str, FactValue]:
    """Return the facts of one card, or of all cards, with the complaints about them.

    Ratios are 0 to 1, and None if the divisor is 0. `complaints` counts all verified complaints; `complaint_ratio`
    divides the verified complaints received since the start of the call period by the calls in that period.
    """
    off_hours = off_hours_calls(call, calling_hours)
    verified = [complaint for complaint in complaints if complaint.verified]
    period_start: date = call.window_from or date.min
    complaints_in_period = sum(item.received_at.astimezone(ZoneInfo(zone)).date() >= period_start for item in verified)
    return {
        "calls": call.calls,
        "answered": call.answered,
        "distinct_callees": call.distinct_callees,
        "mean_duration_s": _ratio(call.total_duration_s, call.answered),
        "short_call_ratio": _ratio(call.short_calls, call.answered),
        "peak_hour_calls": call.peak_hour_calls,
        "peak_day_calls": call.peak_day_calls,
        "off_hours_calls": off_hours,
        "max_same_callee_day": call.max_same_callee_day,
        "max_same_callee_5min": call.max_same_callee_5min,
        "max_same_callee_window": call.max_same_callee_window,
        "handsets": call.handsets,
        "complaints": len(verified),
        "complaints_unverified": len(complaints) - len(verified),
        "complaint_ratio": _ratio(complaints_in_period, call.calls),
        "opt_out_calls": call.opt_out_calls,
        "off_hours_ratio": _ratio(off_hours, call.calls),
        "answer_ratio": _ratio(call.answered, call.calls),
        "out_ratio": _ratio(call.calls, call.calls + call.calls_in),
        "distinct_callee_ratio": _ratio(call.distinct_callees, call.calls),
        "calls_in": call.calls_in,
    }


NO_ACTIVITY: Mapping[str, FactValue] = activity_facts(
    CallFacts(), CallingWindow(opens=time(0), closes=time(12)), (), "UTC"
)
"""The facts of a card without calls and complaints."""

ACTIVITY_FACTS: Mapping[str, FactType] = dict.fromkeys(NO_ACTIVITY, NUMBER)
CASE_ACTIVITY_FACTS: Mapping[str, FactType] = {**ACTIVITY_FACTS, "data_age_days": NUMBER}


def case_activity_facts(evidence: Evidence, policy: Policy, today: date) -> dict[str, FactValue]:
    """Return the facts over all cards, and the days since the end of the call data."""
    calls = evidence.all_calls
    calling_hours = calling_hours_for(evidence.application.industry, policy)
    figures = activity_facts(calls, calling_hours, evidence.complaints, policy.zone)
    figures["data_age_days"] = None if calls.window_to is None else (today - calls.window_to).days
    return figures


def card_activity_facts(evidence: Evidence, policy: Policy) -> Mapping[str, Mapping[str, FactValue]]:
    """Return the facts of each card that has calls or complaints, by msisdn."""
    calls = {call.msisdn: call for call in evidence.calls}
    complaints: dict[str, list[ComplaintFacts]] = {}
    for complaint in evidence.complaints:
        complaints.setdefault(complaint.msisdn, []).append(complaint)
    calling_hours = calling_hours_for(evidence.application.industry, policy) if calls else policy.windows.default
    return {
        msisdn: activity_facts(
            calls.get(msisdn) or CallFacts(msisdn=msisdn), calling_hours, complaints.get(msisdn, ()), policy.zone
        )
        for msisdn in dict.fromkeys((*calls, *complaints))
    }
