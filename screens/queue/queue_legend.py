"""What the marks and brackets of the queue mean, for its page of keys."""

from textual.content import Content

from screens.shell.symbols import Symbols
from screens.widgets.safe_text import FAINT, joined, wrapped
from workbench.domain.case.vocabulary import Priority
from workbench.domain.text.safe import pad_right
from workbench.i18n import _

_SIGN_CELLS = 17


def legend_lines(width: int, symbols: Symbols) -> list[Content]:
    """Return what each mark of the list means, in the order of the columns."""
    ranks = " ".join(map(symbols.of_priority, (Priority.URGENT, Priority.HIGH, Priority.LOW)))
    legend = (
        (symbols.mine, _("you hold it; where it is faint: it is assigned to you")),
        ("x", _("marked")),
        (symbols.block, _("in front of a date: overdue")),
        (symbols.warn, _("in front of a date: due today")),
        (symbols.provisional, _("the date is provisional: the calendar of that year is not published yet")),
        (_("with applicant"), _("the applicant has it and its clock is paused, so that it is not overdue")),
        (ranks, _("priority: urgent, high, low; no mark for normal")),
        (_("state"), _("nothing there: it is queued")),
        (f"{symbols.block}2 {symbols.warn}3", _("findings: 2 that block and 3 that warn")),
        ("rev3", _("rev3 holds it and works on it")),
        ("(sup)", _("assigned to sup, who does not hold it yet; nobody else is offered it")),
        (_("waits"), _("how long ago it was received")),
    )
    lines = [joined((_("Queue · what its marks mean"), f"{FAINT} bold"))]
    for sign, meaning in legend:
        first, *rest = wrapped(meaning, width - _SIGN_CELLS)
        lines.append(joined((pad_right(f" {sign}", _SIGN_CELLS), "bold"), (first, FAINT)))
        lines += [joined((" " * _SIGN_CELLS, ""), (part, FAINT)) for part in rest]
    return lines
