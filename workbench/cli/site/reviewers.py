"""Commands about people: reviewers list, add, role, away, back, limit."""

from typing import TYPE_CHECKING, Annotated

import typer

from db.enums import Role
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.options import JsonFlag, parse_day
from workbench.cli.framework.registration import Entry
from workbench.domain.case.lifecycle import ROLE_WORDS
from workbench.errors import WrongUsage
from workbench.i18n import _, marked

if TYPE_CHECKING:
    from workbench.services.site.people import PersonLine
    from workbench.services.wiring import Services

LoginArgument = Annotated[str, typer.Argument(metavar="LOGIN", help=marked("Login of the person."))]


def list_people(context: CommandContext, as_json: JsonFlag = False) -> None:
    """List everyone."""
    with context.services() as services:
        people = services.people.list()
    if as_json:
        output.document({"reviewers": [_document(person) for person in people]})
        return
    output.table(
        [_("Login"), _("Roles"), _("Limit"), _("Away")],
        [
            [
                person.login,
                ", ".join(_(ROLE_WORDS[role]) for role in person.roles),
                str(person.max_held),
                _away(person),
            ]
            for person in people
        ],
        figures=(2,),
    )


def _away(person: "PersonLine") -> str:
    if not person.is_away:
        return ""
    return _("until {day}").format(day=person.away_until.isoformat()) if person.away_until else _("yes")


def _document(person: "PersonLine") -> dict[str, object]:
    return {
        "login": person.login,
        "roles": [role.value for role in person.roles],
        "max_held": person.max_held,
        "is_away": person.is_away,
        "away_until": person.away_until.isoformat() if person.away_until else None,
    }


def add(
    context: CommandContext,
    login: LoginArgument,
    roles: Annotated[
        list[Role] | None, typer.Option("--role", help=marked("Role; repeatable. Default: reviewer."))
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Register a person."""
    with context.services() as services:
        services.people.add(login, tuple(roles or ()))
        _print_person(services, login, _("{login} is registered."), as_json=as_json)


def role(
    context: CommandContext,
    login: LoginArgument,
    given: Annotated[list[Role] | None, typer.Option("--add", help=marked("Role to add; repeatable."))] = None,
    taken: Annotated[list[Role] | None, typer.Option("--remove", help=marked("Role to remove; repeatable."))] = None,
    as_json: JsonFlag = False,
) -> None:
    """Change a person's roles."""
    if not given and not taken:
        raise WrongUsage(_("Name a role with --add or --remove."))
    with context.services() as services:
        services.people.role(login, tuple(given or ()), tuple(taken or ()))
        _print_person(services, login, _("The roles of {login} were changed."), as_json=as_json)


def away(
    context: CommandContext,
    login: LoginArgument,
    first: Annotated[str, typer.Option("--from", metavar="D", help=marked("First day of the absence."))],
    last: Annotated[
        str | None,
        typer.Option("--to", metavar="D", help=marked("Last day of the absence. Default: until `reviewers back`.")),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="T", help=marked("Reason."))] = "",
    as_json: JsonFlag = False,
) -> None:
    """Record that a person is away."""
    with context.services() as services:
        last_on = None if last is None else parse_day(last, "--to")
        services.people.away(login, parse_day(first, "--from"), last_on, reason)
        _print_person(services, login, _("{login} is recorded as away."), as_json=as_json)


def back(context: CommandContext, login: LoginArgument, as_json: JsonFlag = False) -> None:
    """Record that a person is back."""
    with context.services() as services:
        services.people.back(login)
        _print_person(services, login, _("{login} is back."), as_json=as_json)


def limit(
    context: CommandContext,
    login: LoginArgument,
    most: Annotated[
        int, typer.Argument(metavar="N", min=1, help=marked("Number of cases the person may hold at once."))
    ],
    as_json: JsonFlag = False,
) -> None:
    """Set how many cases a person may hold."""
    with context.services() as services:
        services.people.limit(login, most)
        _print_person(services, login, _("The limit of {login} was changed."), as_json=as_json)


def _print_person(services: "Services", login: str, sentence: str, *, as_json: bool) -> None:
    """Print what was done: a sentence, or the person as JSON."""
    if as_json:
        output.document(next(_document(person) for person in services.people.list() if person.login == login))
    else:
        output.narrate(sentence.format(login=login))


GROUP = "reviewers"
GROUP_HELP = marked("List and manage people, roles and absences. Default: list.")
ENTRIES = (
    Entry("list", list_people, marked("List everyone with roles, limit and absence.")),
    Entry("add", add, marked("Register a person (admin).")),
    Entry("role", role, marked("Add or remove roles (admin).")),
    Entry("away", away, marked("Record that a person is away (admin).")),
    Entry("back", back, marked("Record that a person is back (admin).")),
    Entry("limit", limit, marked("Set how many cases a person may hold at once (admin).")),
)
