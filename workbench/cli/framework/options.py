"""What is typed after options and arguments, read into values."""

import re
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from workbench.domain.values import moments
from workbench.domain.values.values import BadValue
from workbench.errors import WrongUsage
from workbench.i18n import _, marked

CaseArgument = Annotated[str, typer.Argument(metavar="CASE", help=marked("The case, such as C-000123."))]
JsonFlag = Annotated[bool, typer.Option("--json", help=marked("Print one JSON document."))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=marked("Only say what would happen."))]
ReasonText = Annotated[str, typer.Option("--reason", metavar="T", help=marked("Why."))]
NoteText = Annotated[str, typer.Option("--note", metavar="T", help=marked("An internal note."))]

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def day_said(text: str, option: str) -> date:
    """Return the day behind an option.

    Raises:
        WrongUsage: If it is no day.
    """
    try:
        return moments.day(text)
    except BadValue as error:
        raise WrongUsage(f"{option}: {error}") from error


def moment_said(text: str, option: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the instant behind an option: a time of day to come, a day and time, or a day (its beginning).

    Raises:
        WrongUsage: If it is none of them.
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


def needed(text: str, option: str) -> str:
    """Return the text behind an option that must say something.

    Raises:
        WrongUsage: If it is blank.
    """
    if not text.strip():
        raise WrongUsage(_("{option} is empty; say something there.").format(option=option))
    return text.strip()
