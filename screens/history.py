"""What happened to a case, newest first, and what the last round asked for."""

from screens.panels.lines import EMPTY, Line, heading
from screens.panels.words import ACTION
from screens.text import BAD, FAINT, FINE, joined, plain, wrapped
from screens.view import View
from workbench.domain.casefile import CaseFile, DecisionLine
from workbench.domain.text import pad_right
from workbench.i18n import _


def history_lines(case: CaseFile, view: View, width: int) -> list[Line]:
    """Return the lines of the history panel."""
    asked = next((decision for decision in case.decisions if decision.items), None)
    lines = _asked(asked, view) if asked is not None else []
    for entry in case.history:
        act = _(ACTION[entry.action]) if entry.action in ACTION else entry.action
        parts = wrapped(entry.text, max(10, width - 40)) if entry.text else [""]
        when = pad_right(f" {view.instant(entry.at)}", 19)
        lines.append(
            Line(joined((when, FAINT), (pad_right(act, 12), ""), (pad_right(entry.who, 10), FAINT), (parts[0], "")))
        )
        lines += [Line(joined((" " * 41, ""), (part, ""))) for part in parts[1:]]
    return lines


def _asked(decision: DecisionLine, view: View) -> list[Line]:
    lines = [heading(_("Round {round} asked for").format(round=decision.round))]
    for item in decision.items:
        done = item.is_satisfied or item.is_waived
        mark = (view.symbols.fine, FINE) if done else (view.symbols.block, BAD)
        lines.append(Line(joined((" ", ""), mark, (f" {item.text or item.code}", ""))))
    if decision.deadline_at is not None:
        lines.append(Line(plain(" " + _("all by {when}").format(when=view.instant(decision.deadline_at)), FAINT)))
    return [*lines, EMPTY]
