"""The public holidays that a new calendar starts with, from the `holidays` package."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from db.enums import DayStatus
from workbench.domain.clock.calendar import CalendarDay, DayKind
from workbench.errors import BadConfiguration
from workbench.i18n import _

if TYPE_CHECKING:
    from holidays import HolidayBase

_IN_LIEU_MARK = "休息日"
_MAKE_UP_NAME = "调休上班日"
_LANGUAGES = ("zh_CN", "zh_TW", "en_US")


def seed_days(country: str, years: Iterable[int]) -> list[CalendarDay]:
    """Return all days of some years, in order, with the holidays and make-up days of a country.

    Every published Chinese calendar has make-up days. The days of a Chinese year for which the package has none are
    therefore provisional. Holidays have Chinese names if the package has them.

    Raises:
        BadConfiguration: If the package does not know the country.
    """
    in_order = sorted(set(years))
    holidays = _holidays_of(country, in_order)
    return [day for year in in_order for day in _days_of(year, holidays, _status_of(year, holidays))]


def _holidays_of(country: str, years: list[int]) -> "HolidayBase":
    # Imported on first use, because the package takes long to import and would delay the first screen.
    from holidays import country_holidays

    try:
        untranslated = country_holidays(country, years=years)
    except NotImplementedError as error:
        message = _("There are no holidays for the country {country}; write its two-letter code, such as CN.")
        raise BadConfiguration(message.format(country=country)) from error
    language = next((one for one in _LANGUAGES if one in untranslated.supported_languages), None)
    return country_holidays(country, years=years, language=language)


def _status_of(year: int, holidays: "HolidayBase") -> DayStatus:
    is_published = holidays.country != "CN" or any(day.year == year for day in holidays.weekend_workdays)
    return DayStatus.OFFICIAL if is_published else DayStatus.PROVISIONAL


def days_of_year(year: int) -> list[date]:
    """Return all days of a year."""
    first = date(year, 1, 1)
    return [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]


def _days_of(year: int, holidays: "HolidayBase", status: DayStatus) -> Iterable[CalendarDay]:
    for on in days_of_year(year):
        kind, name = _kind_of(on, holidays)
        yield CalendarDay(
            on=on, working=kind in {DayKind.WORKDAY, DayKind.MAKE_UP}, kind=kind, name=name, status=status
        )


def _kind_of(on: date, holidays: "HolidayBase") -> tuple[DayKind, str]:
    if on in holidays.weekend_workdays:
        return DayKind.MAKE_UP, _MAKE_UP_NAME
    name = holidays.get(on)
    if name is not None:
        return (DayKind.IN_LIEU if name.startswith(_IN_LIEU_MARK) else DayKind.HOLIDAY), name
    return (DayKind.WEEKEND, "") if holidays.is_weekend(on) else (DayKind.WORKDAY, "")
