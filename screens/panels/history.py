"""What happened to a case, newest first, and what the last round asked for."""

from screens.panels.history_text import act_words, detail_words
from screens.panels.lines import EMPTY, PanelLine, heading
from screens.panels.standing import standing
from screens.shell.view import View
from screens.widgets.safe_text import BAD, FAINT, FINE, joined, plain, wrapped
from workbench.domain.case.casefile import CaseFile, DecisionLine
from workbench.domain.text.safe import cells, pad_right
from workbench.i18n import _


def history_lines(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    """Return the lines of the history panel."""
    asked = next((decision for decision in standing(case) if decision.items), None)
    lines = _asked(asked, view) if asked is not None else []
    rows = [
        (f" {view.instant(entry.at)}", act_words(entry), entry.who, detail_words(entry, case)) for entry in case.history
    ]
    # A Chinese date has up to 20 cells, a name has any number; a blank stands behind the longest.
    wide = [max((cells(row[at]) for row in rows), default=0) + 1 for at in range(3)]
    before = sum(wide)
    for when, act, who, text in rows:
        parts = wrapped(text, max(10, width - before)) if text else [""]
        lines.append(
            PanelLine(
                joined(
                    (pad_right(when, wide[0]), FAINT),
                    (pad_right(act, wide[1]), ""),
                    (pad_right(who, wide[2]), FAINT),
                    (parts[0], ""),
                )
            )
        )
        lines += [PanelLine(joined((" " * before, ""), (part, ""))) for part in parts[1:]]
    return lines


def _asked(decision: DecisionLine, view: View) -> list[PanelLine]:
    lines = [heading(_("Round {round} asked for").format(round=decision.round))]
    for item in decision.items:
        done = item.is_satisfied or item.is_waived
        mark = (view.symbols.fine, FINE) if done else (view.symbols.block, BAD)
        lines.append(PanelLine(joined((" ", ""), mark, (f" {item.text or item.code}", ""))))
    if decision.deadline_at is not None:
        lines.append(PanelLine(plain(" " + _("all by {when}").format(when=view.instant(decision.deadline_at)), FAINT)))
    return [*lines, EMPTY]
