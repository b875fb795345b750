"""Commands about people: reviewers list, add, role, away, back, limit."""

from datetime import UTC
from typing import TYPE_CHECKING, Annotated

from db.enums import Role
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.json_values import plain
from workbench.cli.framework.options import ReasonText, parse_day
from workbench.cli.framework.parameters import argument, option
from workbench.domain.case.lifecycle import ROLE_WORDS
from workbench.domain.clock.typed.aim import Aim
from workbench.errors import WrongUsage
from workbench.i18n import N_, _, comma_joined

if TYPE_CHECKING:
    from workbench.services.site.people import PersonLine
    from workbench.services.wiring import Services

LoginArgument = Annotated[str, argument("LOGIN", N_("Login of the person."))]


def list_people(context: CommandContext) -> None:
    """List everyone."""
    with context.services() as services:
        people = services.people.list()
    if context.as_json:
        output.document({"reviewers": [plain(person, UTC) for person in people]})
        return
    output.listing(
        people,
        {
            _("Login"): lambda person: person.login,
            _("Roles"): lambda person: comma_joined(_(ROLE_WORDS[role]) for role in person.roles),
            _("Limit"): lambda person: str(person.max_held),
            _("Away"): _away,
            _("Active"): lambda person: "" if person.is_active else _("no"),
        },
        numeric=(2,),
    )


def _away(person: "PersonLine") -> str:
    if not person.is_away:
        return ""
    return _("until {day}").format(day=person.away_until.isoformat()) if person.away_until else _("yes")


def add(
    context: CommandContext,
    login: LoginArgument,
    roles: Annotated[list[Role] | None, option("--role", N_("Role; repeatable. Default: reviewer."))] = None,
) -> None:
    """Register a person."""
    with context.services() as services:
        _narrate_end_of_solo(is_ended=services.people.add(login, tuple(roles or ())))
        _print_person(context, services, login, _("{login} is registered."))


def role(
    context: CommandContext,
    login: LoginArgument,
    added: Annotated[list[Role] | None, option("--add", N_("Role to add; repeatable."))] = None,
    removed: Annotated[list[Role] | None, option("--remove", N_("Role to remove; repeatable."))] = None,
) -> None:
    """Change a person's roles."""
    if not added and not removed:
        raise WrongUsage(_("Name a role with --add or --remove."))
    with context.services() as services:
        _narrate_end_of_solo(is_ended=services.people.role(login, tuple(added or ()), tuple(removed or ())))
        _print_person(context, services, login, _("The roles of {login} were changed."))


def _narrate_end_of_solo(*, is_ended: bool) -> None:
    """Say that two-person rules hold from now on, if they were waived before."""
    if is_ended:
        output.narrate(_("A second person can review now: from now on, verdicts that need a check wait for it."))


def away(
    context: CommandContext,
    login: LoginArgument,
    first: Annotated[str, option("--from", N_("First day of the absence."), "D")],
    last: Annotated[
        str | None, option("--to", N_("Last day of the absence. Default: until `reviewers back`."), "D")
    ] = None,
    reason: ReasonText = "",
) -> None:
    """Record that a person is away."""
    with context.services() as services:
        first_on = parse_day(first, "--from", services, Aim.ANY)
        last_on = None if last is None else parse_day(last, "--to", services, Aim.ANY)
        services.people.away(login, first_on, last_on, reason)
        _print_person(context, services, login, _("{login} is recorded as away."))


def back(context: CommandContext, login: LoginArgument) -> None:
    """Record that a person is back."""
    with context.services() as services:
        services.people.back(login)
        _print_person(context, services, login, _("{login} is back."))


def deactivate(context: CommandContext, login: LoginArgument) -> None:
    """Let a person do nothing any more, and free their cases."""
    with context.services() as services:
        freed = services.deactivating.deactivate(login)
        sentence = _("{login} is deactivated; cases that went back to the queue: {count}.")
        _print_person(context, services, login, sentence.replace("{count}", str(freed)))


def activate(context: CommandContext, login: LoginArgument) -> None:
    """Let a deactivated person work again."""
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


def _print_person(context: CommandContext, services: "Services", login: str, sentence: str) -> None:
    """Print what was done: a sentence, or the person as JSON."""
    person = services.people.line(login)
    if context.as_json:
        output.document(plain(person, UTC))
    else:
        output.narrate(sentence.format(login=person.login))
