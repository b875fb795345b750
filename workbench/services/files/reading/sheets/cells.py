"""The values of cells, and their conversion to text for the columns that they are in."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from workbench.domain.values.bad_value import BadValue
from workbench.domain.values.values import formula_error_message, lost_digits_message
from workbench.i18n import _
from workbench.services.files.reading.sheets.number_formats import NumberFormat

EXACT_BELOW = 1e15
"""A spreadsheet keeps 15 digits of a number and drops the others."""

_MOBILE_DIGITS = 11
_SHORTEST_AREA_NUMBER = 9
_DAY_MS = 86_400_000
_FIRST_SERIAL, _END_OF_SERIALS = 0, 2_958_466
_FIRST_DAYS = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001 - a sheet's dates are local
_NO_LEAP_DAY = 60
"""The day count of 29 February 1900: the day did not exist, but spreadsheets count it."""

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_HALF_CHARACTERS = range(0xD800, 0xE000)
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?|[+-]?\.\d+([eE][+-]?\d+)?")


class CellContent(StrEnum):
    """The content of a column, which decides how cells other than texts are converted."""

    ANYTHING = "anything"
    FLAGS = "flags"
    DAYS = "days"
    INSTANTS = "instants"
    PHONES = "phones"


@dataclass(frozen=True, slots=True)
class NumberCell:
    """A number that is shown with leading zeros, up to `digits` digits."""

    value: float
    digits: int = 0

    def __str__(self) -> str:
        if self.value == int(self.value) and abs(self.value) < EXACT_BELOW:
            return str(int(self.value)).zfill(self.digits)
        return repr(self.value) if abs(self.value) >= EXACT_BELOW else format(self.value, ".15g")

    def text_in(self, content: CellContent) -> str:
        """Return the cell as text for its column; raise BadValue if the spreadsheet has damaged the value."""
        if abs(self.value) >= EXACT_BELOW:
            raise BadValue(lost_digits_message())
        text = str(self)
        if content is CellContent.PHONES and _lost_its_zero(text):
            raise BadValue(
                _("The spreadsheet has lost the zero in front; format the column as text and enter the number again.")
            )
        return text


@dataclass(frozen=True, slots=True)
class DateTimeCell:
    """A date, a time, or both, as the format shows it."""

    at: datetime
    has_date: bool
    has_time: bool

    def __str__(self) -> str:
        clock = self.at.strftime("%H:%M:%S")
        if self.at.microsecond:
            clock += f".{self.at.microsecond // 1000:03d}"
        if not self.has_date:
            return clock
        is_midnight = not self.has_time and clock == "00:00:00"
        return str(self.at.date()) if is_midnight else f"{self.at.date()} {clock}"

    def text_in(self, content: CellContent) -> str:
        """Return the cell as text for its column; raise BadValue if the column does not hold dates."""
        if content not in {CellContent.DAYS, CellContent.INSTANTS}:
            raise BadValue(
                _("The spreadsheet made a date of this value; format the column as text and enter it again.")
            )
        # A time of day that the cell does not show is ignored.
        return str(self.at.date()) if content is CellContent.DAYS and not self.has_time else str(self)


@dataclass(frozen=True, slots=True)
class CellError:
    """The error of a formula, such as #N/A."""

    code: str

    def __str__(self) -> str:
        return self.code

    def text_in(self, _holds: CellContent) -> str:
        """Raise BadValue, because no column holds errors."""
        raise BadValue(formula_error_message(self.code))


@dataclass(frozen=True, slots=True)
class FlagCell:
    """A yes or no."""

    is_set: bool

    def __str__(self) -> str:
        return "true" if self.is_set else "false"

    def text_in(self, content: CellContent) -> str:
        """Return the cell as text for its column; raise BadValue if the column does not hold flags."""
        if content is not CellContent.FLAGS:
            raise BadValue(_("The cell holds a yes or no; format the column as text and enter the value again."))
        return str(self)


SheetValue = NumberCell | DateTimeCell | FlagCell | CellError
"""The value of a cell that is not a text."""

SheetCell = str | SheetValue


def number_of(text: str, number_format: NumberFormat, *, is_1904: bool) -> SheetCell:
    """Return the value of a stored number: a date or time if its format says so.

    Days are counted from 1904 in workbooks that say so, else from 1900.
    """
    if not _NUMBER.fullmatch(text):
        return CellError(text)
    value = float(text)
    is_moment = number_format.is_date or number_format.has_time
    if not is_moment or not _FIRST_SERIAL <= value < _END_OF_SERIALS:
        # Nobody writes an infinite number.
        return NumberCell(value, number_format.digits) if abs(value) < float("inf") else CellError(text)
    days = value + 1 if value < _NO_LEAP_DAY and not is_1904 else value
    at = _FIRST_DAYS[is_1904] + timedelta(milliseconds=round(days * _DAY_MS))
    # A value of a day or more has a date, even if the format only shows the time.
    return DateTimeCell(at, has_date=number_format.is_date or value >= 1, has_time=number_format.has_time)


def moment_of(text: str) -> SheetCell:
    """Return the value of a date that is stored in ISO 8601."""
    try:
        at = datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError:
        return CellError(text)
    return DateTimeCell(at.replace(tzinfo=None), has_date=True, has_time=":" in text)


def unescaped(text: str) -> str:
    """Return a text without the escapes of sheets, such as `_x000D_` for a carriage return."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(escape: re.Match[str]) -> str:
    code = int(escape[1], 16)
    return escape[0] if code in _HALF_CHARACTERS else chr(code)


def _lost_its_zero(text: str) -> bool:
    """Return whether a telephone number that is stored as a number began with a zero, as area codes do.

    It did if it has 9 to 11 digits now, unless it is a mobile number or begins with 400 or 800.
    """
    if not text.isdecimal() or not _SHORTEST_AREA_NUMBER <= len(text) <= _MOBILE_DIGITS:
        return False
    is_mobile = len(text) == _MOBILE_DIGITS and text.startswith("1")
    return not is_mobile and not text.startswith(("0", "400", "800"))
