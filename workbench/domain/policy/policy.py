"""One version of the policy as immutable values: thresholds, reasons, deadlines and texts."""

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
"""What a limit checks: the case as a whole, each of its cards, or each of its documents."""

FactValue = int | float | bool | str | None
"""The value of a fact. None means unknown, and an unknown fact hits no limit."""


CLEAN_REASON = "OK"
"""The reason of a pass without a warn or a block."""

OVERRIDE_REASON = "OK-OVERRIDE"
"""The reason of a pass despite a block. It requires a note and a check."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text in English and Chinese."""

    en: str
    zh: str

    def in_language(self, language: str) -> str:
        """Return the text in en or zh."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit of a rule: a severity, given if `observes op value` holds.

    `value_of` names a fact to compare with instead of a value. `when` restricts the limit to cases whose facts have one
    of the listed values. `scope` says whose fact it is. `min_fact` and `min_count` set the least sample for a ratio or
    mean. `subject_of` names a text fact for the finding's subject. `source` and `text` override those of the rule.
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
    """A rule: its code, panel, text, source and limits.

    `text` has placeholders {observed}, {limit}, {subject} and {days} (the absolute value). A rule is not reported if
    the rule that it `yields_to` is hit. `told` says whether letters include what a finding observed.
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

    `title` is shown to reviewers, `letter` is the sentence for the applicant, `item` is what the applicant must submit
    or fix ('' if nothing), and `rectify_days` the working days for it. Letter and item may have placeholders as
    Rule.text, but only in square brackets; such a part is omitted if there is no finding.
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
    """The hours in which calls are allowed; boundaries are multiples of 30 minutes."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """The sender of the letters."""

    name: Words
    phone: str
    hours: Words
    address: Words
    appeal: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastPolicy:
    """The assumptions of the forecast without history, and which dates letters give.

    `per_reviewer` is verdicts per working day. `letters` is promise (the due date), forecast or both.
    """

    per_reviewer: int = 8
    letters: str = "both"

    @property
    def is_told(self) -> bool:
        """Whether letters give the forecast."""
        return self.letters in {"forecast", "both"}

    @property
    def tells_promise(self) -> bool:
        """Whether letters give the due date next to a forecast. Without a forecast they always do."""
        return self.letters in {"promise", "both"}


USUAL_FORECAST = ForecastPolicy()
"""The default for policy versions without a forecast section."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the policy.

    A case gets the highest priority that its kind of applicant, risk or number of cards gives. It gets the service
    class promised to the applicant, or else the longest one that risk or number of cards gives.
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
