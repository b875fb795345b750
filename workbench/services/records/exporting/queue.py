"""Exports the queue as a list of it is shown: the filter, the order and the columns of the list."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from workbench.domain.case.case_id import format_case
from workbench.domain.case.running import is_with_applicant
from workbench.domain.filter.case_row import is_clock_suspended
from workbench.domain.filter.ordering import LATE, ListLayout, shown_layout
from workbench.services.foundation.context import Context
from workbench.services.queue.listing import Queue
from workbench.services.records.exporting.sheets import Record
from workbench.services.records.exporting.source import ExportSource

FIELDS: Mapping[str, tuple[str, ...]] = {
    "due": ("due_at", "due_provisional", "breached", "paused", "suspended"),
    LATE: ("late_share", "late_cause", "stuck"),
    "priority": ("priority",),
    "case": ("case",),
    "applicant": ("applicant_name",),
    "state": ("state", "waits_for", "next_action_on", "deadline_at", "aside_until", "is_returned"),
    "who": ("held_by", "assignee"),
    "findings": ("blocks", "warns"),
    "waits": ("received_at",),
    "round": ("round",),
    "application": ("application_no",),
    "agent": ("agent",),
    "province": ("province",),
    "class": ("service_class",),
    "risk": ("risk",),
    "received": ("received_at",),
}
"""The exported columns of each column of a list, in the order of a list whose columns were chosen."""

_USUAL = (
    *("due", "priority", "case", "applicant", "agent", "province", "class", "risk"),
    *("state", "round", "findings", "who", "waits"),
)
"""The columns of a wide list if none were chosen."""

_ALWAYS = frozenset({"case", "applicant"})

COLUMNS = tuple(dict.fromkeys(field for fields in FIELDS.values() for field in fields))
"""All columns that an export of the queue can have."""


def columns_of(filter_text: str, layout: ListLayout) -> tuple[str, ...]:
    """Return the exported columns of a list; a narrow window may show fewer."""
    chosen = shown_layout(layout, filter_text).columns
    names = [name for name in FIELDS if name in chosen or name in _ALWAYS] if chosen else _USUAL
    return tuple(dict.fromkeys(field for name in names for field in FIELDS[name]))


def rows(context: Context, source: ExportSource, filter_text: str, layout: ListLayout) -> Iterator[Record]:
    """Yield the cases of a list with all columns.

    Raises:
        FilterProblem: If the filter is invalid.
        WrongUsage: If there is no such order.
    """
    for row in Queue(context).all_rows(source.session, filter_text, shown_layout(layout, filter_text)):
        values = {name: getattr(row, name) for name in COLUMNS if hasattr(row, name)}
        yield source.record(
            {
                **values,
                "case": format_case(row.id),
                "due_provisional": row.is_due_provisional,
                "breached": row.is_overdue,
                "paused": is_with_applicant(row.state, row.waits_for),
                "suspended": is_clock_suspended(row, source.now),
                "late_share": None if row.late is None else Decimal(f"{row.late.share:.4f}"),
                "late_cause": None if row.late is None else row.late.cause,
            }
        )
