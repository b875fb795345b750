"""The keys of the filter language, with their values and help texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from db.enums import ApplicantKind, CaseState, Priority, Risk, ServiceClass, WaitsFor
from workbench.domain.case.lifecycle import CLASS_WORDS, PRIORITY_WORDS, RISK_WORDS, STATE_WORDS
from workbench.i18n import LANGUAGES, N_, catalogue

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


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterKey:
    """One key: its name, its Chinese names, and the type of its value.

    `values` are the known words, for completion; a key of type choice accepts only these. A key that `is_ordered`
    accepts the operators < <= > >=; with `is_exact`, = asks for the whole value and : for a part of it.
    """

    name: str
    help: str
    value_type: ValueType = ValueType.TEXT
    chinese: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    is_ordered: bool = False
    is_exact: bool = False


STATE_GROUPS = ("open", "closed", "all")
"""Words that stand for several states."""

DUE_WORDS = ("overdue", "today", "tomorrow", "yesterday", "none")
"""Words that `due` accepts instead of a date; all except `overdue` and `none` are days."""

NO_VALUE = "none"
"""The word for an empty agent or province, after =."""

REOPEN_FILTER = "attention:reopen"
"""The filter for cases with block findings that are newer than their verdicts."""

PERSON_WORDS = ("me", "nobody")
"""Words accepted instead of a login."""

FILTER_KEYS: tuple[FilterKey, ...] = (
    FilterKey(
        name="state",
        help=N_("where the case stands, by default open; waits:applicant says for whom pending ones wait"),
        value_type=ValueType.CHOICE,
        chinese=("状态",),
        values=(*STATE_GROUPS, *(state.value for state in CaseState)),
    ),
    FilterKey(
        name="waits",
        help=N_("pending cases that wait for the applicant, carrier, registry or department"),
        value_type=ValueType.CHOICE,
        chinese=("等待",),
        values=tuple(party.value for party in WaitsFor),
    ),
    FilterKey(
        name="priority",
        help=N_("low, normal, high or urgent; also priority>=high"),
        value_type=ValueType.CHOICE,
        chinese=("优先级",),
        values=tuple(priority.value for priority in Priority),
        is_ordered=True,
    ),
    FilterKey(
        name="class",
        help=N_("the service class, which sets the working days"),
        value_type=ValueType.CHOICE,
        chinese=("时限类别", "类别"),
        values=tuple(service_class.value for service_class in ServiceClass),
    ),
    FilterKey(
        name="risk",
        help=N_("low, medium or high"),
        value_type=ValueType.CHOICE,
        chinese=("风险",),
        values=tuple(risk.value for risk in Risk),
    ),
    FilterKey(
        name="due",
        help=N_("its local day, as in due<2026-12-01 or due<+5; due:today and due:overdue only while its clock runs"),
        value_type=ValueType.DATE,
        chinese=("截止时间", "截止"),
        values=DUE_WORDS,
        is_ordered=True,
    ),
    FilterKey(name="applicant", help=N_("a part of the applicant's name, or its pinyin initials"), chinese=("申请人",)),
    FilterKey(
        name="agent",
        help=N_("a part of the agent's name; agent=NAME for the whole name"),
        chinese=("代理商",),
        is_exact=True,
    ),
    FilterKey(
        name="province",
        help=N_("the province or a part of its name, as in province:Sichuan or province:四川"),
        chinese=("省份", "省"),
        is_exact=True,
    ),
    FilterKey(
        name="reason", help=N_("a reason of its newest verdict, as in state:closed reason:CR-DEBTOR"), chinese=("原因",)
    ),
    FilterKey(
        name="maker",
        help=N_("who gave its newest verdict: a login, me or nobody"),
        value_type=ValueType.PERSON,
        chinese=("初审人",),
        values=PERSON_WORDS,
    ),
    FilterKey(
        name="decided",
        help=N_("the local day of its newest verdict, as in state:all decided:today"),
        value_type=ValueType.DATE,
        chinese=("审核日",),
        values=("today", "yesterday", "none"),
        is_ordered=True,
    ),
    FilterKey(
        name="received",
        help=N_("the local day on which it was received, as in received>=2026-12-01"),
        value_type=ValueType.DATE,
        chinese=("接收日",),
        values=("today", "yesterday"),
        is_ordered=True,
    ),
    FilterKey(name="rule", help=N_("a finding of this rule, as in rule:ACT-PEAK-HOUR"), chinese=("规则",)),
    FilterKey(
        name="attention",
        help=N_("reopen: new block findings since the verdict; lists closed cases too"),
        value_type=ValueType.CHOICE,
        chinese=("关注",),
        values=("reopen",),
    ),
    *(
        FilterKey(name=name, help=text, value_type=ValueType.PERSON, chinese=(chinese,), values=PERSON_WORDS)
        for name, text, chinese in (
            ("who", N_("held by or assigned to a login, me or nobody"), "人员"),
            ("holder", N_("held by a login, me or nobody"), "领取人"),
            ("assignee", N_("assigned to a login, me or nobody"), "转派"),
        )
    ),
    FilterKey(
        name="round",
        help=N_("which round it is in, as in round>1"),
        value_type=ValueType.NUMBER,
        chinese=("轮次",),
        is_ordered=True,
    ),
    FilterKey(
        name="kind",
        help=N_("enterprise, sole_proprietor or individual"),
        value_type=ValueType.CHOICE,
        chinese=("申请人类型",),
        values=tuple(kind.value for kind in ApplicantKind),
    ),
    FilterKey(
        name="case", help=N_("a case number, as in case:C-000123"), value_type=ValueType.CASE, chinese=("审核单",)
    ),
    FilterKey(
        name="application", help=N_("an application number, its beginning, or one of its parts"), chinese=("申请编号",)
    ),
    FilterKey(name="phone", help=N_("a whole phone number: of a card or the contact"), chinese=("电话",)),
)
"""All keys, in the order of the help."""

KEY_BY_NAME: dict[str, FilterKey] = {
    **{key.name: key for key in FILTER_KEYS},
    **{name: key for key in FILTER_KEYS for name in key.chinese},
}
"""The keys by name, English or Chinese."""

# Synonyms of values.
_SYNONYMS = {"breached": "overdue", "sole-proprietor": "sole_proprietor", "in-review": "in_review"}
_CHINESE_SYNONYMS = {
    "已超时": "overdue",
    "超时": "overdue",
    "逾期": "overdue",
    "今天": "today",
    "明天": "tomorrow",
    "昨天": "yesterday",
    "我": "me",
    "无": "none",
    "无人": "nobody",
    "待重开": "reopen",
}

_SHOWN_WORDS: Mapping[str, Mapping[Any, str]] = {
    "state": STATE_WORDS,
    "priority": PRIORITY_WORDS,
    "class": CLASS_WORDS,
    "risk": RISK_WORDS,
}
"""The words that the screen shows instead of the values of a key."""


def known_value(key: FilterKey, word: str) -> str | None:
    """Return the value of a key for a word in English or as shown on screen, None if there is none.

    `word` must be folded (lower case, half width).
    """
    word = _SYNONYMS.get(word, _CHINESE_SYNONYMS.get(word, word))
    if word in key.values:
        return word
    for value, shown in _SHOWN_WORDS.get(key.name, {}).items():
        if word in {catalogue(language).gettext(shown).casefold() for language in LANGUAGES}:
            return str(value)
    return None


def suggested_terms(word: str) -> tuple[str, ...]:
    """Return the terms that a bare word may mean, if it names a state or a due date.

    They are in the language of the word, which must be folded.
    """
    is_english = word.isascii()
    return tuple(
        f"{name if is_english else KEY_BY_NAME[name].chinese[-1]}:{value if is_english else word}"
        for name in ("due", "state")
        if (value := known_value(KEY_BY_NAME[name], word)) is not None
    )
