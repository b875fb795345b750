"""The orders and columns of lists of cases, as a person chooses them: `due`, or `-due` for the reverse order."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from workbench.errors import WrongUsage
from workbench.i18n import N_, _, comma_joined

DEFAULT_ORDER = "next"
"""The order in which `next` takes the cases."""

LATE = "late"
"""The order by the chance to be late, and the column that shows it."""

ORDER_WORDS: Mapping[str, tuple[str, str]] = {
    DEFAULT_ORDER: (N_("most urgent first"), N_("least urgent first")),
    "due": (N_("due date, earliest first"), N_("due date, latest first")),
    "received": (N_("received, earliest first"), N_("received, latest first")),
    "priority": (N_("priority, highest first"), N_("priority, lowest first")),
    "case": (N_("case number, newest first"), N_("case number, oldest first")),
    "applicant": (N_("applicant, A to Z"), N_("applicant, Z to A")),
    "agent": (N_("agent, A to Z"), N_("agent, Z to A")),
    "province": (N_("province, A to Z"), N_("province, Z to A")),
    "state": (N_("state, open first"), N_("state, closed first")),
    "until": (N_("waiting until, earliest first"), N_("waiting until, latest first")),
    "round": (N_("round, highest first"), N_("round, lowest first")),
    "findings": (N_("findings, most first"), N_("findings, fewest first")),
    "who": (N_("person, A to Z"), N_("person, Z to A")),
    "class": (N_("service class, shortest first"), N_("service class, longest first")),
    "risk": (N_("risk, highest first"), N_("risk, lowest first")),
    LATE: (N_("likely late first"), N_("likely in time first")),
}
"""The words of each order, and those of its reverse."""


COLUMN_NAMES = (
    *("due", LATE, "priority", "state", "who", "findings", "waits", "round", "application", "agent", "province"),
    *("class", "risk", "received", "case"),
)
"""The columns that can be chosen. `case` need not be chosen, because it is always shown."""


@dataclass(frozen=True, slots=True)
class ListLayout:
    """The order of a list, in the form of `parse_order`, and its columns; empty means the default."""

    order: str = ""
    columns: tuple[str, ...] = ()


DEFAULT_LAYOUT = ListLayout()

_LATE_COLUMNS = ("due", LATE, "state", "who")
"""The columns shown of cases that are likely late, if none were chosen."""


def parse_order(text: str) -> tuple[str, bool]:
    """Return the name of an order and whether it is reversed; an empty text is the default order.

    The name can also be one by which a filter calls the same fact, such as 截止时间 for `due`.

    Raises:
        WrongUsage: If there is no such order.
    """
    name = text.removeprefix("-") if text else DEFAULT_ORDER
    if name not in ORDER_WORDS:
        # Imported here, because the first frame needs no orders.
        from difflib import get_close_matches

        from workbench.domain.filter.keys import KEY_BY_NAME

        if name in KEY_BY_NAME and KEY_BY_NAME[name].name in ORDER_WORDS:
            return KEY_BY_NAME[name].name, text.startswith("-")
        near = get_close_matches(name, ORDER_WORDS, 1) or ORDER_WORDS
        message = _("There is no order “{name}”; choose from {names}, with - before it for the reverse.")
        raise WrongUsage(message.format(name=text, names=comma_joined(near)))
    return name, text.startswith("-")


def order_in_codes(text: str) -> str:
    """Return an order in the form in which it is stored, such as `-due` for `-截止时间`.

    Raises:
        WrongUsage: If there is no such order.
    """
    name, is_reversed = parse_order(text)
    return reversed_order(name) if is_reversed else name


def reversed_order(text: str) -> str:
    """Return the reverse of an order."""
    return text.removeprefix("-") if text.startswith("-") else f"-{text or DEFAULT_ORDER}"


def list_order_words(text: str) -> str:
    """Return an order in words."""
    name, is_reversed = parse_order(text)
    return _(ORDER_WORDS[name][is_reversed])


def is_about_lateness(filter_text: str, order: str) -> bool:
    """Say whether a list is about cases that are likely late, by its filter or its order."""
    return "likely" in keys_of(filter_text) or order.removeprefix("-") == LATE


def keys_of(filter_text: str) -> frozenset[str]:
    """Return the keys of the terms of a filter, none if it is invalid."""
    # Imported here, because the first frame needs no filter.
    from workbench.domain.filter.parser import FilterProblem, parse_filter

    try:
        return frozenset(term.key for term in parse_filter(filter_text).terms)
    except FilterProblem:
        return frozenset()


def shown_layout(chosen: ListLayout, filter_text: str) -> ListLayout:
    """Return the layout of a list: that of likely late cases if the list is about them and no columns were chosen."""
    shows_lateness = is_about_lateness(filter_text, chosen.order) or "stuck" in keys_of(filter_text)
    return replace(chosen, columns=_LATE_COLUMNS) if shows_lateness and not chosen.columns else chosen
