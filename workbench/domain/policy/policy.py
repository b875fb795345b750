"""One version of the policy as immutable values: thresholds, reasons, deadlines and texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Annotated, Literal

from annotated_types import Interval, Len

from db.enums import ApplicantKind, Measure, PanelKind, Severity, Verdict, WaitsFor
from workbench.domain.policy import settings
from workbench.domain.policy.retention import RetentionPolicy

Scope = Literal["case", "card", "document"]
"""The subject of a limit: the case as a whole, each of its cards, or each of its documents."""

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
"""The value of a fact. None means unknown, and an unknown fact hits no limit."""


BilingualText = settings.BilingualText

CLEAN_REASON = "OK"
"""The reason for a pass without a warn or a block."""

RECTIFIED_REASON = "OK-MENDED"
"""The reason for a pass after the applicant rectified what an earlier verdict asked for."""

OVERRIDE_REASON = "OK-OVERRIDE"
"""The reason for a pass despite a block. It requires a note and a check."""


NO_TEXT = BilingualText("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLimit:
    """One limit of a rule. It gives a finding of its severity if `observes op value` is true.

    Attributes:
        observes: The fact to compare.
        value_of: The fact to compare with, instead of `value`.
        when: The facts, each with the values for which the limit applies.
        min_calls: The fewest calls for a ratio or mean.
        min_answered: The fewest answered calls for a ratio or mean.
        subject_of: The text fact whose value becomes the subject of the finding.
        source: The source of the limit, empty for that of the rule.
        text: The text of the finding, None for that of the rule.
    """

    observes: settings.Text
    op: Comparison
    value: FactValue = None
    value_of: settings.Text = ""
    unit: Unit = ""
    severity: Severity
    scope: Scope = "case"
    when: Mapping[str, FactValue | tuple[FactValue, ...]] = field(default_factory=dict)
    min_calls: settings.Count | None = None
    min_answered: settings.Count | None = None
    subject_of: settings.Text = ""
    source: settings.SourceText = ""
    source_zh: settings.SourceText = ""
    text: BilingualText | None = None

    @property
    def samples(self) -> dict[str, int]:
        """The minimum count of each fact that counts a sample."""
        least = {"calls": self.min_calls, "answered": self.min_answered}
        return {fact: count for fact, count in least.items() if count is not None}

    @property
    def conditions(self) -> dict[str, tuple[FactValue, ...]]:
        """The values of each fact under which the limit applies."""
        return {fact: values if isinstance(values, tuple) else (values,) for fact, values in self.when.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule with its limits.

    Attributes:
        leg: The panel that shows its findings.
        text: The text of a finding, with placeholders {observed}, {limit}, {subject} and {days} (the absolute value).
        told: Whether letters to applicants include the observed value.
        yields_to: Other rules; if one of them is hit, this one is not reported. A rule about documents yields only for
            the documents that the other finding is about.
    """

    code: settings.Code
    leg: PanelKind
    text: BilingualText
    source: settings.SourceText
    told: bool
    limits: Annotated[tuple[RuleLimit, ...], Len(1)]
    yields_to: settings.Text | tuple[settings.Code, ...] = ()
    source_zh: settings.SourceText = ""

    @property
    def stronger(self) -> tuple[str, ...]:
        """The rules to which this one yields."""
        return self.yields_to if isinstance(self.yields_to, tuple) else (self.yields_to,)


def source_in(part: Rule | RuleLimit, language: str) -> str:
    """Return the source of a rule or a limit in en or zh; without one in Chinese, `source` serves both languages."""
    return part.source_zh if language == "zh" and part.source_zh else part.source


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A coded cause of a verdict. Reviewers see its title.

    Letter and item may have the placeholders of Rule.text and {date} (when a validity ends), but only in square
    brackets. The part in brackets is omitted if there is no finding. An individual gets
    `letter_person` and `item_person` where they are not empty.

    Attributes:
        letter: The sentence for the applicant.
        item: What the applicant must submit or fix, '' if nothing: within `rectify_days` working days, or
            `rectify_hours` natural hours.
        pinned: Whether it is offered first.
        misuse: Whether it is about fraud or misuse of the numbers.
    """

    code: settings.Code
    verdicts: Annotated[tuple[Verdict, ...], Len(1)]
    title: BilingualText
    letter: BilingualText
    item: BilingualText = NO_TEXT
    letter_person: BilingualText = NO_TEXT
    item_person: BilingualText = NO_TEXT
    rectify_days: settings.DayCount | None = None
    rectify_hours: settings.HourCount | None = None
    waits_for: WaitsFor | None = None
    pinned: bool = False
    misuse: bool = False

    @property
    def for_person(self) -> "Reason":
        """The reason with its texts for a person."""
        letter, item = self.letter_person, self.item_person
        return replace(self, letter=letter if letter.en else self.letter, item=item if item.en else self.item)

    @property
    def names_documents(self) -> bool:
        """Whether the item names the documents that the reason is about."""
        return "{subject}" in self.item.en


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistQuestion:
    """A question of the checklist about the panel `leg`, answered yes, no or n/a by the reviewer."""

    code: settings.Code
    leg: PanelKind
    text: BilingualText
    kinds: tuple[ApplicantKind, ...] = tuple(ApplicantKind)


DEFAULT_COMPLAINT = BilingualText(
    en="by phone to us; if our answer does not satisfy you or takes more than 15 days, to the telecom users' "
    "complaint office (12300)",
    zh="可拨打上述电话向我司投诉；对处理结果不满意或15日内未获答复的，可向电信用户申诉受理机构（12300）申诉",
)
"""The default for policy versions without a complaint channel.

Source: MIIT order 35 (2016), measures on handling telecom users' appeals, article 10.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """The sender of the letters; `appeal` and `complaint` say where an applicant can appeal and complain."""

    name: BilingualText
    phone: settings.Text
    hours: BilingualText
    address: BilingualText
    appeal: BilingualText
    complaint: BilingualText = DEFAULT_COMPLAINT

    def in_language(self, language: str) -> dict[str, str]:
        """Return the text of each field in en or zh."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: value.in_language(language) if isinstance(value, BilingualText) else value
            for name, value in values.items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastPolicy:
    """The assumptions of a forecast without history, and the dates that letters give.

    `per_reviewer` is verdicts per working day. `letters` is promise (the due date), forecast or both.
    """

    per_reviewer: Annotated[int, Interval(ge=1, le=1000)] = 8
    letters: Literal["promise", "forecast", "both"] = "both"

    @property
    def letters_give_forecast(self) -> bool:
        """Whether letters give the forecast."""
        return self.letters in {"forecast", "both"}

    @property
    def letters_give_due_date(self) -> bool:
        """Whether letters give the due date in addition to a forecast. Without a forecast, they always give it."""
        return self.letters in {"promise", "both"}


DEFAULT_FORECAST = ForecastPolicy()
"""The default for policy versions without a forecast section."""


DEFAULT_MEASURE_TIMES = settings.MeasureTimes()
"""The default for policy versions without times for measures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the policy. The first measure of a verdict is its default; `texts` are canned texts by name.

    Departments are always those of the version in force, also for cases of an older one.
    """

    version: settings.Code
    zone: settings.Text
    country: settings.Country
    hours: settings.WorkingHours
    classes: settings.ClassPolicy
    priority: settings.PriorityPolicy
    desk: settings.DeskPolicy
    calls: settings.CallPolicy
    windows: settings.CallingWindows
    use: settings.UsePolicy
    documents: settings.DocumentPolicy
    rules: Annotated[Mapping[settings.Code, Rule], Len(1)]
    reasons: Mapping[settings.Code, Reason]
    questions: tuple[ChecklistQuestion, ...] = ()
    rectify: settings.RectifyPolicy
    pending: settings.PendingPolicy
    appeal: settings.AppealPolicy
    measures: Mapping[Verdict, Annotated[tuple[Measure, ...], Len(1)]]
    measures_due: settings.MeasureTimes = DEFAULT_MEASURE_TIMES
    check: settings.CheckPolicy
    separation: settings.SeparationPolicy
    sampling: settings.SamplingPolicy
    retention: RetentionPolicy
    supplier: Supplier
    forecast: ForecastPolicy = DEFAULT_FORECAST
    notices: settings.NoticePolicy = settings.DEFAULT_NOTICES
    texts: Mapping[settings.Code, settings.TitledText] = field(default_factory=dict)
    special: tuple[settings.SpecialCase, ...] = ()
    departments: Mapping[settings.Code, settings.Department] = field(default_factory=dict)

    def __hash__(self) -> int:
        """Hash by identity, so that caches can use a policy as a key without hashing all its values."""
        return id(self)

    def reason_title(self, code: str, language: str) -> str:
        """Return the title of a reason in en or zh; its code if the policy does not have it."""
        return self.reasons[code].title.in_language(language) if code in self.reasons else code

    def reason_words(self) -> dict[str, tuple[str, ...]]:
        """Return the words that each reason is found by: its title in Chinese and in English."""
        return {code: (reason.title.zh, reason.title.en) for code, reason in self.reasons.items()}

    def addressing(self, kind: ApplicantKind) -> "Policy":
        """Return the policy with the texts for a kind of applicant.

        An individual has no separate handler, so the policy may have texts of its own for individuals.
        """
        if kind is not ApplicantKind.INDIVIDUAL:
            return self
        names = {**self.documents.names, **self.documents.names_person}
        reasons = {code: reason.for_person for code, reason in self.reasons.items()}
        return replace(self, reasons=reasons, documents=replace(self.documents, names=names))
