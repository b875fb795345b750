"""Commands about people: who there is, their roles, absences, limits, skills and duties; requests for roles."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING, Annotated

from db.enums import Role
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext, zone_of
from workbench.cli.framework.json_values import to_json
from workbench.cli.framework.options import DryRun, ReasonText, parse_day_option
from workbench.cli.framework.parameters import argument, option
from workbench.cli.site.policy import change_open_cases
from workbench.cli.site.request_text import print_request, request_json
from workbench.domain.case.case_id import format_case, format_request, parse_request
from workbench.domain.case.lifecycle import ROLE_WORDS
from workbench.domain.clock.typed.tense import Tense
from workbench.domain.filter.absent_cases import HANDOVERS
from workbench.errors import WrongUsage
from workbench.i18n import N_, _, comma_joined, with_details, with_remark
from workbench.wording.amounts import minute
from workbench.wording.policy import change_words

if TYPE_CHECKING:
    from workbench.cli.framework.output import Columns
    from workbench.services.site.admin_requests import AdminRequest, RequestKind
    from workbench.services.site.people import PersonLine
    from workbench.services.site.roles import RoleOutcome
    from workbench.services.wiring import Services

LoginArgument = Annotated[str, argument("LOGIN", N_("Login of the person."))]
DepartmentText = Annotated[str, option("--department", N_("Department of a verifier: its code or name."), "D")]
RequestArgument = Annotated[
    int, argument("REQUEST", N_("Number of the request, such as R-000123."), parser=parse_request)
]


def list_people(context: CommandContext) -> None:
    """List everyone."""
    from workbench.services.site.admin_requests import RequestKind

    with context.services() as services:
        people = services.people.list()
        waiting = {one.values["login"]: one.number for one in services.requests.open(RequestKind.ROLES)}

    def roles_with_request(person: "PersonLine") -> str:
        message = _("{request} waits for another admin")
        request = [message.format(request=format_request(waiting[person.login]))] if person.login in waiting else []
        return comma_joined([*(_(ROLE_WORDS[role]) for role in person.roles), *request])

    columns: Columns[PersonLine] = {
        _("Login"): lambda person: person.login,
        _("Roles"): roles_with_request,
        _("Limit"): lambda person: str(person.max_held),
        _("Away"): _away,
        _("Skills"): lambda person: person.skills,
        _("Active"): lambda person: _("yes") if person.is_active else _("no"),
    }
    context.print_list("reviewers", people, partial(to_json, zone=UTC), columns, numeric=(2,))


def _away(person: "PersonLine") -> str:
    if person.away_from is None:
        return ""
    days = f"{person.away_from.isoformat()} – {person.away_until.isoformat() if person.away_until else ''}"
    return with_remark(days, person.substitute or "")


def add(
    context: CommandContext,
    login: LoginArgument,
    roles: Annotated[list[Role] | None, option("--role", N_("Role; repeatable. Default: reviewer."))] = None,
    department: DepartmentText = "",
) -> None:
    """Register a person."""
    with context.services() as services:
        outcome = services.roles.add(login, tuple(roles or ()), department)
        has_blanks = len(login.split()) > 1
        sentence = _("{login} is registered; a login has no blanks.") if has_blanks else _("{login} is registered.")
        _print_outcome(context, services, outcome, login, sentence)


def role(
    context: CommandContext,
    login: LoginArgument,
    added: Annotated[list[Role] | None, option("--add", N_("Role to add; repeatable."))] = None,
    removed: Annotated[list[Role] | None, option("--remove", N_("Role to remove; repeatable."))] = None,
    department: DepartmentText = "",
) -> None:
    """Change a person's roles."""
    if not added and not removed:
        raise WrongUsage(_("Name a role with --add or --remove."))
    with context.services() as services:
        outcome = services.roles.change(login, tuple(added or ()), tuple(removed or ()), department)
        _print_outcome(context, services, outcome, login, _("The roles of {login} were changed."))


def _print_outcome(
    context: CommandContext, services: "Services", outcome: "RoleOutcome", login: str, sentence: str
) -> None:
    """Print that roles were changed, or which request waits for another admin."""
    if outcome.ends_solo:
        output.narrate(_("A second person can review now: from now on, verdicts that need a check wait for it."))
    if outcome.warning:
        output.narrate(outcome.warning)
    if outcome.request is None:
        _print_person(context, services, login, sentence)
        return
    print_request(context, outcome.request, zone_of(services))


def requests(context: CommandContext) -> None:
    """List the requests for roles and policies that wait for another admin."""
    from workbench.services.site.admin_requests import RequestKind

    with context.services() as services:
        waiting, zone = services.requests.open(RequestKind.ROLES, RequestKind.POLICY), zone_of(services)
    columns: Columns[AdminRequest] = {
        _("Request"): lambda request: format_request(request.number),
        _("Login"): lambda request: request.values.get("login", ""),
        _("Added"): lambda request: _role_words(request.values.get("add", ())),
        _("Removed"): lambda request: _role_words(request.values.get("remove", ())),
        _("Policy"): lambda request: comma_joined(map(change_words, request.values.get("safeguards", ()))),
        _("By"): lambda request: request.requested_by,
        _("Until"): lambda request: minute(request.expires_at, zone),
    }
    context.print_list("requests", waiting, partial(request_json, zone=zone), columns)


def _role_words(roles: Iterable[Role]) -> str:
    return comma_joined(_(ROLE_WORDS[role]) for role in roles)


def approve(context: CommandContext, request: RequestArgument) -> None:
    """Approve a request of another admin, and change the roles or apply the policy."""
    from workbench.services.site.admin_requests import RequestKind

    with context.services() as services:
        for open_request in services.requests.open(RequestKind.POLICY):
            if open_request.number == request:
                change_open_cases(context, services, services.policies.approve(request), open_request.values["policy"])
                return
        # The zone is read first, because afterwards the current user may have no role.
        zone, done = zone_of(services), services.roles.approve(request)
    sentence = _("The roles of {login} were changed.").format(login=done.values["login"])
    context.print_result(request_json(done, zone), sentence)


def reject(context: CommandContext, request: RequestArgument) -> None:
    """Reject a request of another admin, or withdraw one's own."""
    from workbench.services.site.admin_requests import RequestKind

    reject_request(context, request, RequestKind.ROLES, RequestKind.POLICY)


def reject_request(context: CommandContext, request: int, *kinds: "RequestKind") -> None:
    """Reject a request, which must be of one of the kinds, and print that it is rejected."""
    with context.services() as services:
        zone, rejected = zone_of(services), services.requests.reject(request, *kinds)
    sentence = _("The request {request} is rejected.").format(request=format_request(rejected.number))
    context.print_result(request_json(rejected, zone), sentence)


def away(
    context: CommandContext,
    login: LoginArgument,
    first: Annotated[str, option("--from", N_("First day of the absence. Default: today."), "D")] = "today",
    last: Annotated[
        str | None, option("--to", N_("Last day of the absence. Default: until `reviewers back`."), "D", "--until")
    ] = None,
    substitute: Annotated[
        str, option("--substitute", N_("Login of who gets the cases and what comes back."), "LOGIN")
    ] = "",
    reason: ReasonText = "",
    dry_run: DryRun = False,
) -> None:
    """Record that a person is away, and list their cases with what becomes of each."""
    with context.services() as services:
        first_on = parse_day_option(first, "--from", services, Tense.ANY)
        last_on = None if last is None else parse_day_option(last, "--to", services, Tense.ANY)
        cases = services.absences.away(login, first_on, last_on, reason, substitute, dry_run=dry_run)
        person = services.people.line(login)
    shown = [(format_case(case.case_id), case.share, case.handover) for case in cases]
    if context.as_json:
        listed = [{"case": number, "share": share.name, "handover": handover} for number, share, handover in shown]
        counts = Counter(case.share.name for case in cases)
        output.document({**to_json(person, UTC), "written": not dry_run, "counts": counts, "cases": listed})
        return
    for number, share, handover in shown:
        output.line(f"{number}  {with_details(_(share.label), _(HANDOVERS[handover]))}")
    done = _("Dry run: nothing was written.") if dry_run else _("{login} is recorded as away.")
    output.narrate(done.format(login=person.login))


def back(context: CommandContext, login: LoginArgument) -> None:
    """Record that a person is back."""
    with context.services() as services:
        services.absences.back(login)
        _print_person(context, services, login, _("{login} is back."))


def duty(
    context: CommandContext,
    login: LoginArgument,
    day: Annotated[str, argument("DATE", N_("Date, such as 2026-11-26 or 26 Nov."))],
    hours: Annotated[
        float | None,
        argument("HOURS", N_("Hours beyond the usual ones, 0 for none. Default: a whole day, on a day off.")),
    ] = None,
    reason: ReasonText = "",
) -> None:
    """Record that a person works beyond the usual hours; the forecast counts on it, no clock does."""
    with context.services() as services:
        minutes = None if hours is None else round(hours * 60)
        services.people.duty(login, parse_day_option(day, "DATE", services, Tense.ANY), minutes, reason)
        _print_person(context, services, login, _("The duty of {login} was changed."))


def skills(
    context: CommandContext,
    login: LoginArgument,
    terms: Annotated[
        str, option("--filter", N_("What it is, such as “province:四川 class:standard”. Default: all cases."), "F")
    ] = "",
) -> None:
    """Set what a person can review."""
    with context.services() as services:
        services.skills.set(login, terms)
        _print_person(context, services, login, _("The skills of {login} were changed."))


def deactivate(context: CommandContext, login: LoginArgument) -> None:
    """Deactivate a person, and free their cases."""
    with context.services() as services:
        freed = services.deactivating.deactivate(login)
        sentence = _("{login} is deactivated; cases that other people can take now: {count}.")
        _print_person(context, services, login, sentence, count=freed)


def activate(context: CommandContext, login: LoginArgument) -> None:
    """Reactivate a person."""
    with context.services() as services:
        services.deactivating.activate(login)
        _print_person(context, services, login, _("{login} is active again."))


def limit(
    context: CommandContext,
    login: LoginArgument,
    most: Annotated[int, argument("N", N_("Number of cases the person may hold at once."), min=1)],
) -> None:
    """Set how many cases a person may hold."""
    with context.services() as services:
        services.people.limit(login, most)
        _print_person(context, services, login, _("The limit of {login} was changed."))


def _print_person(context: CommandContext, services: "Services", login: str, sentence: str, **values: int) -> None:
    """Print what was done: a sentence with its values, or the person as JSON."""
    person = services.people.line(login)
    if context.as_json:
        output.document(to_json(person, UTC))
    else:
        output.narrate(sentence.format(login=person.login, **values))
    for fault in services.people.login_faults():
        output.narrate(fault)
