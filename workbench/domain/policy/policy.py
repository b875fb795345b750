"""The policy as frozen values: thresholds, reasons, deadlines and words, as one version of the file has them.

Each dataclass is one table of the file, each field one of its keys; the annotations say which values it may have.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Annotated, Literal, NamedTuple

from annotated_types import Interval, Len

from db.enums import ApplicantKind, DocumentKind, Measure, PanelKind, Severity, Verdict, WaitsFor
from workbench.domain.policy.settings import (
    AppealPolicy,
    CallPolicy,
    CheckPolicy,
    ClassPolicy,
    Code,
    Count,
    Country,
    DayCount,
    DeskPolicy,
    PendingPolicy,
    PriorityPolicy,
    RectifyPolicy,
    RetentionPolicy,
    SamplingPolicy,
    SeparationPolicy,
    SourceText,
    Text,
    UsePolicy,
    WorkingHours,
)

Scope = Literal["case", "card", "document"]
"""What a limit looks at: the case as a whole, each of its cards, or each of its documents."""

Comparison = Literal[">", ">=", "<", "<=", "=", "!="]

Unit = Literal[
    "",
    "days",
    "years",
    "fen",
    "cards",
    "documents",
    "calls",
    "ratio",
    "s",
    "handsets",
    "complaints",
    "records",
    "words",
]

FactValue = int | float | bool | str | None
"""A fact that a rule observes; None means unknown, and an unknown fact hits no limit."""


CLEAN_REASON = "OK"
"""The reason of a pass without a warn or a block."""

OVERRIDE_REASON = "OK-OVERRIDE"
"""The reason of a pass in spite of a block; it takes a note and a second person."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    en: Text
    zh: Text

    def in_language(self, language: str) -> str:
        """Return the text in en or zh."""
        return self.zh if language == "zh" else self.en


NO_WORDS = Words("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit of a rule: `observes op value`, hit → severity.

    `value_of` names another fact instead of a value; `when` restricts the limit to where each named fact has
    the value, or one of the values; `scope` says whether the fact belongs to the case, to each card or to each
    document; `min_calls` or `min_answered` is the least sample for a ratio or mean to be judged. `subject_of` names a
    text fact that says what was found, for the finding's subject. `source` and `text` are the limit's own where the
    rule's do not fit it.
    """

    observes: Text
    op: Comparison
    value: FactValue = None
    value_of: Text = ""
    unit: Unit = ""
    severity: Severity
    scope: Scope = "case"
    when: Mapping[str, FactValue | tuple[FactValue, ...]] = field(default_factory=dict)
    min_calls: Count | None = None
    min_answered: Count | None = None
    subject_of: Text = ""
    source: SourceText = ""
    text: Words | None = None

    @property
    def samples(self) -> dict[str, int]:
        """The facts that count a sample, each with the least count."""
        least = {"calls": self.min_calls, "answered": self.min_answered}
        return {fact: count for fact, count in least.items() if count is not None}

    @property
    def conditions(self) -> dict[str, tuple[FactValue, ...]]:
        """The values of each fact under which the limit applies."""
        return {fact: values if isinstance(values, tuple) else (values,) for fact, values in self.when.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule: what it is called, on which panel it stands, where it comes from, and its limits.

    `text` holds placeholders {observed} {limit} {subject} {days} (absolute value) that the words fill in. A rule
    is not reported where the rule that it `yields_to` is hit.
    """

    code: Code
    leg: PanelKind
    text: Words
    source: SourceText
    told: bool
    limits: Annotated[tuple[Limit, ...], Len(1)]
    yields_to: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A coded cause of a verdict.

    `title` is for reviewers, `letter` the sentence for the applicant, `item` what the applicant must hand in or
    mend (no words when nothing), `rectify_days` working days for that item. Letter and item hold placeholders as
    Rule.text does, but only between square brackets: that part is left out where nothing was found.
    """

    code: Code
    verdicts: Annotated[tuple[Verdict, ...], Len(1)]
    title: Words
    letter: Words
    item: Words = NO_WORDS
    rectify_days: DayCount | None = None
    waits_for: WaitsFor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of the checklist, answered yes, no or n/a by the reviewer."""

    code: Code
    leg: PanelKind
    text: Words
    kinds: tuple[ApplicantKind, ...] = tuple(ApplicantKind)


class CallingWindow(NamedTuple):
    """The hours in which calls are in order; boundaries are multiples of 30 minutes."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True, kw_only=True)
class IndustryWindow:
    """The calling window of an industry, by each name that the industry has."""

    names: tuple[Text, ...]
    hours: CallingWindow
    source: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingWindows:
    """The calling windows: of some industries, and of all others."""

    default: CallingWindow
    industries: tuple[IndustryWindow, ...] = ()

    @property
    def by_industry(self) -> dict[str, CallingWindow]:
        """The window of each name of an industry."""
        return {name: industry.hours for industry in self.industries for name in industry.names}


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """Who signs the letters."""

    name: Words
    phone: Text
    hours: Words
    address: Words
    appeal: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastPolicy:
    """What the forecast assumes of an office without history, and what letters say of time.

    `per_reviewer` are verdicts a working day; `letters` is promise (the due date), forecast or both.
    """

    per_reviewer: Annotated[int, Interval(ge=1, le=1000)] = 8
    letters: Literal["promise", "forecast", "both"] = "both"

    @property
    def is_told(self) -> bool:
        """Whether letters tell the forecast."""
        return self.letters in {"forecast", "both"}

    @property
    def tells_promise(self) -> bool:
        """Whether letters tell the due date beside a forecast; without one they always do."""
        return self.letters in {"promise", "both"}


USUAL_FORECAST = ForecastPolicy()
"""What counts where a version of the policy says nothing of the forecast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPolicy:
    """The documents that each kind of applicant hands in, and the name of each document."""

    required: Mapping[ApplicantKind, tuple[DocumentKind, ...]]
    names: Mapping[DocumentKind, Words]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the policy. Of the measures of a verdict, the first is offered at first."""

    version: Code
    zone: Text
    country: Country
    hours: WorkingHours
    classes: ClassPolicy
    priority: PriorityPolicy
    desk: DeskPolicy
    calls: CallPolicy
    windows: CallingWindows
    use: UsePolicy
    documents: DocumentPolicy
    rules: Annotated[Mapping[Code, Rule], Len(1)]
    reasons: Mapping[Code, Reason]
    questions: tuple[Question, ...] = ()
    rectify: RectifyPolicy
    pending: PendingPolicy
    appeal: AppealPolicy
    measures: Mapping[Verdict, Annotated[tuple[Measure, ...], Len(1)]]
    check: CheckPolicy
    separation: SeparationPolicy
    sampling: SamplingPolicy
    retention: RetentionPolicy
    supplier: Supplier
    forecast: ForecastPolicy = USUAL_FORECAST
