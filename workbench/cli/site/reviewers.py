"""Commands about people: reviewers, reviewers add, role, away, back, limit."""

from typing import TYPE_CHECKING, Annotated

import typer

from db.enums import Role
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.options import JsonFlag, day_said
from workbench.cli.framework.registration import Entry
from workbench.domain.case.lifecycle import ROLE_WORDS
from workbench.errors import WrongUsage
from workbench.i18n import _, marked

if TYPE_CHECKING:
    from workbench.services.site.people import PersonLine
    from workbench.services.wiring import Services

LoginArgument = Annotated[str, typer.Argument(metavar="LOGIN", help=marked("The person's login."))]


def list_people(context: CommandContext, as_json: JsonFlag = False) -> None:
    """List everybody."""
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
        list[Role] | None, typer.Option("--role", help=marked("A role; may be repeated; reviewer by default."))
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Register a person."""
    with context.services() as services:
        services.people.add(login, tuple(roles or ()))
        _tell(services, login, _("{login} is registered."), as_json=as_json)


def role(
    context: CommandContext,
    login: LoginArgument,
    given: Annotated[list[Role] | None, typer.Option("--add", help=marked("A role to give; may be repeated."))] = None,
    taken: Annotated[
        list[Role] | None, typer.Option("--remove", help=marked("A role to take away; may be repeated."))
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Change a person's roles."""
    if not given and not taken:
        raise WrongUsage(_("Say which role with --add or --remove."))
    with context.services() as services:
        services.people.role(login, tuple(given or ()), tuple(taken or ()))
        _tell(services, login, _("The roles of {login} are changed."), as_json=as_json)


def away(
    context: CommandContext,
    login: LoginArgument,
    first: Annotated[str, typer.Option("--from", metavar="D", help=marked("The first day."))],
    last: Annotated[
        str | None, typer.Option("--to", metavar="D", help=marked("The last day; until back without it."))
    ] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="T", help=marked("Why."))] = "",
    as_json: JsonFlag = False,
) -> None:
    """Note that a person is away."""
    with context.services() as services:
        last_on = None if last is None else day_said(last, "--to")
        services.people.away(login, day_said(first, "--from"), last_on, reason)
        _tell(services, login, _("The absence of {login} is noted."), as_json=as_json)


def back(context: CommandContext, login: LoginArgument, as_json: JsonFlag = False) -> None:
    """Note that a person is back."""
    with context.services() as services:
        services.people.back(login)
        _tell(services, login, _("{login} is back."), as_json=as_json)


def limit(
    context: CommandContext,
    login: LoginArgument,
    most: Annotated[int, typer.Argument(metavar="N", min=1, help=marked("How many cases may be held at once."))],
    as_json: JsonFlag = False,
) -> None:
    """Set how many cases a person may hold."""
    with context.services() as services:
        services.people.limit(login, most)
        _tell(services, login, _("The limit of {login} is changed."), as_json=as_json)


def _tell(services: "Services", login: str, sentence: str, *, as_json: bool) -> None:
    """Tell what was done with a person: a sentence for people, or the person as JSON."""
    if as_json:
        output.document(next(_document(person) for person in services.people.list() if person.login == login))
    else:
        output.narrate(sentence.format(login=login))


GROUP = "reviewers"
GROUP_HELP = marked("The people who work here; lists them by default.")
ENTRIES = (
    Entry("list", list_people, marked("List everybody with roles, limit and absence.")),
    Entry("add", add, marked("Register a person (admin).")),
    Entry("role", role, marked("Give or take roles (admin).")),
    Entry("away", away, marked("Note that a person is away (admin).")),
    Entry("back", back, marked("Note that a person is back (admin).")),
    Entry("limit", limit, marked("Set how many cases a person may hold at once (admin).")),
)
