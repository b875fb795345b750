"""Commands about the policy: policy show, list, diff, check, apply."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from workbench import i18n
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.json_values import json_record, to_json
from workbench.cli.framework.options import parse_day_option
from workbench.cli.framework.parameters import argument, option
from workbench.cli.framework.questions import is_terminal
from workbench.cli.site.request_text import print_request
from workbench.domain.case.case_id import format_case
from workbench.domain.clock.typed.tense import Tense
from workbench.errors import WrongUsage
from workbench.i18n import N_, _
from workbench.wording import policy as wording
from workbench.wording.amounts import minute

if TYPE_CHECKING:
    from workbench.cli.framework.output import Columns
    from workbench.domain.policy.comparison import PolicyChange
    from workbench.services.site.policies import AppliedPolicy, NamedPolicy, PolicyVersion, VersionLine
    from workbench.services.time.deadlines.policy_changes import OpenCaseEffect
    from workbench.services.wiring import Services

PolicyFile = Annotated[Path, argument("FILE", N_("Policy: a whole TOML file."))]
_FILE_OR_NUMBER = N_("Policy: a file, or the number of a version.")


def show(
    context: CommandContext,
    toml: Annotated[bool, option("--toml", N_("Print the whole file."))] = False,
    version: Annotated[int | None, option("--version", N_("Version to show. Default: the one in force."), "N")] = None,
) -> None:
    """Show a version of the policy."""
    with context.services() as services:
        policy_version = services.policies.in_force() if version is None else services.policies.version(version)
        zone = zone_of(services)
    if context.as_json:
        output.document({**_document(policy_version, zone), **({"toml": policy_version.text} if toml else {})})
    elif toml:
        output.file_text(policy_version.text)
    else:
        output.pairs(_version_pairs(policy_version, zone))


def list_versions(context: CommandContext) -> None:
    """List the versions of the policy."""
    with context.services() as services:
        versions, zone = services.policies.versions(), zone_of(services)
    columns: Columns[VersionLine] = {
        _("Policy"): lambda version: str(version.number),
        _("Name"): lambda version: version.name,
        _("State"): lambda version: _state(version, zone),
        _("Applied"): lambda version: minute(version.applied_at, zone),
        _("By"): lambda version: version.applied_by or "–",
        _("From"): lambda version: _first_day(version, zone).isoformat(),
        _("Open cases"): _open_case_words,
    }
    context.print_list("versions", versions, partial(_line_document, zone=zone), columns)


def diff(
    context: CommandContext,
    a: Annotated[str, argument("A", _FILE_OR_NUMBER)],
    b: Annotated[str | None, argument("B", _FILE_OR_NUMBER)] = None,
) -> None:
    """Compare two policies; a single one is compared with the version in force."""
    from workbench.domain.policy.comparison import changes_between

    with context.services() as services:
        policies = services.policies
        in_force = str(policies.in_force().number)
        old_word, new_word = (in_force, a) if b is None else (a, b)
        old, new = policies.named(old_word), policies.named(new_word)
        effect = services.policy_changes.effect_of(new.policy)
    changes = changes_between(old.policy, new.policy)
    if context.as_json:
        counts = {"open_cases": effect.open_count, **_effect_document(effect)}
        output.document({"old": old.name, "new": new.name, "changes": to_json(changes, UTC), **counts})
        return
    _print_changes(changes, _name_words(old), _name_words(new))
    if changes:
        _print_effect(effect, _name_words(new))


def _print_effect(effect: "OpenCaseEffect", name: str) -> None:
    """Print what a policy would change in open cases."""
    output.line(wording.changed_findings_words(effect.touched_count, effect.open_count, name))
    if effect.touched:
        output.line(wording.cases_with_changed_findings(effect.touched))
    output.line(wording.policy_effect_words(effect.voided_count, effect.moved_count, effect.letter_count))


def _print_changes(changes: "Sequence[PolicyChange]", *names: str) -> None:
    """Print the differences between two policies by kind, below their names."""
    from workbench.domain.policy.comparison import PolicyChangeKind

    for kind, heading in wording.CHANGE_KIND_WORDS.items():
        rows = [(f"  {change.key}", *wording.change_sides(change)) for change in changes if change.kind is kind]
        if rows and kind is PolicyChangeKind.TEXT:
            # Sentences are too long to stand side by side.
            output.line(_(heading))
            for key, *sides in rows:
                output.line(key)
                output.pairs([(f"    {name}", side) for name, side in zip(names, sides, strict=True)])
            output.line()
        elif rows:
            output.table([_(heading), *names], rows)
            output.line()
    if not changes:
        output.line(_("The two policies say the same."))


def _name_words(policy: "NamedPolicy") -> str:
    """Return the name of a file, or the number of a version in words."""
    return policy.name if policy.version is None else _("Policy {name}").format(name=policy.name)


def check(context: CommandContext, file: PolicyFile) -> None:
    """Check a policy file."""
    from workbench.services.site.policies import read_policy_file

    policy = read_policy_file(file)
    context.print_result(
        {"file": str(file), "version": policy.version, "rules": len(policy.rules), "reasons": len(policy.reasons)},
        _("{file} is a policy that can be applied.").format(file=file),
    )


def apply(
    context: CommandContext,
    file: PolicyFile,
    since: Annotated[str | None, option("--from", N_("Day from which it is in force. Default: at once."), "D")] = None,
    open_cases: Annotated[
        bool, option("--open-cases", N_("Open cases change to it too, and their applicants are notified."))
    ] = False,
    yes: Annotated[bool, option("--yes", N_("Do not ask; without a terminal, only --open-cases needs it."))] = False,
) -> None:
    """Put a policy file into force."""
    from workbench.domain.policy.comparison import changes_between
    from workbench.services.policy.reader import parse_policy
    from workbench.services.site.admin_requests import AdminRequest
    from workbench.services.site.policies import policy_text

    text = None
    with context.services() as services:
        day = None if since is None else parse_day_option(since, "--from", services, Tense.FUTURE)
        if is_terminal() and not (yes or context.as_json):
            in_force, text = services.policies.in_force(), policy_text(file)
            new = parse_policy(text, file.name)
            changes = changes_between(in_force.policy, new)
            _print_changes(changes, _("Policy {name}").format(name=in_force.number), file.name)
            if open_cases:
                _print_effect(services.policy_changes.effect_of(new), file.name)
            if (changes or open_cases) and not typer.confirm(_("Apply this policy?"), err=True):
                return
        elif open_cases and not yes:
            message = _("This changes open cases and writes letters; add --yes, or see it with `policy diff`.")
            raise WrongUsage(message)
        applied = services.policies.apply(file, day, for_open_cases=open_cases, text=text)
        if isinstance(applied, AdminRequest):
            print_request(context, applied, zone_of(services))
            return
        change_open_cases(context, services, applied, str(file))


def change_open_cases(context: CommandContext, services: "Services", applied: "AppliedPolicy", file: str) -> None:
    """Change the open cases to an applied policy if it is for them, and print the result."""
    effect, zone = services.policy_changes.finish(), zone_of(services)
    replaced = [version.number for version in applied.replaced]
    document = {**_document(applied.version, zone), "changed": applied.is_changed, "replaced": replaced}
    document |= {"open_cases_changed": effect.open_count, **_effect_document(effect)}
    context.print_result(document, *_applied_sentences(applied, effect, file, zone))


def _applied_sentences(applied: "AppliedPolicy", effect: "OpenCaseEffect", file: str, zone: ZoneInfo) -> Iterator[str]:
    """Yield the sentences about the result of applying a policy file."""
    from workbench.domain.policy.versions import VersionState

    version, day = applied.version, _first_day(applied.version, zone).isoformat()
    is_to_come = version.state is VersionState.TO_COME
    if not applied.is_changed:
        sentence = _("{file} is in force already, as policy {number}; nothing was changed.")
        if is_to_come:
            sentence = _("{file} was applied already, as policy {number} from {day}; nothing was changed.")
    elif version.is_for_open_cases:
        sentence = _("{file} is in force from now on, as policy {number}, for open cases too.")
        if is_to_come:
            sentence = _("{file} is in force from {day}, as policy {number}; open cases change to it on that day.")
    else:
        sentence = _("{file} is in force from now on, as policy {number}; cases opened before keep theirs.")
        if is_to_come:
            sentence = _("{file} is in force from {day}, as policy {number}; cases opened before keep theirs.")
    yield sentence.format(file=file, number=version.number, day=day)
    if applied.is_changed and not version.is_for_open_cases:
        yield _("Its retention is for all cases; applied with --open-cases, its other rules are for open ones too.")
    for old in applied.replaced:
        lost = _("Policy {number}, planned from {day}, is replaced by it and will not come into force.")
        yield lost.format(number=old.number, day=_first_day(old, zone).isoformat())
    if effect.open_count:
        yield wording.changed_cases_words(effect.open_count, effect.touched_count)
        if effect.touched:
            yield wording.cases_with_changed_findings(effect.touched)
        yield wording.policy_effect_words(effect.voided_count, effect.moved_count, effect.letter_count)
    yield from _notes(version)


def _notes(version: "PolicyVersion") -> Iterator[str]:
    """Yield what an operator should know of a version: changed safeguards, and a supplier that does not exist."""
    from workbench.services.policy.supplier import advice_on_made_up

    if version.safeguards:
        yield wording.safeguard_words(version.number, version.safeguards)
    if version.is_supplier_made_up:
        yield advice_on_made_up()


def _effect_document(effect: "OpenCaseEffect") -> dict[str, Any]:
    """Return the effect of a policy on open cases, as JSON."""
    return {
        "open_cases_touched": effect.touched_count,
        "touched_cases": [format_case(case_id) for case_id in sorted(effect.touched)],
        "verdicts_returned": effect.voided_count,
        "due_dates_moved": effect.moved_count,
        "letters": effect.letter_count,
    }


def _first_day(version: "VersionLine", zone: ZoneInfo) -> date:
    """Return the day from which a version is in force."""
    return version.effective_on or version.applied_at.astimezone(zone).date()


def _state(version: "VersionLine", zone: ZoneInfo) -> str:
    return wording.version_state_words(version.state, _first_day(version, zone))


def _open_case_words(version: "VersionLine") -> str:
    """Return what a version does to open cases: they keep their versions, will change to it, or have changed."""
    if not version.is_for_open_cases:
        return _("keep theirs")
    return _("change to it") if version.settled_at is None else _("changed to it")


def _line_document(version: "VersionLine", zone: ZoneInfo) -> dict[str, Any]:
    """Return a version as the list shows it, as JSON."""
    return json_record(
        version,
        zone,
        without=("text", "policy", "safeguards"),
        policy="number",
        version="name",
        open_cases="is_for_open_cases",
    )


def _document(version: "PolicyVersion", zone: ZoneInfo) -> dict[str, Any]:
    """Return a version as JSON."""
    return {
        **_line_document(version, zone),
        "supplier": to_json(version.policy.supplier, UTC),
        "supplier_made_up": version.is_supplier_made_up,
        "safeguards": to_json(version.safeguards, UTC),
        "special": to_json(version.policy.special, UTC),
    }


def _version_pairs(version: "PolicyVersion", zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    """Yield the names and values that describe a version."""
    policy = version.policy
    yield _("Policy"), f"{version.number} ({policy.version})"
    yield _("State"), _state(version, zone)
    yield _("From"), _first_day(version, zone).isoformat()
    yield _("Applied"), f"{minute(version.applied_at, zone)} {version.applied_by or ''}".rstrip()
    yield _("Open cases"), _open_case_words(version)
    yield "SHA-256", version.sha256
    yield _("Rules"), str(len(policy.rules))
    yield _("Reasons"), str(len(policy.reasons))
    yield from wording.special_values(policy)
    for name, value in policy.supplier.in_language(i18n.current_language()).items():
        yield _(wording.SUPPLIER_WORDS[name]), value
    yield from ((_("note"), sentence) for sentence in _notes(version))
