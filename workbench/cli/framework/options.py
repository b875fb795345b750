"""Options and arguments that several commands share, and the parsing of their values.

The parsers of dates are imported when a date is parsed, because the help page needs none.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

from workbench.cli.framework import output
from workbench.cli.framework.parameters import argument, option
from workbench.domain.case.case_id import parse_case
from workbench.errors import WrongUsage
from workbench.i18n import N_, _, with_details

if TYPE_CHECKING:
    from workbench.domain.clock.typed.reference import DateReference
    from workbench.domain.clock.typed.tense import Tense
    from workbench.services.wiring import Services

Moment = TypeVar("Moment", date, datetime)

CaseArgument = Annotated[int, argument("CASE", N_("Case, such as C-000123."), parser=parse_case)]
EncodingOption = Annotated[str | None, option("--encoding", N_("Encoding of text files. Default: detected."), "E")]
DryRun = Annotated[bool, option("--dry-run", N_("Show what would happen; write nothing."))]
ReasonText = Annotated[str, option("--reason", N_("Reason."), "T")]
NoteText = Annotated[str, option("--note", N_("Internal note."), "T")]


def parse_day_option(text: str, option: str, services: "Services", tense: "Tense") -> date:
    """Parse the date given to an option; say which day it is if it was not typed in full.

    Raises:
        WrongUsage: If it is not understood.
    """
    from workbench.domain.clock.typed.reading import read_date

    return _parse_typed(text, option, services, tense, read_date)


def parse_instant_option(text: str, option: str, services: "Services", tense: "Tense") -> datetime:
    """Parse the time given to an option; say which time it is if it was not typed in full.

    Raises:
        WrongUsage: If it is not understood.
    """
    from workbench.domain.clock.typed.reading import read_instant

    return _parse_typed(text, option, services, tense, read_instant)


def parse_receipt_option(text: str, option: str, services: "Services", deadline_at: datetime | None = None) -> datetime:
    """Parse when something was received; a day alone means its closing time, or `deadline_at` if that is on this day.

    Raises:
        WrongUsage: If it is not understood.
    """
    from workbench.domain.clock.typed.reading import read_receipt
    from workbench.domain.clock.typed.tense import Tense

    def read(typed: str, reference: "DateReference") -> datetime:
        return read_receipt(typed, replace(reference, deadline_at=deadline_at))

    return _parse_typed(text, option, services, Tense.PAST, read)


def parse_end_option(text: str, option: str, services: "Services", tense: "Tense") -> datetime:
    """Parse the time given to an option; a day alone means its end.

    Raises:
        WrongUsage: If it is not understood.
    """
    from workbench.domain.clock.typed.reading import read_end

    return _parse_typed(text, option, services, tense, read_end)


def _parse_typed(
    text: str, option: str, services: "Services", tense: "Tense", read: "Callable[[str, DateReference], Moment]"
) -> Moment:
    from workbench.domain.clock.typed.reference import DateReference
    from workbench.wording.calendar import typed_moment_words

    calendar, now = services.calendars.in_force(), services.context.now()
    try:
        moment = read(text, DateReference(now=now, calendar=calendar, tense=tense))
    except WrongUsage as error:
        raise WrongUsage(with_details(option, str(error))) from error
    # A date that begins with its year is typed in full.
    if not text.strip()[:4].isdecimal():
        output.narrate(with_details(option, typed_moment_words(moment, now, calendar)))
    return moment


def required_text(text: str, option: str) -> str:
    """Return the text given to an option, stripped.

    Raises:
        WrongUsage: If it is blank.
    """
    if not text.strip():
        raise WrongUsage(_("Give {option}; it must not be empty.").format(option=option))
    return text.strip()
