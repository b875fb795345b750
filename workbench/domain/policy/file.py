"""Reading a policy file: one TOML document, strictly, into frozen values."""

import tomllib
from datetime import time
from enum import StrEnum
from itertools import pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from db.enums import ApplicantKind, DocumentKind, Measure, Priority, Risk, ServiceClass, Verdict
from workbench.domain.policy.policy import USUAL_FORECAST, CallingWindow, ForecastPolicy, Policy, Supplier, Words
from workbench.domain.policy.reasons import read_questions, read_reasons
from workbench.domain.policy.rules import read_rules
from workbench.domain.policy.table import Choice, Table
from workbench.errors import BadConfiguration
from workbench.i18n import _

WINDOW_STEP_MINUTES = 30
"""Calls are counted by half hours, so a window can begin and end at those only."""

_WEEK_MINUTES = 7 * 24 * 60
_LATEST_DAYS = 366
_MOST_PER_REVIEWER = 1_000
_VERSION_LENGTH = 32

_Name = TypeVar("_Name", bound=StrEnum)


def parse_policy(text: str, name: str) -> Policy:
    """Return the policy that a file holds; `name` is how errors call the file.

    Raises:
        BadConfiguration: If it is no TOML, or has an unknown key, an unknown fact or a value that cannot be used; the
            sentence says where and how to mend it.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadConfiguration(
            _("{file} is not TOML, mend it there: {error}.").format(file=name, error=error)
        ) from error
    file = Table(file=name, path="", values=values)
    policy = _policy(file)
    file.done()
    return policy


def _policy(file: Table) -> Policy:
    rules = read_rules(file)
    rectify, classes, priority = file.table("rectify"), file.table("classes"), file.table("priority")
    desk, use, check, appeal = file.table("desk"), file.table("use"), file.table("check"), file.table("appeal")
    windows = file.table("windows")
    cap_days = rectify.whole("cap_days", 1, _LATEST_DAYS)
    policy = Policy(
        version=file.text("version", most=_VERSION_LENGTH),
        zone=_zone(file),
        hours=_hours(file),
        country=file.text("country", most=2),
        class_days=_class_days(classes),
        default_class=classes.choice("default", ServiceClass),
        hold_minutes=desk.whole("hold_minutes", 1, _WEEK_MINUTES),
        aside_minutes=desk.whole("aside_minutes", 1, _WEEK_MINUTES),
        grace_s=desk.whole("grace_s", 0, 86_400),
        max_held=desk.whole("max_held", 1, 100),
        call_window_days=_only(file, "calls", "window_days"),
        default_window=_window(windows, "default"),
        industry_windows=_industry_windows(windows),
        prohibited_trades=use.texts("prohibited_trades"),
        forbidden_script_words=use.texts("forbidden_script_words"),
        required_documents=_required_documents(file),
        document_names=_document_names(file),
        rules=rules,
        reasons=read_reasons(file, rules, cap_days),
        questions=read_questions(file),
        rectify_default_days=rectify.whole("default_days", 1, cap_days),
        rectify_cap_days=cap_days,
        pending_days=_only(file, "pending", "days"),
        appeal_file_days=appeal.whole("file_days", 1, _LATEST_DAYS),
        appeal_answer_days=appeal.whole("answer_days", 1, _LATEST_DAYS),
        measures=_measures(file),
        check_final_fail=check.flag("final_fail"),
        check_override=check.flag("override"),
        check_high_risk_pass=check.flag("high_risk_pass"),
        check_restore=check.flag("restore"),
        separation_importer=_separation(file),
        high_priority_cards=priority.whole("high_from_cards", 1, 1_000_000),
        complex_class_cards=classes.whole("complex_from_cards", 1, 1_000_000),
        priority_of_kind=_by_word(priority, "kind", ApplicantKind, Priority),
        priority_of_risk=_by_word(priority, "risk", Risk, Priority),
        class_of_risk=_by_word(classes, "risk", Risk, ServiceClass),
        sampling_ratio=_sampling(file),
        retention_years=_only(file, "retention", "years"),
        supplier=_supplier(file),
        forecast=_forecast(file),
    )
    for table in (rectify, classes, priority, desk, use, check, appeal, windows):
        table.done()
    return policy


def _zone(file: Table) -> str:
    name = file.text("zone")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        file.wrong("zone", _("“{name}” is no time zone; use one such as Asia/Shanghai").format(name=name))
    return name


def _hours(file: Table) -> tuple[tuple[time, time], ...]:
    """Return the working hours of a day, which must not overlap."""
    table = file.table("hours")
    periods = table.items("periods")
    if not periods:
        table.wrong("periods", _("there are no working hours; add a period"))
    inner = {str(number): period for number, period in enumerate(periods, start=1)}
    spans = Table(file=file.file, path="hours.periods", values=inner)
    hours = tuple(spans.span(number) for number in inner)
    for (_opens, closes), (reopens, _closes) in pairwise(hours):
        if reopens < closes:
            table.wrong("periods", _("the periods overlap; put them one after the other"))
    table.done()
    return hours


def _class_days(classes: Table) -> dict[ServiceClass, int]:
    days = classes.table("days")
    chosen = {word: days.whole(word.value, 1, _LATEST_DAYS) for word in ServiceClass}
    days.done()
    return chosen


def _only(file: Table, key: str, inner: str) -> int:
    """Return the one number of a table."""
    table = file.table(key)
    value = table.whole(inner, 1, _LATEST_DAYS)
    table.done()
    return value


def _separation(file: Table) -> bool:
    table = file.table("separation")
    value = table.flag("importer")
    table.done()
    return value


def _sampling(file: Table) -> float:
    table = file.table("sampling")
    value = table.ratio("ratio")
    table.done()
    return value


def _window(table: Table, key: str) -> CallingWindow:
    opens, closes = table.span(key, WINDOW_STEP_MINUTES)
    return CallingWindow(opens=opens, closes=closes)


def _industry_windows(windows: Table) -> dict[str, CallingWindow]:
    """Return the windows of industries, by each name that an industry has."""
    chosen: dict[str, CallingWindow] = {}
    for table in windows.tables("industries"):
        window = _window(table, "hours")
        for name in table.texts("names"):
            if name in chosen:
                table.wrong("names", _("“{name}” has another window already; name it once").format(name=name))
            chosen[name] = window
        table.text("source", "")
        table.done()
    return chosen


def _required_documents(file: Table) -> dict[ApplicantKind, tuple[DocumentKind, ...]]:
    required = file.table("documents").table("required")
    chosen = {kind: required.choices(kind.value, DocumentKind) for kind in ApplicantKind}
    required.done()
    return chosen


def _document_names(file: Table) -> dict[DocumentKind, Words]:
    documents = file.table("documents")
    names = documents.table("names")
    chosen = {kind: names.words(kind.value) for kind in DocumentKind}
    names.done()
    documents.taken.add("required")
    documents.done()
    return chosen


def _measures(file: Table) -> dict[Verdict, tuple[Measure, ...]]:
    """Return what may happen to the cards with each verdict; the first is offered at first."""
    table = file.table("measures")
    chosen = {verdict: table.choices(verdict.value, Measure) for verdict in Verdict}
    for verdict, measures in chosen.items():
        if not measures:
            table.wrong(verdict.value, _("name at least one measure, such as none"))
    table.done()
    return chosen


def _by_word(table: Table, key: str, names: type[_Name], words: type[Choice]) -> dict[_Name, Choice]:
    """Return a word for each of some names; names left out have none."""
    inner = table.table(key)
    chosen = {name: inner.choice(name.value, words) for name in names if inner.has(name.value)}
    inner.taken.update(name.value for name in names)
    inner.done()
    return chosen


def _forecast(file: Table) -> ForecastPolicy:
    """Return what is said of the forecast; the table may be absent, as in versions that are older than it."""
    table = file.table("forecast")
    usual = USUAL_FORECAST
    forecast = ForecastPolicy(
        per_reviewer=table.whole("per_reviewer", 1, _MOST_PER_REVIEWER, usual.per_reviewer),
        letters=table.word("letters", ("promise", "forecast", "both"), usual.letters),
    )
    table.done()
    return forecast


def _supplier(file: Table) -> Supplier:
    table = file.table("supplier")
    supplier = Supplier(
        name=table.words("name"),
        phone=table.text("phone"),
        hours=table.words("hours"),
        address=table.words("address"),
        appeal=table.words("appeal"),
    )
    table.done()
    return supplier
