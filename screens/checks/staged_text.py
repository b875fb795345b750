"""The staged verdict of a case, as the checker reads it."""

from collections.abc import Iterator
from dataclasses import dataclass

from textual.content import Content

from screens.panels.history import appealed_lines
from screens.shell.view import View
from screens.widgets.safe_text import (
    ERROR,
    MUTED,
    SUCCESS,
    WARNING,
    Part,
    fitted,
    hanging,
    joined,
    plain,
    row,
    wrapped_lines,
)
from workbench.domain.case.appeal import APPEAL_OUTCOME_WORDS, AppealLine, staged_appeal
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.lifecycle import PRIORITY_WORDS, STATE_WORDS, Action, Actor, is_allowed, role_refusal
from workbench.domain.case.records import DecisionLine
from workbench.domain.case.verdict import NEWS_ACTIONS, open_points
from workbench.domain.case.vocabulary import FailKind, Measure
from workbench.domain.text.safe import pad_left, pad_right
from workbench.i18n import _, comma_joined, current_language
from workbench.keys.registry import with_keys
from workbench.services.review.second_checks import StagedRow
from workbench.wording.case.history import detail_words, event_words
from workbench.wording.case.labels import (
    ITEM_RESULT_WORDS,
    MEASURE_WORDS,
    check_cause_words,
    decided_words,
    measure_words,
)

STAGED = "staged"
_LOGIN_FROM, _PRIORITY_FROM, _MAX_WIDTH = 70, 100, 130
"""The row widths from which the list shows the whole login and the priority, and the greatest width of a row."""

_MAKER_CELLS, _SHORT_MAKER_CELLS, _PRIORITY_CELLS, _DUE_CELLS = 12, 7, 8, 18
"""The widths of the columns: the maker, in a wide and in a narrow row, the priority and the due date."""


@dataclass(frozen=True, slots=True)
class StagedVerdict:
    """The staged verdict of a case, if it has one, and whether the actor may check it."""

    case: CaseFile | None
    actor: Actor
    is_alone: bool = False
    """Whether one person reviews alone and may approve their own verdict."""
    letter: str = ""
    """The whole letter of the verdict, as its reader needs it."""
    skipped: str = ""
    """Why the actor, who skipped the case, may not check it; empty if they did not skip it."""

    @property
    def decision(self) -> DecisionLine | None:
        """The newest staged decision of the case."""
        decisions = self.case.decisions if self.case is not None else ()
        staged = [decision for decision in decisions if decision.status == STAGED]
        return max(staged, key=lambda decision: decision.id, default=None)

    @property
    def appeal(self) -> AppealLine | None:
        """The appeal whose decision waits for a check, None if no decision on an appeal waits."""
        return staged_appeal(self.case.appeals) if self.case is not None else None

    @property
    def is_own(self) -> bool:
        """Whether the actor made the verdict, or has a part in the appealed verdict or its answer."""
        if self.case is not None and self.appeal is not None:
            appealed = (line for line in self.case.decisions if line.id == self.appeal.decision_id)
            parts = {login for line in appealed for login in (line.maker, line.checker)}
            return self.actor.login in parts | {self.appeal.decided_by}
        return self.decision is not None and self.decision.maker == self.actor.login

    @property
    def needs_note(self) -> bool:
        """Whether an approval needs a note: for an answer to an appeal, an open point, or the checker's own verdict."""
        if self.case is None or self.decision is None or self.appeal is not None:
            return True
        return self.is_own or bool(open_points(self.case, self.decision))

    @property
    def comes_back(self) -> bool:
        """Whether the actor gets the case if the verdict is returned, because it was moved."""
        return self.case is not None and self.appeal is None and self.case.header.returned_to == self.actor.login

    def may(self, action: Action) -> bool:
        """Return whether the actor may approve or return the verdict."""
        is_other = not (self.is_own or self.comes_back or self.skipped) or (self.is_alone and action is Action.APPROVE)
        return self.case is not None and is_other and is_allowed(action, self.case.header.state, self.actor)

    @property
    def warning(self) -> str:
        """Why the actor may not check the verdict, or that nobody else can check it; empty if neither is so."""
        if self.is_own and self.is_alone:
            return _("This is your own verdict; no second person can check it. Record and notice will say so.")
        if self.is_own and self.appeal is not None:
            return _("You have a part in this decision or in the verdict before it; another person must check it.")
        if self.is_own:
            message = _("This is your own verdict; a second person must check it. Until then, {desk.undo} undoes it.")
            return with_keys(message)
        if self.comes_back:
            return _("The case comes back to you if this verdict is returned; another person must check it.")
        return role_refusal(Action.APPROVE, self.actor, _("approve")) or self.skipped

    def lines(self, view: View, width: int) -> Content | None:
        """Return the verdict, below its warning if there is one; None if no verdict is staged."""
        if self.case is not None and self.appeal is not None:
            verdict = staged_appeal_lines(self.case, self.appeal, view, width)
        elif self.case is not None and self.decision is not None:
            verdict = staged_lines(self.case, self.decision, self.letter, view, width)
        else:
            return None
        warning = wrapped_lines(self.warning, width, WARNING) if self.warning else []
        if not self.needs_note and self.may(Action.APPROVE):
            warning.append(
                plain(
                    with_keys(
                        _("No open point: {checks.approve} approves the opened case ({checks.open}) without a note.")
                    ),
                    SUCCESS,
                )
            )
        return Content("\n").join([*warning, *verdict])


def row_line(staged: StagedRow, view: View, width: int) -> Content:
    """Return a case with a staged verdict as a row of the list; a narrow row has fewer columns."""
    is_wide = width >= _PRIORITY_FROM
    width = min(width, _MAX_WIDTH)
    due = view.instant(staged.due_at) if staged.due_at is not None else _("no due date")
    blocks = f"{view.symbols.block}{staged.blocks}" if staged.blocks else ""
    warns = f"{view.symbols.warn}{staged.warns}" if staged.warns else ""
    room = _MAKER_CELLS if width >= _LOGIN_FROM else _SHORT_MAKER_CELLS
    maker = fitted(_("by {login}").format(login=staged.maker), room)
    due_style = ERROR if staged.is_overdue else MUTED
    right: list[Part] = [(pad_left(blocks, 4), ERROR), (pad_left(warns, 4), WARNING), (f"  {maker}", "")]
    if is_wide:
        priority = pad_right(_(PRIORITY_WORDS[staged.priority]), _PRIORITY_CELLS)
        right += [(f"  {priority}", MUTED), (_("due {when}").format(when=pad_left(due, _DUE_CELLS)), due_style)]
    else:
        right.append((pad_left(due, _DUE_CELLS), due_style))
    left = joined((f"{format_case(staged.id)}  ", "bold"), (staged.applicant_name, ""))
    return row(left, joined(*right), width)


def staged_lines(case: CaseFile, decision: DecisionLine, letter: str, view: View, width: int) -> list[Content]:
    """Return the verdict, what changed since, its reasons, the internal note and the letter to the applicant."""
    verdict: list[Part] = [(f"{format_case(case.header.id)}  {decided_words(decision)}", "bold")]
    if decision.fail_kind is not None:
        kind = _("final") if decision.fail_kind is FailKind.FINAL else _("can be rectified")
        verdict.append((_(", ") + kind, ""))
    if decision.measure is not Measure.NONE:
        verdict.append((_(", ") + _(MEASURE_WORDS[decision.measure]), ""))
    by = _("by {maker}, {when}").format(maker=decision.maker, when=view.instant(decision.decided_at))
    lines = [row(joined(*verdict), joined((by, MUTED)), width)]
    lines += wrapped_lines(measure_words(decision), width) if decision.numbers else []
    if decision.check_for:
        why = check_cause_words(decision.check_for)
        lines += wrapped_lines(_("Needs a check: {why}").format(why=why), width, MUTED)
    earlier = next((line for line in reversed(case.decisions) if line.status == "returned"), None)
    if earlier is not None:
        message = _("Returned before by {checker}: {note}")
        lines += wrapped_lines(message.format(checker=earlier.checker or "?", note=earlier.check_note), width, WARNING)
    if points := open_points(case, decision):
        lines += wrapped_lines(_("Open: {points}.").format(points=comma_joined(points)), width, WARNING)
    lines += _changes_since(case, decision, view, width)
    for code in decision.reasons:
        title = case.policy.reason_title(code, current_language())
        lines.append(row(plain(f"  {title}"), plain(code, MUTED), width))
    lines += _asked_lines(case, width)
    lines += _titled_text(_("For us only"), decision.note, width)
    lines += _titled_text(_("The applicant reads"), letter, width)
    return lines


def _asked_lines(case: CaseFile, width: int) -> Iterator[Content]:
    """Yield the items that the applicant was asked for in the last round, each with its judgement."""
    if case.changes is not None and case.asked_items:
        yield plain(_("Asked for in round {round}").format(round=case.changes.since_round), MUTED)
    for item in case.asked_items:
        judged = _(ITEM_RESULT_WORDS[item.judged]) if item.judged else _("not judged")
        yield row(plain(f"  {item.text or item.code}", MUTED), plain(judged, MUTED), width)


def _changes_since(case: CaseFile, decision: DecisionLine, view: View, width: int) -> list[Content]:
    """Return the changes since the maker decided, oldest first: evidence, verifications, answers and comments."""
    lines = [
        f"{view.instant(entry.at)}  {event_words(entry)}  {entry.who}  {detail_words(entry, case)}"
        for entry in reversed(case.history)
        if entry.action in NEWS_ACTIONS and entry.at > decision.decided_at
    ]
    return _titled_text(_("Since the verdict"), "\n".join(lines), width) or [
        plain(_("Nothing new since the verdict."), MUTED)
    ]


def staged_appeal_lines(case: CaseFile, appeal: AppealLine, view: View, width: int) -> list[Content]:
    """Return the decision on an appeal, the verdict appealed against, the grounds and the answer."""
    words: list[Part] = [(f"{format_case(case.header.id)}  {_('Appeal')}", "bold")]
    if appeal.outcome is not None:
        words.append((_(", ") + _(APPEAL_OUTCOME_WORDS[appeal.outcome]), "bold"))
    if appeal.to_state is not None:
        words.append((_(", ") + _(STATE_WORDS[appeal.to_state]), ""))
    when = "" if appeal.decided_at is None else view.instant(appeal.decided_at)
    by = _("by {maker}, {when}").format(maker=appeal.decided_by or "", when=when)
    lines = [row(joined(*words), joined((by, MUTED)), width)]
    lines += [plain(_("Appealed verdict"), MUTED), *appealed_lines(case, appeal, view, width)]
    lines += _titled_text(_("Grounds"), appeal.grounds, width)
    lines += _titled_text(_("The applicant reads"), appeal.answer, width)
    return lines


def _titled_text(label: str, text: str, width: int) -> list[Content]:
    if not text.strip():
        return []
    return [plain(label, MUTED), *hanging([("  ", "")], text, width)]
