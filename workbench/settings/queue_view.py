"""Saved views of the queue, each under a digit: a filter with an order and columns, as the settings store it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain.filter.ordering import COLUMN_NAMES, DEFAULT_LAYOUT, ListLayout, order_in_codes, parse_order
from workbench.domain.filter.parser import FilterProblem, parse_filter
from workbench.domain.text.mask import mask_digits_within
from workbench.errors import WrongUsage
from workbench.i18n import _, comma_joined
from workbench.settings.table import SettingsTable

VIEW_KEYS = tuple("123456789")
"""The keys under which a view can be saved."""

_MAX_NAME_CHARACTERS = 40
_FIELDS = ("name", "filter", "order", "columns")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """A named filter with the layout of its list."""

    name: str
    filter_text: str = ""
    layout: ListLayout = DEFAULT_LAYOUT

    @property
    def shown_name(self) -> str:
        """The name with long numbers masked, because a name from the settings may contain the number of a person."""
        return mask_digits_within(self.name)

    def as_table(self) -> dict[str, Any]:
        """Return the view as a table of the settings; default values are left out."""
        table = {
            "name": self.name,
            "filter": self.filter_text,
            "order": self.layout.order,
            "columns": list(self.layout.columns),
        }
        return {name: value for name, value in table.items() if value}


def read_views(table: object) -> SettingsTable[QueueView]:
    """Return the views in the settings by key; invalid ones are left out."""
    views = SettingsTable[QueueView]()
    if not isinstance(table, dict):
        views.refuse((), _('views must be tables: the line [views.1], and below it lines such as name = "Overdue".'))
        return views
    for key, fields in table.items():
        if key not in VIEW_KEYS:
            views.refuse(
                (key,), _("The key of a view is 1 to 9, as in [views.1]; {key} is not one of them.").format(key=key)
            )
        elif not isinstance(fields, dict):
            views.refuse((key,), _("views.{key} must be a table, as in [views.1].").format(key=key))
        elif (problem := _problem(fields)) is not None:
            name, why = problem
            views.refuse((key, name), _("The view {key} is left out: {why}").format(key=key, why=why))
        else:
            views.keep(key, _view(fields), (key,))
    return views


def name_problem(name: str) -> str | None:
    """Return what is wrong with the name of a view, None if nothing is."""
    if name.strip() and len(name) <= _MAX_NAME_CHARACTERS:
        return None
    return _("its name must have 1 to {most} characters.").format(most=_MAX_NAME_CHARACTERS)


def _view(fields: Mapping[str, Any]) -> QueueView:
    order = fields.get("order", "")
    layout = ListLayout(order and order_in_codes(order), tuple(fields.get("columns", ())))
    return QueueView(name=fields["name"], filter_text=fields.get("filter", ""), layout=layout)


def _problem(fields: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the first field with a mistake and a sentence about it, None if there is none."""
    unknown = next((name for name in fields if name not in _FIELDS), None)
    if unknown is not None:
        return unknown, _("{name} is not a field of a view; the fields are {names}.").format(
            name=unknown, names=comma_joined(_FIELDS)
        )
    for name in ("name", "filter", "order"):
        if not isinstance(fields.get(name, ""), str):
            return name, _("{name} must be a text, in quotes.").format(name=name)
    if (why := name_problem(fields.get("name", ""))) is not None:
        return "name", why
    columns = fields.get("columns", [])
    if not isinstance(columns, list) or not all(name in COLUMN_NAMES for name in columns):
        return "columns", _("columns must be a list of {names}.").format(names=comma_joined(COLUMN_NAMES))
    for name, check in (("filter", parse_filter), ("order", parse_order)):
        try:
            check(fields.get(name, ""))
        except (FilterProblem, WrongUsage) as problem:
            return name, str(problem)
    return None
