"""The report: its figures with their definitions, and the values of a period beside those of the period before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from workbench.domain.policy.settings import BilingualText
from workbench.domain.quality.period import Period
from workbench.i18n import N_

_Z = 1.959963984540054
"""The quantile of the normal distribution for an interval of 95 %."""


class FigureKind(StrEnum):
    """What the values of a figure are."""

    COUNT = "count"
    SHARE = "share"
    DAYS = "days"
    SECONDS = "seconds"
    PARETO = "pareto"
    COMPLAINTS = "complaints"
    AGREEMENT = "agreement"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the report; its definition is exact enough to count it again."""

    name: str
    kind: FigureKind
    title: str
    definition: str


FIGURES = (
    Figure(
        *("flow", FigureKind.COUNT, N_("Cases in and out")),
        N_(
            "Open at the start and at the end: cases opened before that time and not closed at it. Received: cases "
            "opened in the period. Opened again: cases that closed before the period and were opened again in it. "
            "Passed, failed, lapsed, withdrawn: closings of the period. Open at the start + received + opened again "
            "− closings = open at the end."
        ),
    ),
    Figure(
        *("verdicts", FigureKind.COUNT, N_("Verdicts")),
        N_("Decisions that took effect in the period, by verdict; a fail can be final or rectified."),
    ),
    Figure(
        *("first_from_receipt", FigureKind.DAYS, N_("First verdict, working days from receipt")),
        N_(
            "Of the cases whose first decision in effect took effect in the period: working days from the receipt of "
            "the application to that time."
        ),
    ),
    Figure(
        *("first_from_complete", FigureKind.DAYS, N_("First verdict, working days from completeness")),
        N_("The same cases, from when the application was complete; without that time, from its receipt."),
    ),
    Figure(
        *("result_from_receipt", FigureKind.DAYS, N_("Result, working days from receipt")),
        N_("Of the closings of the period as passed or failed: working days from the receipt to the closing."),
    ),
    Figure(
        *("result_from_complete", FigureKind.DAYS, N_("Result, working days from completeness")),
        N_("The same closings, from when the application was complete; without that time, from its receipt."),
    ),
    Figure(
        *("in_time", FigureKind.SHARE, N_("Results in time")),
        N_(
            "Of the closings of the period as passed or failed of cases with a due date: those not later than the "
            "due date that the case has now. Time with the applicant and suspensions have moved it."
        ),
    ),
    Figure(
        *("time", FigureKind.SECONDS, N_("Where the time went")),
        N_(
            "For the closings of the period: who had the case, for each second from receipt to closing. If the first "
            "event is earlier than the receipt, the time starts with it. Instants are cut to whole seconds. Only "
            "events with a state that were not refused count. Before the first event, the applicant has the case "
            "until the application is complete, or all that time if no completeness is recorded; after completeness, "
            "the queue has it. From the first event on, the state of each event tells who has the case until the next "
            "event. Queued: the queue. In review: a reviewer, also after the hold expired. Awaiting check: the "
            "checker. Appealed: the appeal. Incomplete, rectifying, or pending with a stopped clock: the applicant. A "
            "closed state: closed in between. Pending with a running clock: whoever the last pending decision up to "
            "the event waits for. If that is a department: of the inquiries asked up to the event and ended after it, "
            "the department of the one that ended last; an inquiry without an end ends at the closing. Time in a "
            "suspension of the province and agent counts only as suspended. The parts of a case sum to its whole."
        ),
    ),
    Figure(
        *("reasons", FigureKind.PARETO, N_("Reasons against a pass")),
        N_(
            "Reasons of the fails and pending decisions that took effect in the period. A decision may have several; "
            "the shares are of all these reasons."
        ),
    ),
    Figure(
        *("rounds", FigureKind.PARETO, N_("Rounds to the result")),
        N_(
            "Closings of the period as passed or failed, by the highest round of the decisions of the case that took "
            "effect up to the closing; round 2 and more are second rounds."
        ),
    ),
    Figure(
        *("appeals", FigureKind.PARETO, N_("Appeals and their ends")),
        N_("Appeals recorded in the period and not undone, by how they have ended up to now."),
    ),
    Figure(
        *("agreement", FigureKind.AGREEMENT, N_("Agreement of second opinions")),
        N_(
            "Of the newest sample whose days are all in the period: raw agreement on verdicts, Cohen's κ and Gwet's "
            "AC1, weighted by strata, with 95 % intervals, as in `workbench quality report`."
        ),
    ),
    Figure(
        *("letters", FigureKind.SHARE, N_("Letters sent in time")),
        N_(
            "Of the letters released in the period and not cancelled, those sent within the working days of the "
            "policy (notices.send_days) after the release. Letters that can still be sent in time are left out."
        ),
    ),
    Figure(
        *("measures", FigureKind.SHARE, N_("Numbers barred and restored in time")),
        N_(
            "Of the orders due in the period and not cancelled, those carried out not later than due. Orders that "
            "are not carried out and not due yet are left out."
        ),
    ),
    Figure(
        *("complaints", FigureKind.COMPLAINTS, N_("Complaints before and after the result")),
        N_(
            "Of the cases that closed in the period as passed or failed, by agent: complaints about numbers on their "
            "cards, received in the 30 × 24 hours before the closing, and in as many from the closing on. A complaint "
            "with the same number, time and source counts once for each case."
        ),
    ),
    Figure(
        *("forecast", FigureKind.SHARE, N_("Forecast against what happened")),
        N_(
            "Of the first verdicts of the period whose applicant had been told a forecast: the first letter with one, "
            "released by then and not cancelled, gives a usual day and a last day. Shares of verdicts whose local day "
            "is up to the usual day (about 50 % are expected), up to the last day (90 %), and between both days, "
            "inclusive."
        ),
    ),
    Figure(
        *("imports", FigureKind.COUNT, N_("Imports")),
        N_("Imports published in the period, and the sums of their rows."),
    ),
)
"""The figures in the order of the report."""

TERMS = (
    N_("A period has whole days in the time zone of the policy in force. Only cases of published imports count."),
    N_(
        "A case has the state of its last event with a state that was not refused. Passed, failed, lapsed and "
        "withdrawn are closed. A closing is the event that closes a case that was open before; it ends with the next "
        "event that gives an open state. The closings of a period are those that happened in it and had not ended by "
        "its end."
    ),
    N_(
        "A decision is in effect while its status is applied or approved. It took effect when it was checked, else "
        "when it was made."
    ),
    N_(
        "An instant counts for its own day if that is a working day and its closing time is not over, else for the "
        "next working day. Working days from one instant to another are the working days after the day of the first, "
        "up to and with that of the second; never less than 0."
    ),
    N_("P90 is the smallest value that at least 90 % of the values do not exceed; so P95, and the median with 50 %."),
    N_("The interval of a share is the Wilson interval of 95 %."),
)
"""The terms in the definitions."""


@dataclass(frozen=True, slots=True)
class ReportValue:
    """One value of a figure.

    Attributes:
        n: How many; seconds in the figure of time.
        whole: Of how many; of complaints, those after the result.
        ratio: `n` in `whole` (0 to 1), or an agreement.
        low: The lower end of the 95 % interval of `ratio`.
        high: The upper end.
        p50: The median, in working days; `p90` and `p95` are percentiles.
    """

    n: int = 0
    whole: int | None = None
    p50: int | None = None
    p90: int | None = None
    p95: int | None = None
    ratio: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One part of a figure: its value in the period, and in the period before; None without one."""

    part: str
    now: ReportValue | None
    before: ReportValue | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The report of a period.

    Attributes:
        rows: The rows of each figure, by its name.
        names: The names of reasons and departments, by code.
    """

    period: Period
    before: Period
    rows: Mapping[str, Sequence[ReportRow]]
    names: Mapping[str, BilingualText]


def wilson(n: int, whole: int) -> tuple[float, float]:
    """Return the 95 % interval of a share; `whole` is at least 1."""
    share, square = n / whole, _Z * _Z / whole
    middle, half = share + square / 2, _Z * sqrt((share * (1 - share) + square / 4) / whole)
    return max(0.0, (middle - half) / (1 + square)), min(1.0, (middle + half) / (1 + square))
