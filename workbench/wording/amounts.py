"""Numbers, days and instants in words, in the current language."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal

from workbench.domain.case.records import DeskCounts
from workbench.i18n import _, comma_joined, current_language
from workbench.wording.letter_dates import MONTHS_EN, WEEKDAYS_EN, WEEKDAYS_ZH, local_time

_FEN_PER_YUAN = 100
_FEN_PER_WAN = 10_000 * _FEN_PER_YUAN
_SECONDS_PER_MINUTE = 60
_MINUTES_PER_HOUR = 60
_ONE_DECIMAL_BELOW = 9.5


def _either(english: str, chinese: str) -> str:
    """Return the text in the current language."""
    return chinese if current_language() == "zh" else english


def _one_decimal(figure: float) -> str:
    """Return a number with at most one decimal, rounded half up; a zero decimal is dropped."""
    rounded = Decimal(str(figure)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    # Adding zero turns a rounded -0.0 into 0.0.
    return f"{rounded + 0:,.1f}".removesuffix(".0")


def away_words(*, is_away: bool, until: date | None, today: date) -> str:
    """Return until when a person is away, "" for a person who is there."""
    if not is_away:
        return ""
    return _("away") if until is None else _("until {day}").format(day=day_on_screen(until, today))


def day_on_screen(on: date, today: date) -> str:
    """Return a day as `Thu 26 Nov` or `11月26日 周四`, with the year if it is not the current one."""
    is_this_year = on.year == today.year
    english = f"{WEEKDAYS_EN[on.weekday()][:3]} {on.day} {MONTHS_EN[on.month - 1][:3]}"
    chinese = f"{on.month}月{on.day}日 周{WEEKDAYS_ZH[on.weekday()]}"
    return _either(english, chinese) if is_this_year else _either(f"{english} {on.year}", f"{on.year}年{chinese}")


def instant_on_screen(at: datetime, today: date, zone: tzinfo) -> str:
    """Return an instant as `Thu 26 Nov 18:00` or `11月26日 周四 18:00`, local to the zone.

    Raises:
        ValueError: If the instant has no zone of its own.
    """
    local = local_time(at, zone)
    return f"{day_on_screen(local.date(), today)} {local:%H:%M}"


def minute(at: datetime | None, zone: tzinfo) -> str:
    """Return an instant as `2026-11-26 18:00`, local to the zone; empty without one."""
    return "" if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def time_of_day(at: datetime | None, zone: tzinfo) -> str:
    """Return the time of an instant as `18:00:05`, local to the zone; empty without one."""
    return "" if at is None else f"{at.astimezone(zone):%H:%M:%S}"


def relative_day(on: date, today: date) -> str:
    """Return the distance of a day from today: `3 days ago`, `today`, `in 41 days`; `3天前`, `今天`, `41天后`."""
    days = (on - today).days
    near = {-1: _either("yesterday", "昨天"), 0: _either("today", "今天"), 1: _either("tomorrow", "明天")}
    if days in near:
        return near[days]
    if days < 0:
        return _either(f"{-days:,} days ago", f"{-days:,}天前")
    return _either(f"in {days:,} days", f"{days:,}天后")


def commas(number: int) -> str:
    """Return a number with commas, as `4,812`, in both languages."""
    return f"{number:,}"


def short_figure(number: float) -> str:
    """Return a number with one decimal if it rounds to less than 10, else without decimals: `4.2`, `22`."""
    return f"{number:.1f}".removesuffix(".0") if number < _ONE_DECIMAL_BELOW else commas(round(number))


def percentage(share: float) -> str:
    """Return a share (0 to 1) as `17 %` or `16.7 %`, in Chinese without a blank."""
    return f"{_one_decimal(share * 100)}{_either(' %', '%')}"


def money_words(amount_fen: int) -> str:
    """Return an amount in fen as `¥ 1,234.50`, in both languages."""
    yuan, fen = divmod(abs(amount_fen), _FEN_PER_YUAN)
    return f"{'-' if amount_fen < 0 else ''}¥ {yuan:,}.{fen:02}"


def capital_words(amount_fen: int) -> str:
    """Return a registered capital in fen as `¥ 2,000,000` or `200万元`, with decimals only if needed."""
    amount = money_words(amount_fen).removesuffix(".00")
    if amount_fen and amount_fen % _FEN_PER_WAN == 0:
        return _either(amount, f"{amount_fen // _FEN_PER_WAN:,}万元")
    return _either(amount, f"{amount.replace('¥ ', '')}元")


def duration_words(seconds: float) -> str:
    """Return a duration as `48 s`, `3 min 20 s` or `1 h 05 min`; `48秒`, `3分20秒`, `1小时05分`.

    Below a minute it has at most one decimal, below an hour seconds, above it only minutes.
    """
    if round(seconds, 1) < _SECONDS_PER_MINUTE:
        return _either(f"{_one_decimal(seconds)} s", f"{_one_decimal(seconds)}秒")
    minutes, rest = divmod(round(seconds), _SECONDS_PER_MINUTE)
    if minutes < _MINUTES_PER_HOUR:
        return _either(f"{minutes} min {rest:02} s", f"{minutes}分{rest:02}秒")
    hours, minutes = divmod(minutes, _MINUTES_PER_HOUR)
    return _either(f"{hours:,} h {minutes:02} min", f"{hours:,}小时{minutes:02}分")


def working_days_left(days: int) -> str:
    """Return the days until a due date, `2 working days left`, `剩余2个工作日`, or by how many days it is overdue."""
    unit = "working day" if abs(days) == 1 else "working days"
    if days < 0:
        return _either(f"overdue by {-days:,} {unit}", f"已超时{-days:,}个工作日")
    return _either(f"{days:,} {unit} left", f"剩余{days:,}个工作日")


def hold_left(left: timedelta) -> str:
    """Return the remaining time of a hold, `hold 28 min`, `占用时间还剩28分钟`, or that the hold has expired."""
    if left <= timedelta(0):
        return _either("hold expired", "领取已过期")
    minutes = left // timedelta(minutes=1)
    if not minutes:
        return _either("hold < 1 min", "占用时间还剩不足1分钟")
    return _either(f"hold {minutes:,} min", f"占用时间还剩{minutes:,}分钟")


def waiting_words(span: timedelta) -> str:
    """Return a waiting time in whole units: `3 d`, `5 h`, `12 min`; `3天`, `5小时`, `12分`."""
    minutes = max(0, int(span.total_seconds() // _SECONDS_PER_MINUTE))
    if span.days > 0:
        return _either(f"{span.days:,} d", f"{span.days:,}天")
    if hours := minutes // _MINUTES_PER_HOUR:
        return _either(f"{hours} h", f"{hours}小时")
    return _either(f"{minutes} min", f"{minutes}分")


def received_words(received: int, requested: int) -> str:
    """Return how many of the requested items were received, such as `1 of 2 received`."""
    return _either(f"{received} of {requested} received", f"已收到 {received}/{requested} 项")


def assigned_words(assigned: Sequence[tuple[str, int, bool]]) -> list[str]:
    """Return how many cases are assigned to each of some people, and whether they are away."""
    here, away = _("{count} assigned to {login}"), _("{count} assigned to {login}, who is away")
    return [(away if is_away else here).format(count=commas(n), login=login) for login, n, is_away in assigned]


def number_words(number: int, singular: str, plural: str) -> str:
    """Return the message for a number: `singular`, or `plural` with its `{count}` filled in."""
    return singular if number == 1 else plural.format(count=commas(number))


def queued_words(claimable: int, queued: int) -> list[str]:
    """Return in sentences how many cases are queued, and how many of them a person can get if these are not all."""
    if claimable < queued:
        message = _("{count} of {total} queued cases can come to you.")
        rest = _("The rest is assigned to others, skipped by you, or outside your scope or skills.")
        return [message.format(count=commas(claimable), total=commas(queued)), rest]
    some = number_words(queued, _("One case is queued."), _("{count} cases are queued."))
    return [some if queued else _("Nothing is queued.")]


def decided_today_words(counts: DeskCounts) -> str:
    """Return how many cases a person decided and proposed today, and the median time if it is known; "" for none."""
    words = [_("{count} decided today").format(count=commas(counts.decided_today))] if counts.decided_today else []
    if counts.proposed_today:
        words.append(_("{count} proposed today").format(count=commas(counts.proposed_today)))
    if words and counts.median_s is not None:
        words.append(_("median {time}").format(time=duration_words(counts.median_s)))
    return comma_joined(words)
