"""The bars and restorings of the numbers of a case in words: ordered, carried out, failed or overdue."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from db.enums import Measure
from workbench.domain.case.measures import MeasureOrder, OrderStatus, last_orders
from workbench.i18n import N_, _
from workbench.wording.amounts import commas, instant_on_screen

ORDER_STATUS_WORDS = {
    OrderStatus.UNRELEASED: N_("not released yet"),
    OrderStatus.OWED: N_("owed"),
    OrderStatus.FAILED: N_("not carried out"),
    OrderStatus.DONE: N_("done"),
    OrderStatus.CANCELLED: N_("cancelled"),
}
_IN_FORCE = {
    Measure.BAR_OUT: N_("Outbound barred since {when}"),
    Measure.BAR_BOTH: N_("Both ways barred since {when}"),
    Measure.RESTORE: N_("Restored {when} by {login}"),
}
_OWED = {
    Measure.BAR_OUT: N_("outbound bar ordered, not reported by a supervisor yet, due {when}"),
    Measure.BAR_BOTH: N_("bar of both ways ordered, not reported by a supervisor yet, due {when}"),
    Measure.RESTORE: N_("restoring of barred numbers ordered, not reported by a supervisor yet, due {when}"),
}
_ORDERED = {
    Measure.BAR_OUT: N_("Outbound bar ordered {when}"),
    Measure.BAR_BOTH: N_("Bar of both ways ordered {when}"),
    Measure.RESTORE: N_("Restoring ordered {when}"),
}


def measure_lines(orders: Iterable[MeasureOrder], now: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """Return a line for each group of numbers with the same last order."""
    lines = Counter(measure_order_words(order, now, zone) for order in last_orders(orders))
    words = []
    for line, number in lines.items():
        message = _("{what} (1 number)") if number == 1 else _("{what} ({count} numbers)")
        words.append(message.format(what=line, count=commas(number)))
    return tuple(words)


def owed_order_words(orders: Iterable[MeasureOrder], now: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """Return the orders that are not carried out yet, in words, each once; overdue ones say so."""
    today, words = now.astimezone(zone).date(), list[str]()
    for order in last_orders(orders):
        if order.is_open:
            owed = _(_OWED[order.measure]).format(when=instant_on_screen(order.due_at, today, zone))
            words.append(_(", ").join([owed, _("overdue")]) if order.is_overdue(now) else owed)
    return tuple(dict.fromkeys(words))


def measure_order_words(order: MeasureOrder, now: datetime, zone: ZoneInfo) -> str:
    """Return when an order was given, and whether it was carried out."""
    today = now.astimezone(zone).date()
    ordered = instant_on_screen(order.ordered_at, today, zone)
    if order.id is None:
        words = _(_ORDERED[order.measure]).format(when=ordered)
        return _(", ").join([words, _("nobody recorded whether it was carried out")])
    if order.done_at is not None:
        done = instant_on_screen(order.done_at, today, zone)
        words = _(_IN_FORCE[order.measure]).format(when=done, login=order.reported_by or "?")
        return _(", ").join([words, _("ordered {when}").format(when=ordered)])
    parts = [_(_ORDERED[order.measure]).format(when=ordered)]
    due = instant_on_screen(order.due_at, today, zone)
    if order.status(now) is OrderStatus.FAILED:
        parts.append(_("failed: “{cause}”").format(cause=order.failure))
    elif order.is_overdue(now):
        parts.append(_("not carried out, was due {when}").format(when=due))
    else:
        parts.append(_("not carried out yet, due {when}").format(when=due))
    return _(", ").join(parts)
