"""The lines of the policy screen: one version, or the differences of two."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from textual.content import Content

from screens.shell.view import View
from screens.widgets.safe_text import (
    ACCENT,
    BOLD,
    ERROR,
    INFO,
    MUTED,
    SUCCESS,
    WARNING,
    hanging,
    joined,
    plain,
    wrapped,
    wrapped_lines,
)
from workbench.domain.case.lifecycle import CLASS_WORDS
from workbench.domain.case.vocabulary import Severity
from workbench.domain.clock.hours import format_hours
from workbench.domain.policy.comparison import PolicyChange
from workbench.domain.policy.policy import Policy, Reason, Rule, RuleLimit, source_in
from workbench.domain.text.safe import cells, pad_right
from workbench.i18n import N_, _, comma_joined, current_language, with_remark
from workbench.services.site.policies import PolicyVersion
from workbench.services.time.campaigns.campaigns import CampaignProgress
from workbench.wording import amounts
from workbench.wording import policy as wording
from workbench.wording.case.fields import FIELD_NAMES, NOTHING
from workbench.wording.case.labels import APPLICANT_KIND_WORDS, MEASURE_WORDS, VERDICT_TITLES, WAITS_FOR_WORDS
from workbench.wording.findings import SEVERITY_WORDS, document_name

_SEVERITY_STYLES = {Severity.BLOCK: ERROR, Severity.WARN: WARNING, Severity.INFO: INFO}

_TO_OPEN = {"none": N_("none"), "findings": N_("those of a warn or block"), "all": N_("all")}
"""Which documents must be opened before a pass."""

_INDENT = "  "
_SIDE_BY_SIDE = 90
"""From this width on, two values are side by side."""

NamedValue = tuple[str, str]
"""A name and its value."""


def version_lines(version: PolicyVersion, campaigns: Sequence[CampaignProgress], view: View, width: int) -> Content:
    """Return the page of a version: its data, the progress of campaigns, and the contents of its file."""
    policy = version.policy
    sections = (
        (_("Supplier"), _in_two_columns(_supplier(policy), width)),
        (_("Deadlines"), _in_two_columns(_deadlines(policy), width)),
        (_("Required documents"), _in_two_columns(_documents(policy), width)),
        (_("Departments"), _in_two_columns(_departments(policy), width)),
        (_("Special cases"), _in_two_columns(wording.special_values(policy), width)),
        (_("Rules and thresholds"), [line for rule in policy.rules.values() for line in _rule(rule, policy, width)]),
        (_("Reasons"), [line for reason in policy.reasons.values() for line in _reason(reason, width)]),
        (_("Canned texts"), _in_two_columns(_texts(policy), width)),
        (_("Measures and second persons"), _in_two_columns(_measures_and_checks(policy), width)),
    )
    lines = [*_version_facts(version, view, width), *_campaign_lines(campaigns, view, width)]
    for title, contents in sections:
        if contents:
            lines += [Content(), plain(title, f"{ACCENT} bold"), *contents]
    return Content("\n").join(lines)


def difference_lines(
    versions: tuple[PolicyVersion, PolicyVersion], changes: Sequence[PolicyChange], effect: str, view: View, width: int
) -> Content:
    """Return the differences between two versions by kind, side by side if the window is wide enough."""
    named = _("Policy {name}")
    old, new = (named.format(name=version.number) for version in versions)
    lines = [plain(f"{old} → {new}", BOLD), *wrapped_lines(effect, width, MUTED)]
    for version in versions:
        lines += [Content(), *_version_facts(version, view, width)]
    if not changes:
        lines += [Content(), plain(_("The two policies say the same."))]
    for kind, heading in wording.CHANGE_KIND_WORDS.items():
        changes_of_kind = [change for change in changes if change.kind is kind]
        if changes_of_kind:
            lines += [Content(), plain(_(heading), f"{ACCENT} bold")]
            lines += _side_by_side((old, new), width, (MUTED, MUTED)) if width >= _SIDE_BY_SIDE else []
        for change in changes_of_kind:
            lines += wrapped_lines(change.key, width, BOLD)
            values = wording.change_sides(change)
            if width >= _SIDE_BY_SIDE:
                lines += _side_by_side(values, width, (WARNING, SUCCESS))
                continue
            for name, value, style in zip((old, new), values, (WARNING, SUCCESS), strict=True):
                lines += hanging([(f"{_INDENT}{name}  ", MUTED)], value, width, style)
    return Content("\n").join(lines)


def _side_by_side(texts: tuple[str, str], width: int, styles: tuple[str, str]) -> Iterator[Content]:
    """Yield two texts as columns."""
    left_style, right_style = styles
    room = (width - 2 * len(_INDENT)) // 2
    for left, right in zip_longest(*(wrapped(text, room) for text in texts), fillvalue=""):
        yield joined((f"{_INDENT}{pad_right(left, room)}{_INDENT}", left_style), (right, right_style))


def _version_facts(version: PolicyVersion, view: View, width: int) -> Iterator[Content]:
    """Yield the name and state of a version, who applied it, and which cases it concerns."""
    begins_on = version.effective_on or version.applied_at.astimezone(view.zone).date()
    yield joined(
        (_("Policy {name}").format(name=version.number), BOLD),
        (f" {view.symbols.dot} {version.name} {view.symbols.dot} ", MUTED),
        (wording.version_state_words(version.state, begins_on), ACCENT),
    )
    applied = _("Applied {when} by {login}; in force from {day}.").format(
        when=view.instant(version.applied_at), login=version.applied_by or "–", day=view.day(begins_on)
    )
    cases = _("Cases opened before keep their own version.")
    if version.is_for_open_cases:
        cases = _("Open cases have changed to it.") if version.settled_at else _("Open cases change to it.")
    yield from wrapped_lines(applied, width, MUTED)
    yield from wrapped_lines(cases, width, MUTED)
    if version.safeguards:
        yield from wrapped_lines(wording.safeguard_words(version.number, version.safeguards), width, WARNING)


def _in_two_columns(pairs: Iterable[NamedValue], width: int) -> list[Content]:
    """Return names and values in two columns."""
    pairs = list(pairs)
    room = min(max((cells(name) for name, _value in pairs), default=0), width // 2)
    return [
        line
        for name, value in pairs
        for line in hanging([(f"{_INDENT}{pad_right(name, room)}  ", MUTED)], value, width)
    ]


def _supplier(policy: Policy) -> Iterator[NamedValue]:
    for name, value in policy.supplier.in_language(current_language()).items():
        yield _(wording.SUPPLIER_WORDS[name]), value


def _deadlines(policy: Policy) -> Iterator[NamedValue]:
    """Yield the working hours, and the working days of each period."""
    yield _("Working hours"), f"{format_hours(policy.hours.periods)} ({policy.zone})"
    days = _("{count} working days")
    classes = [f"{_(CLASS_WORDS[service_class])} {count}" for service_class, count in policy.classes.days.items()]
    yield _("Review, in working days"), comma_joined(classes)
    rectify = _("{count} working days, at most {most}")
    yield _("Rectification"), rectify.format(count=policy.rectify.default_days, most=policy.rectify.cap_days)
    parties = [f"{_(WAITS_FOR_WORDS[party])} {count}" for party, count in policy.pending.days_by_party.items()]
    yield _("Answer to a pending case"), comma_joined([days.format(count=policy.pending.days), *parties])
    yield _("Missing documents"), days.format(count=policy.pending.incomplete_days)
    yield _("Filing an appeal"), days.format(count=policy.appeal.file_days)
    yield _("Answering an appeal"), days.format(count=policy.appeal.answer_days)


def _documents(policy: Policy) -> Iterator[NamedValue]:
    for kind, required in policy.documents.required.items():
        names = [document_name(kind, policy, current_language()) for kind in required]
        yield _(APPLICANT_KIND_WORDS[kind]), "; ".join(names) or _("none")
    yield _("Opened before a pass"), _(_TO_OPEN[policy.documents.open_before_pass])


def _departments(policy: Policy) -> Iterator[NamedValue]:
    """Yield the departments that answer inquiries, with their working days and what they may see."""
    message = _("{count} working days; sees {fields}")
    for department in policy.departments.values():
        fields = comma_joined(_(FIELD_NAMES[name]) for name in department.fields) or NOTHING
        yield department.name.in_language(current_language()), message.format(count=department.days, fields=fields)


def _texts(policy: Policy) -> Iterator[NamedValue]:
    for name, words in policy.texts.items():
        yield name, words.in_language(current_language())


def _rule(rule: Rule, policy: Policy, width: int) -> Iterator[Content]:
    """Yield a rule with its limits and their sources."""
    language = current_language()
    title = policy.reasons[rule.code].title.in_language(language)
    yield from hanging([(f"{_INDENT}{rule.code}  ", BOLD)], title, width)
    for limit in rule.limits:
        word, style = SEVERITY_WORDS[limit.severity], _SEVERITY_STYLES[limit.severity]
        yield from hanging([(f"{_INDENT * 2}{_(word)}  ", style)], _limit_words(limit), width)
        if limit.source:
            yield from hanging([(_INDENT * 3, "")], source_in(limit, language), width, MUTED)
    yield from hanging([(f"{_INDENT * 2}{_('source')}  ", MUTED)], source_in(rule, language), width, MUTED)


def _limit_words(limit: RuleLimit) -> str:
    """Return the condition of a limit in the names of the file: `peak_hour_calls > 40 calls`."""
    figure = limit.value
    if limit.unit == "fen" and isinstance(figure, int):
        bound = amounts.money_words(figure)
    elif limit.unit == "ratio" and isinstance(figure, int | float):
        bound = amounts.percentage(figure)
    else:
        bound = f"{limit.value_of or wording.policy_value_words(figure)} {limit.unit}".rstrip()
    conditions = [f"{fact} ≥ {least}" for fact, least in limit.samples.items()]
    conditions += [f"{fact} = {' / '.join(map(str, values))}" for fact, values in limit.conditions.items()]
    return with_remark(f"{limit.observes} {limit.op} {bound}", comma_joined(conditions))


def _reason(reason: Reason, width: int) -> Iterator[Content]:
    """Yield a reason with the sentence of its letter and what the applicant must submit."""
    verdicts = comma_joined(_(VERDICT_TITLES[verdict]) for verdict in reason.verdicts)
    days = reason.rectify_days
    told = _("; ").join([verdicts, *([_("{count} working days").format(count=days)] if days else [])])
    title = reason.title.in_language(current_language())
    yield from hanging([(f"{_INDENT}{reason.code}  ", BOLD)], with_remark(title, told), width)
    for label, words in ((_("letter"), reason.letter), (_("to submit"), reason.item)):
        if text := words.in_language(current_language()):
            yield from hanging([(f"{_INDENT * 2}{label}  ", MUTED)], text, width)


def _campaign_lines(campaigns: Sequence[CampaignProgress], view: View, width: int) -> Iterator[Content]:
    """Yield the progress of each campaign that still has cases to open or to decide."""
    message = _("Campaign {number}: {opened} of {planned} passed cases opened again, {decided} decided")
    for campaign in campaigns:
        if campaign.left or campaign.in_review:
            decided = sum(campaign.decided.values())
            words = message.format(
                number=campaign.id, opened=campaign.opened, planned=campaign.planned, decided=decided
            )
            if campaign.stopped_at is not None:
                words += _("; stopped {day}").format(day=view.instant(campaign.stopped_at))
            if campaign.left and campaign.last_on is not None:
                words += _("; the last opens {day}").format(day=view.day(campaign.last_on))
            yield from wrapped_lines(words, width, ACCENT)


def _measures_and_checks(policy: Policy) -> Iterator[NamedValue]:
    """Yield the measures that each verdict can have, and which verdicts a second person checks."""
    for verdict, measures in policy.measures.items():
        yield _(VERDICT_TITLES[verdict]), comma_joined(_(MEASURE_WORDS[measure]) for measure in measures)
    check = policy.check
    is_checked = {
        _("a final fail"): check.final_fail,
        _("a pass against a blocking finding"): check.override,
        _("a pass at high risk"): check.high_risk_pass,
        _("restoring the cards"): check.restore,
    }
    yield (
        _("Second person for"),
        comma_joined(words for words, needs_check in is_checked.items() if needs_check) or _("none"),
    )
