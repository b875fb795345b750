"""Reads a typed day or time, and shows beside the field how it is read."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from screens.widgets.safe_text import ERROR, MUTED, WARNING, WrappedText, plain
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.clock.typed.reference import DateReference, NotUnderstood, UnclearTime
from workbench.domain.clock.typed.tense import Tense
from workbench.i18n import _
from workbench.wording.calendar import typed_moment_words

if TYPE_CHECKING:
    from workbench.services.wiring import Services

Moment = TypeVar("Moment", date, datetime)
Parse = Callable[[str, DateReference], Moment]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeReader(Generic[Moment]):
    """Reads the text of a field as a day or a time."""

    calendar: WorkingCalendar
    now: Callable[[], datetime]
    parse: Parse[Moment]
    """A function such as `read_date`."""
    tense: Tense = Tense.FUTURE
    default: Moment | None = None
    """What an empty field means; without it, an empty field is refused."""
    deadline_at: datetime | None = None
    """A typed day without a time means its closing time, or this deadline if it is on that day."""

    def read(self, text: str) -> Moment:
        """Return the day or time of a text.

        Raises:
            UnclearTime: If it is not understood; the message says why.
        """
        if not text.strip() and self.default is not None:
            return self.default
        basis = DateReference(now=self.now(), calendar=self.calendar, tense=self.tense, deadline_at=self.deadline_at)
        return self.parse(text, basis)

    def words(self, moment: date) -> str:
        """Return a day or time with its weekday and its distance from today."""
        return typed_moment_words(moment, self.now(), self.calendar)

    def explain(self, text: str) -> str:
        """Return what a text means, or its two readings; empty if it is not understood."""
        try:
            return _("understood: {when}").format(when=self.words(self.read(text)))
        except NotUnderstood:
            return ""
        except UnclearTime as error:
            return str(error)


async def time_reader(
    services: "Services", now: Callable[[], datetime], parse: Parse[Moment], tense: Tense = Tense.FUTURE
) -> TimeReader[Moment]:
    """Return a reader for the working calendar in force."""
    calendar = await asyncio.to_thread(services.calendars.in_force)
    return TimeReader(calendar=calendar, now=now, parse=parse, tense=tense)


class UnderstoodTime(WrappedText, Generic[Moment]):
    """Shows how a typed day or time is read, or why it cannot be read."""

    DEFAULT_CSS = "UnderstoodTime { min-height: 1; }"

    def __init__(self, reader: TimeReader[Moment]) -> None:
        super().__init__(markup=False)
        self._reader: TimeReader[Moment] = reader

    def read(self, text: str, *, is_final: bool = False) -> Moment | None:
        """Return the time of a text, None if it is unclear, and show how it is read.

        `is_final` means that typing has ended: the message about an unclear text is then an error.
        """
        try:
            moment: Moment = self._reader.read(text)
        except UnclearTime as error:
            problem = str(error)
            if not text.strip():
                problem = _("Enter a date, or press Esc to go back.") if is_final else ""
            self.update(plain(problem, ERROR if is_final else WARNING))
            return None
        words = _("understood: {when}") if text.strip() else _("empty means {when}")
        self.update(plain(words.format(when=self._reader.words(moment)), MUTED))
        return moment
