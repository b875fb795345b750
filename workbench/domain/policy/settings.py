"""The tables of a policy that hold numbers, times and choices; the annotations say which values are allowed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Annotated, Literal, NamedTuple

from annotated_types import Interval, Len, Predicate

from db.enums import ApplicantKind, DocumentKind, Priority, Risk, ServiceClass, WaitsFor
from workbench.domain.values.values import folded_word


def _is_not_blank(text: str) -> bool:
    return bool(text.strip())


Text = Annotated[str, Len(1, 1000), Predicate(_is_not_blank)]
SourceText = Annotated[str, Len(1, 300), Predicate(_is_not_blank)]
Code = Annotated[str, Len(1, 32), Predicate(_is_not_blank)]
Country = Annotated[str, Len(1, 2), Predicate(_is_not_blank)]
DayCount = Annotated[int, Interval(ge=1, le=366)]
HourCount = Annotated[int, Interval(ge=1, le=168)]
Minutes = Annotated[int, Interval(ge=1, le=7 * 24 * 60)]
Count = Annotated[int, Interval(ge=1, le=1_000_000)]
WhoMayTake = Literal["anybody", "supervisor", "nobody"]
Ratio = Annotated[float, Interval(ge=0, le=1)]

VisibleField = Literal[
    "agent",
    "card_type",
    "applicant_kind",
    "applicant_name",
    "uscc",
    "business_scope",
    "province",
    "legal_rep_name",
    "legal_rep_id_no",
    "handler_name",
    "handler_id_no",
    "contact_phone",
    "industry",
    "stated_use",
    "call_script",
    "consent_source",
    "msisdns",
]
"""A field of an application that a department may see; `msisdns` are the numbers of all its cards."""


@dataclass(frozen=True, slots=True)
class BilingualText:
    """A text in English and Chinese."""

    en: Text
    zh: Text

    def in_language(self, language: str) -> str:
        """Return the text in en or zh."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class TitledText(BilingualText):
    """A text that people choose by its title; without one, by its name in the policy."""

    title: BilingualText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A department that answers inquiries: the working days to answer, and the fields of the application it may see.

    It sees no other field, because people may process only the personal data that their duty needs (个人信息保护法,
    Personal Information Protection Law, art. 6).
    """

    name: BilingualText
    days: DayCount
    fields: tuple[VisibleField, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours:
    """The periods of a day that count as working time, one after the other."""

    periods: Annotated[tuple[tuple[time, time], ...], Len(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPolicy:
    """The working days of each service class, and the classes that cases get.

    A case gets the class that the applicant was promised, else the longest class by its risk or number of cards.
    """

    days: Mapping[ServiceClass, DayCount]
    default: ServiceClass
    complex_from_cards: Count
    risk: Mapping[Risk, ServiceClass] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialCase:
    """What is different for applications whose province, card type, agent or kind of applicant is one of `when`.

    Attributes:
        when: The facts, and the values that make an application special.
        service_class: The class instead of the default one.
        documents: The documents that are required in addition.
        rectify_days: The working days for every item that has no hours.
        pending_days: The working days until the next action.
    """

    when: Annotated[Mapping[str, Text | tuple[Text, ...]], Len(1)]
    service_class: ServiceClass | None = None
    documents: tuple[DocumentKind, ...] = ()
    rectify_days: DayCount | None = None
    pending_days: DayCount | None = None

    @property
    def conditions(self) -> dict[str, tuple[str, ...]]:
        """The values of each fact for which the case is special."""
        return {fact: values if isinstance(values, tuple) else (values,) for fact, values in self.when.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityPolicy:
    """The priorities that a case gets by its kind, risk and number of cards; the highest priority counts."""

    high_from_cards: Count
    kind: Mapping[ApplicantKind, Priority] = field(default_factory=dict)
    risk: Mapping[Risk, Priority] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPolicy:
    """The limits of holding cases, and the seconds in which a verdict can be undone.

    Attributes:
        max_held: The most cases that a person holds on the desk.
        max_aside: The most cases that a person puts aside; they do not count as held on the desk.
        take: Who may take a chosen case out of turn.
    """

    hold_minutes: Minutes
    aside_minutes: Minutes
    grace_s: Annotated[int, Interval(ge=0, le=86_400)]
    max_held: Annotated[int, Interval(ge=1, le=100)]
    max_aside: Annotated[int, Interval(ge=1, le=100)] = 10
    take: WhoMayTake = "anybody"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPolicy:
    """The number of days over which calls are counted."""

    window_days: DayCount


@dataclass(frozen=True, slots=True, kw_only=True)
class UsePolicy:
    """The trades for which cards are not provided, and the words that a call script must not contain."""

    prohibited_trades: tuple[Text, ...]
    forbidden_script_words: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPolicy:
    """The documents that each kind of applicant must submit, and the name of each document."""

    required: Mapping[ApplicantKind, tuple[DocumentKind, ...]]
    names: Mapping[DocumentKind, BilingualText]
    names_person: Mapping[DocumentKind, BilingualText] = field(default_factory=dict)
    """The names in letters to persons, for the documents that have another name there."""
    open_before_pass: Literal["none", "findings", "all"] = "none"  # noqa: S105 - a verdict, not a password
    """The documents that a reviewer opens before a pass; `findings` are those that a warn or block is about.

    A version without it asks for none, because an upgrade of the program must not change the rules in force.
    """

    def kinds_by_name(self) -> dict[str, DocumentKind]:
        """Return the kinds of documents by their folded names, without the names that several kinds have."""
        kinds_by_name: dict[str, set[DocumentKind]] = {}
        for kind, text in (*self.names.items(), *self.names_person.items()):
            for name in (text.en, text.zh):
                kinds_by_name.setdefault(folded_word(name), set()).add(kind)
        return {name: kind for name, (kind, *others) in kinds_by_name.items() if not others}


@dataclass(frozen=True, slots=True, kw_only=True)
class RectifyPolicy:
    """The working days to rectify, by default and at most, and the limits on another try.

    Attributes:
        hours_end_on_days_off: Whether a deadline in natural hours can fall on a day off.
        max_rounds: The most rounds of a case, None without a limit. In the last round, a fail is final.
        cooldown_days: The working days after a final fail in which the applicant cannot apply again, None if there are
            none.
    """

    default_days: DayCount
    cap_days: DayCount
    hours_end_on_days_off: bool = False
    max_rounds: Annotated[int, Interval(ge=1, le=100)] | None = None
    cooldown_days: DayCount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingPolicy:
    """The working days until the next action on a pending case, and until a reminder about an incomplete one.

    `days_by_party` overrides `days` for the party that the case waits for.
    """

    days: DayCount
    days_by_party: Mapping[WaitsFor, DayCount] = field(default_factory=dict)
    incomplete_days: DayCount = 5

    def days_for(self, party: WaitsFor | None) -> int:
        """Return the working days until the next action on a case that waits for somebody."""
        return self.days if party is None else self.days_by_party.get(party, self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealPolicy:
    """The working days to file an appeal, and to answer one. An answer takes at most `cap_days` calendar days."""

    file_days: DayCount
    answer_days: DayCount
    cap_days: DayCount = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureTimes:
    """The working days to bar a number after the release of a verdict, and the hours to restore one."""

    bar_days: DayCount = 1
    restore_hours: Annotated[int, Interval(ge=1, le=48)] = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePolicy:
    """The working days within which a released notice must be sent."""

    send_days: DayCount = 1


DEFAULT_NOTICES = NoticePolicy()
"""The default for policy versions without a section on notices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPolicy:
    """The verdicts that a second person must confirm."""

    final_fail: bool
    override: bool
    high_risk_pass: bool
    restore: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeparationPolicy:
    """The duties that one person must not combine: `importer`, to import a case and to decide it."""

    importer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingPolicy:
    """The share of decisions that are sampled for a quality review."""

    ratio: Ratio


class CallingWindow(NamedTuple):
    """The hours in which calls are allowed; boundaries are multiples of 30 minutes."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True, kw_only=True)
class IndustryWindow:
    """The calling window of an industry, which may have several names."""

    names: tuple[Text, ...]
    hours: CallingWindow
    source: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingWindows:
    """The calling windows: those of some industries, and the default for all others."""

    default: CallingWindow
    industries: tuple[IndustryWindow, ...] = ()
