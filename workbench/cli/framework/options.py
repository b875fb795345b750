"""Options and arguments that several commands share, and the parsing of their values.

The parsers of dates are imported by the first date, because the help page needs none.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from workbench.cli.framework.parameters import argument, option
from workbench.domain.case.case_id import parse_case
from workbench.domain.values.bad_value import BadValue
from workbench.errors import WrongUsage
from workbench.i18n import N_, _

CaseArgument = Annotated[int, argument("CASE", N_("Case, such as C-000123."), parser=parse_case)]
Encoding = Annotated[str | None, option("--encoding", N_("Encoding of text files. Default: detected."), "E")]
DryRun = Annotated[bool, option("--dry-run", N_("Show what would happen; write nothing."))]
ReasonText = Annotated[str, option("--reason", N_("Reason."), "T")]
NoteText = Annotated[str, option("--note", N_("Internal note."), "T")]

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def parse_day(text: str, option: str) -> date:
    """Parse the date given to an option.

    Raises:
        WrongUsage: If it is not a date.
    """
    from workbench.domain.values import moments

    with _option_named(option):
        return moments.day(text)


def parse_instant(text: str, option: str, zone: ZoneInfo) -> datetime:
    """Parse the instant given to an option: a date and time, or a date, which means its beginning.

    Raises:
        WrongUsage: If it is neither.
    """
    from workbench.domain.values import moments

    with _option_named(option):
        return moments.instant_or_day(text, zone)


def parse_moment(text: str, option: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Parse the instant given to an option; a time alone means the next such time of day.

    Raises:
        WrongUsage: If the text is not an instant.
    """
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return parse_instant(text, option, zone)
    local = now.astimezone(zone)
    moment = local.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
    return moment if moment > local else moment + timedelta(days=1)


@contextmanager
def _option_named(option: str) -> Iterator[None]:
    """Turn an invalid value into a usage error that names the option."""
    try:
        yield
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
