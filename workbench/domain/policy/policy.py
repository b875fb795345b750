"""The policy as frozen values: thresholds, reasons, deadlines and words, as one version of the file has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Literal

from db.enums import (
    ApplicantKind,
    DocumentKind,
    Measure,
    PanelKind,
    Priority,
    Risk,
    ServiceClass,
    Severity,
    Verdict,
    WaitsFor,
)

Scope = Literal["case", "card", "document"]
"""What a limit looks at: the case as a whole, each of its cards, or each of its documents."""

FactValue = int | float | bool | str | None
"""A fact that a rule observes; None means unknown, and an unknown fact hits no limit."""


CLEAN_REASON = "OK"
"""The reason of a pass without a warn or a block."""

OVERRIDE_REASON = "OK-OVERRIDE"
"""The reason of a pass in spite of a block; it takes a note and a second person."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    en: str
    zh: str

    def in_language(self, language: str) -> str:
        """Return the text in en or zh."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit of a rule: `observes op value`, hit → severity.

    `value_of` names another fact instead of a value; `when` restricts the limit to where each named fact has
    one of the values; `scope` says whether the fact belongs to the case, to each card or to each document;
    `min_fact` and `min_count` are the least sample for a ratio or mean to be judged. `subject_of` names a text
    fact that says what was found, for the finding's subject. `source` and `text` are the limit's own where the
    rule's do not fit it.
    """

    observes: str
    op: str
    value: FactValue = None
    value_of: str = ""
    unit: str = ""
    severity: Severity
    scope: Scope = "case"
    when: Mapping[str, tuple[FactValue, ...]] | None = None
    min_fact: str = ""
    min_count: int = 0
    subject_of: str = ""
    source: str = ""
    text: Words | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule: what it is called, on which panel it stands, where it comes from, and its limits.

    `text` holds placeholders {observed} {limit} {subject} {days} (absolute value) that the words fill in. A rule
    is not reported where the rule that it `yields_to` is hit.
    """

    code: str
    leg: PanelKind
    text: Words
    source: str
    told: bool
    limits: tuple[Limit, ...]
    yields_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A coded cause of a verdict.

    `title` is for reviewers, `letter` the sentence for the applicant, `item` what the applicant must hand in or
    mend ('' when nothing), `rectify_days` working days for that item. Letter and item hold placeholders as
    Rule.text does, but only between square brackets: that part is left out where nothing was found.
    """

    code: str
    verdicts: frozenset[Verdict]
    title: Words
    letter: Words
    item: Words
    rectify_days: int | None = None
    waits_for: WaitsFor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of the checklist, answered yes, no or n/a by the reviewer."""

    code: str
    leg: PanelKind
    text: Words
    kinds: frozenset[ApplicantKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingWindow:
    """The hours in which calls are in order; boundaries are multiples of 30 minutes."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """Who signs the letters."""

    name: Words
    phone: str
    hours: Words
    address: Words
    appeal: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastPolicy:
    """What the forecast assumes of an office without history, and what letters say of time.

    `per_reviewer` are verdicts a working day; `letters` is promise (the due date), forecast or both.
    """

    per_reviewer: int = 8
    letters: str = "both"

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
class Policy:
    """One version of the policy.

    A case has the highest priority that its kind, its risk or its number of cards gives it, and the service
    class that the applicant was promised, else the longest that its risk or its number of cards gives it.
    """

    version: str
    zone: str
    hours: tuple[tuple[time, time], ...]
    country: str
    class_days: Mapping[ServiceClass, int]
    default_class: ServiceClass
    hold_minutes: int
    aside_minutes: int
    grace_s: int
    max_held: int
    call_window_days: int
    default_window: CallingWindow
    industry_windows: Mapping[str, CallingWindow]
    prohibited_trades: tuple[str, ...]
    forbidden_script_words: tuple[str, ...]
    required_documents: Mapping[ApplicantKind, tuple[DocumentKind, ...]]
    document_names: Mapping[DocumentKind, Words]
    rules: Mapping[str, Rule]
    reasons: Mapping[str, Reason]
    questions: tuple[Question, ...]
    rectify_default_days: int
    rectify_cap_days: int
    pending_days: int
    appeal_file_days: int
    appeal_answer_days: int
    measures: Mapping[Verdict, tuple[Measure, ...]]
    check_final_fail: bool
    check_override: bool
    check_high_risk_pass: bool
    check_restore: bool
    separation_importer: bool
    high_priority_cards: int
    complex_class_cards: int
    priority_of_kind: Mapping[ApplicantKind, Priority]
    priority_of_risk: Mapping[Risk, Priority]
    class_of_risk: Mapping[Risk, ServiceClass]
    sampling_ratio: float
    retention_years: int
    supplier: Supplier
    forecast: ForecastPolicy = USUAL_FORECAST
