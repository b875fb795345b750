"""Numbers, days and instants in words, in the current or a given language."""

from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal

from workbench.i18n import current

_FEN_PER_YUAN = 100
_FEN_PER_WAN = 10_000 * _FEN_PER_YUAN
_SECONDS_PER_MINUTE = 60
_MINUTES_PER_HOUR = 60
_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NEAR_DAYS_EN = {-1: "yesterday", 0: "today", 1: "tomorrow"}
_NEAR_DAYS_ZH = {-1: "昨天", 0: "今天", 1: "明天"}


def _is_chinese(language: str | None) -> bool:
    """Say whether to write Chinese: the given language, or else the current one."""
    return (language or current()) == "zh"


def _local(at: datetime, zone: tzinfo) -> datetime:
    """Return an instant in a zone.

    Raises:
        ValueError: If the instant has no zone of its own.
    """
    if at.tzinfo is None:
        raise ValueError(at)
    return at.astimezone(zone)


def _one_decimal(figure: float) -> str:
    """Return a number with at most one decimal, rounded half up; a zero decimal is dropped."""
    rounded = Decimal(str(figure)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    # Adding zero turns a rounded -0.0 into 0.0.
    return f"{rounded + 0:,.1f}".removesuffix(".0")


def day_on_screen(on: date, today: date, *, language: str | None = None) -> str:
    """Return a day as `Thu 26 Nov` or `11月26日 周四`, with the year if it is not the current one."""
    is_this_year = on.year == today.year
    if _is_chinese(language):
        year = "" if is_this_year else f"{on.year}年"
        return f"{year}{on.month}月{on.day}日 周{_WEEKDAYS_ZH[on.weekday()]}"
    year = "" if is_this_year else f" {on.year}"
    return f"{_WEEKDAYS_EN[on.weekday()]} {on.day} {_MONTHS_EN[on.month - 1]}{year}"


def instant_on_screen(at: datetime, today: date, zone: tzinfo, *, language: str | None = None) -> str:
    """Return an instant as `Thu 26 Nov 18:00` or `11月26日 周四 18:00`, local to the zone.

    Raises:
        ValueError: If the instant has no zone of its own.
    """
    local = _local(at, zone)
    return f"{day_on_screen(local.date(), today, language=language)} {local:%H:%M}"


def relative_day(on: date, today: date, *, language: str | None = None) -> str:
    """Return the distance of a day: `3 days ago`, `today`, `in 41 days`; `3天前`, `今天`, `41天后`."""
    days = (on - today).days
    if _is_chinese(language):
        return _NEAR_DAYS_ZH.get(days) or (f"{-days:,}天前" if days < 0 else f"{days:,}天后")
    return _NEAR_DAYS_EN.get(days) or (f"{-days:,} days ago" if days < 0 else f"in {days:,} days")


def count(number: int) -> str:
    """Return a count as `4,812`, in both languages."""
    return f"{number:,}"


def ratio(share: float) -> str:
    """Return a share (0 to 1) as `17 %` or `16.7 %`, in both languages."""
    return f"{_one_decimal(share * 100)} %"


def money_fen(amount_fen: int) -> str:
    """Return an amount in fen as `¥ 1,234.50`, in both languages."""
    yuan, fen = divmod(abs(amount_fen), _FEN_PER_YUAN)
    return f"{'-' if amount_fen < 0 else ''}¥ {yuan:,}.{fen:02}"


def capital_fen(amount_fen: int, *, language: str | None = None) -> str:
    """Return a registered capital in fen as `¥ 2,000,000` or `200万元`, with decimals only if needed."""
    if not _is_chinese(language):
        return money_fen(amount_fen).removesuffix(".00")
    if amount_fen and amount_fen % _FEN_PER_WAN == 0:
        return f"{amount_fen // _FEN_PER_WAN:,}万元"
    return f"{money_fen(amount_fen).replace('¥ ', '').removesuffix('.00')}元"


def duration_s(seconds: float, *, language: str | None = None) -> str:
    """Return a duration as `48 s`, `3 min 20 s` or `1 h 05 min`; `48秒`, `3分20秒`, `1小时05分`.

    Below a minute it has at most one decimal, below an hour seconds, above it only minutes.
    """
    is_chinese = _is_chinese(language)
    if round(seconds, 1) < _SECONDS_PER_MINUTE:
        return f"{_one_decimal(seconds)}秒" if is_chinese else f"{_one_decimal(seconds)} s"
    minutes, rest = divmod(round(seconds), _SECONDS_PER_MINUTE)
    if minutes < _MINUTES_PER_HOUR:
        return f"{minutes}分{rest:02}秒" if is_chinese else f"{minutes} min {rest:02} s"
    hours, minutes = divmod(minutes, _MINUTES_PER_HOUR)
    return f"{hours:,}小时{minutes:02}分" if is_chinese else f"{hours:,} h {minutes:02} min"


def working_days_left(days: int, *, language: str | None = None) -> str:
    """Return the days until a deadline: `2 working days left`, `剩余2个工作日`; or by how many it is exceeded."""
    if _is_chinese(language):
        return f"剩余{days:,}个工作日" if days >= 0 else f"已超时{-days:,}个工作日"
    unit = "working day" if abs(days) == 1 else "working days"
    return f"{days:,} {unit} left" if days >= 0 else f"overdue by {-days:,} {unit}"


def minutes_left(left: timedelta, *, language: str | None = None) -> str:
    """Return whole minutes as `28 min` or `28分钟`, the last one as `< 1 min` or `不足1分钟`."""
    minutes = max(0, int(left.total_seconds() // _SECONDS_PER_MINUTE))
    if _is_chinese(language):
        return f"{minutes:,}分钟" if minutes else "不足1分钟"
    return f"{minutes:,} min" if minutes else "< 1 min"


def hold_left(left: timedelta, *, language: str | None = None) -> str:
    """Return the remaining time of a hold: `hold 28 min`, `领取剩余28分钟`; or that it expired."""
    is_over = left <= timedelta(0)
    if _is_chinese(language):
        return "领取已过期" if is_over else f"领取剩余{minutes_left(left, language=language)}"
    return "hold expired" if is_over else f"hold {minutes_left(left, language=language)}"


def waiting(span: timedelta, *, language: str | None = None) -> str:
    """Return a waiting time in whole units: `3 d`, `5 h`, `12 min`; `3天`, `5小时`, `12分`."""
    minutes = max(0, int(span.total_seconds() // _SECONDS_PER_MINUTE))
    hours, days = minutes // _MINUTES_PER_HOUR, span.days
    is_chinese = _is_chinese(language)
    if days > 0:
        return f"{days:,}天" if is_chinese else f"{days:,} d"
    if hours:
        return f"{hours}小时" if is_chinese else f"{hours} h"
    return f"{minutes}分" if is_chinese else f"{minutes} min"
