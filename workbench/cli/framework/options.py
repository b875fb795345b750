"""Options and arguments that several commands share, and the parsing of their values."""

import re
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from workbench.domain.values import moments
from workbench.domain.values.values import BadValue
from workbench.errors import WrongUsage
from workbench.i18n import _, marked

CaseArgument = Annotated[str, typer.Argument(metavar="CASE", help=marked("Case, such as C-000123."))]
JsonFlag = Annotated[bool, typer.Option("--json", help=marked("Print the result as JSON."))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=marked("Show what would happen; write nothing."))]
ReasonText = Annotated[str, typer.Option("--reason", metavar="T", help=marked("Reason."))]
NoteText = Annotated[str, typer.Option("--note", metavar="T", help=marked("Internal note."))]

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def parse_day(text: str, option: str) -> date:
    """Parse the date given to an option.

    Raises:
        WrongUsage: If it is not a date.
    """
    try:
        return moments.day(text)
    except BadValue as error:
        raise WrongUsage(f"{option}: {error}") from error


def parse_moment(text: str, option: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Parse the instant given to an option: the next such time of day, a date and time, or a date (its beginning).

    Raises:
        WrongUsage: If it is none of these.
    """
    found = _TIME.fullmatch(text.strip())
    if found:
        local = now.astimezone(zone)
        moment = local.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
        return moment if moment > local else moment + timedelta(days=1)
    try:
        return moments.instant_or_day(text, zone)
    except BadValue as error:
        raise WrongUsage(f"{option}: {error}") from error


def required_text(text: str, option: str) -> str:
    """Return the text given to an option, stripped.

    Raises:
        WrongUsage: If it is blank.
    """
    if not text.strip():
        raise WrongUsage(_("{option} must not be empty.").format(option=option))
    return text.strip()
