"""The keys of the filter language, with their values and help texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from db.enums import ApplicantKind, CaseState, Priority, Risk, ServiceClass, WaitsFor
from workbench.domain.case.lifecycle import CLASS_WORDS, PRIORITY_WORDS, RISK_WORDS, STATE_WORDS
from workbench.i18n import LANGUAGES, N_, catalogue, current_language

BARE_WORD = ""
"""The key of a term without a key."""


class ValueType(StrEnum):
    """The type of the value of a key."""

    CHOICE = "choice"
    DATE = "date"
    NUMBER = "number"
    CASE = "case"
    PERSON = "person"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class FilterKey:
    """One key of the filter language.

    Attributes:
        name: Its English name.
        help: What it selects.
        value_type: The type of its value.
        others: Its Chinese names, and English words that people try for it.
        values: The known words, for completion; a key of type choice accepts only these.
        is_ordered: Whether it accepts the operators < <= > >=.
        is_exact: Whether = asks for the whole value, and : for a part of it. Otherwise both mean the same.
    """

    name: str
    help: str
    others: tuple[str, ...]
    values: tuple[str, ...] = ()
    value_type: ValueType = ValueType.TEXT
    is_ordered: bool = False
    is_exact: bool = False


STATE_GROUPS = ("open", "closed", "all")
"""Words that stand for several states."""

DUE_WORDS = ("overdue", "today", "tomorrow", "yesterday", "none")
"""Words that `due` accepts instead of a date; all except `overdue` and `none` are days."""

LIKELY_SHARES: Mapping[str, float] = {"late": 0.5, "overdue": 0.9}
"""Words that `likely` accepts, with the least chance (0 to 1) that the first verdict comes after the due date."""

NO_VALUE = "none"
"""The word for an empty agent or province, after =."""

REOPEN_FILTER = "attention:reopen"
"""The filter for cases with block findings that are newer than their verdicts."""

PERSON_WORDS = ("me", "nobody")
"""Words accepted instead of a login."""


_choice = partial(FilterKey, value_type=ValueType.CHOICE)
_day = partial(FilterKey, value_type=ValueType.DATE, is_ordered=True)
_person = partial(FilterKey, value_type=ValueType.PERSON, values=PERSON_WORDS)

FILTER_KEYS: tuple[FilterKey, ...] = (
    _choice(
        "state",
        N_("where the case stands, by default open; waits:applicant says for whom pending ones wait"),
        ("状态", "status"),
        (*STATE_GROUPS, *CaseState),
    ),
    _choice(
        "waits",
        N_("pending cases that wait for the applicant, carrier, registry or department"),
        ("等待",),
        tuple(WaitsFor),
    ),
    _choice(
        "priority",
        N_("low, normal, high or urgent; also priority>=high"),
        ("优先级",),
        tuple(Priority),
        is_ordered=True,
    ),
    _choice("class", N_("the service class, which sets the working days"), ("时限类别", "类别"), tuple(ServiceClass)),
    _choice("risk", N_("low, medium or high"), ("风险",), tuple(Risk)),
    _day(
        "due",
        N_("its local day, as in due<2026-12-01 or due<+5; due:today and due:overdue only while its clock runs"),
        ("截止时间", "截止", "deadline"),
        DUE_WORDS,
    ),
    _choice(
        "hold",
        N_("aside: put aside by its holder; returned: sent back to its maker by a check"),
        ("占用",),
        ("aside", "returned"),
    ),
    _choice(
        "likely",
        N_("late: at least one chance in two that its first verdict comes after it is due; overdue: nine in ten"),
        ("预计",),
        tuple(LIKELY_SHARES),
    ),
    _choice(
        "inquiry",
        N_("an inquiry about it is open, overdue (open after its due date) or answered"),
        ("核实单", "核实"),
        ("open", "overdue", "answered"),
    ),
    FilterKey("applicant", N_("a part of the applicant's name, or its pinyin initials"), ("申请人", "公司", "name")),
    FilterKey("handler", N_("the whole name of the handler"), ("经办人",)),
    FilterKey("agent", N_("a part of the agent's name; agent=NAME for the whole name"), ("代理商",), is_exact=True),
    FilterKey(
        "province",
        N_("the province or a part of its name, as in province:Sichuan or province:四川"),
        ("省份", "省", "地区", "region"),
        is_exact=True,
    ),
    FilterKey("reason", N_("a reason of its newest verdict, as in state:closed reason:CR-DEBTOR"), ("原因", "理由")),
    _person("maker", N_("who gave its newest verdict: a login, me or nobody"), ("初审人",)),
    _day(
        "decided",
        N_("the local day of its newest verdict, as in state:all decided:today"),
        ("审核日",),
        ("today", "yesterday", "none"),
    ),
    _day(
        "received",
        N_("the local day on which it was received, as in received>=2026-12-01"),
        ("收到日", "收到", "接收日"),
        ("today", "yesterday"),
    ),
    FilterKey("rule", N_("a finding of this rule, as in rule:ACT-PEAK-HOUR"), ("规则", "风险提示", "finding")),
    _choice(
        "attention", N_("reopen: new block findings since the verdict; lists closed cases too"), ("关注",), ("reopen",)
    ),
    _choice(
        "stuck",
        N_("nothing will happen: no checker, three expired holds, skipped by all, no date, no supervisor; or any"),
        ("停滞",),
        ("any", "check", "expired", "skipped", "undated", "appeal"),
    ),
    _person("who", N_("held by or assigned to a login, me or nobody"), ("谁", "人员", "user", "login", "reviewer")),
    _person("owner", N_("who goes on with it: holds it, has it assigned, or gave the verdict that waits"), ("负责人",)),
    _person("holder", N_("held by a login, me or nobody"), ("领取人",)),
    _person("assignee", N_("assigned to a login, me or nobody"), ("分派", "转派", "assigned")),
    FilterKey(
        "round", N_("which round it is in, as in round>1"), ("轮次",), value_type=ValueType.NUMBER, is_ordered=True
    ),
    _choice("kind", N_("enterprise, sole_proprietor or individual"), ("申请人类型",), tuple(ApplicantKind)),
    FilterKey("case", N_("a case number, as in case:C-000123"), ("审核单",), value_type=ValueType.CASE),
    FilterKey("application", N_("an application number, its beginning, or one of its parts"), ("申请编号", "number")),
    FilterKey("phone", N_("a whole phone number: of a card or the contact"), ("电话", "手机号", "mobile")),
)
"""All keys, in the order of the help."""

KEY_BY_NAME: dict[str, FilterKey] = {
    **{key.name: key for key in FILTER_KEYS},
    **{name: key for key in FILTER_KEYS for name in key.others},
}
"""The keys by each of their names."""

KEYS_BY_CLUE: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("a number"), ("case", "application", "phone")),
    (N_("a name"), ("applicant", "handler", "agent", "province")),
    (N_("a person"), ("who", "owner", "maker")),
    (N_("a day"), ("due", "received", "decided")),
    (N_("a word"), ("state", "reason", "rule", "class", "risk", "priority", "waits")),
)
"""The kinds of clues that a person may search with, each with the keys for it."""

_SYNONYMS = {
    "overdue": ("breached", "已超时", "超时", "逾期"),
    "sole_proprietor": ("sole-proprietor", "个体工商户"),
    "in_review": ("in-review",),
    "open": ("未办结",),
    "answered": ("已答复",),
    "returned": ("已退回",),
    "late": ("可能超时",),
    "registry": ("登记机关",),
    "any": ("任一",),
    "check": ("无人复核",),
    "expired": ("领取过期",),
    "skipped": ("全部跳过",),
    "undated": ("无日期",),
    "appeal": ("无主管",),
    "today": ("今天",),
    "tomorrow": ("明天",),
    "yesterday": ("昨天",),
    "me": ("我",),
    "none": ("无",),
    "nobody": ("无人",),
    "reopen": ("待重开",),
}
"""Other words for values."""

_SHORT_WORDS = {"passed": ("通过",), "low": ("低",), "medium": ("中",), "high": ("高",)}
"""Words for values that are read but not shown."""

_SHOWN_WORDS: Mapping[str, Mapping[Any, str]] = {
    "state": STATE_WORDS,
    "priority": PRIORITY_WORDS,
    "class": CLASS_WORDS,
    "risk": RISK_WORDS,
}
"""The words that the screen shows instead of the values of a key."""


def words_of(key: FilterKey) -> dict[str, tuple[str, ...]]:
    """Return the values of a key, each with its synonyms and the words that the screen shows for it in any language."""
    shown, translations = _SHOWN_WORDS.get(key.name, {}), [catalogue(language).gettext for language in LANGUAGES]
    return {
        str(value): (
            *_SYNONYMS.get(value, ()),
            *(translate(shown.get(value, value)) for translate in translations),
            *_SHORT_WORDS.get(value, ()),
        )
        for value in key.values
    }


def shown_key(key: FilterKey) -> str:
    """Return the first name of a key in the language in use."""
    return key.name if current_language() != "zh" else key.others[0]


def shown_value(key: FilterKey, value: str) -> str:
    """Return the word of the language in use for a value of a key, the value itself if there is none."""
    words = () if current_language() != "zh" else words_of(key).get(value, ())
    return next((word for word in words if not word.isascii()), value)


def known_value(key: FilterKey, word: str) -> str | None:
    """Return the value of a key for a word in English or as shown on screen, None if there is none.

    `word` must be folded (lower case, half width).
    """
    return next((value for value, words in words_of(key).items() if word in (value, *map(str.casefold, words))), None)
