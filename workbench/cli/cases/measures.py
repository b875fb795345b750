"""The orders to bar and restore numbers as JSON and in words."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from db.enums import Measure
from workbench.cli.framework.json_values import record
from workbench.domain.case.measures import MeasureOrder, OrderStatus
from workbench.i18n import N_

MEASURE_WORDS = {
    Measure.BAR_OUT: N_("bar outbound"),
    Measure.BAR_BOTH: N_("bar both ways"),
    Measure.RESTORE: N_("restore"),
}
STATUS_WORDS = {
    OrderStatus.UNRELEASED: N_("not released yet"),
    OrderStatus.OWED: N_("owed"),
    OrderStatus.FAILED: N_("failed"),
    OrderStatus.DONE: N_("done"),
    OrderStatus.CANCELLED: N_("cancelled"),
}


def order_document(order: MeasureOrder, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """Return an order as JSON."""
    status = {"status": order.status(now).value, "overdue": order.is_overdue(now)}
    return {**record(order, zone, order="id", case="case_id"), **status}
