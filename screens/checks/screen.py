"""The checks screen: a second person reads staged verdicts and approves or returns them."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import BindingType
from textual.content import Content

from screens.cases.screen import CaseBrowserScreen
from screens.checks.staged_text import StagedVerdict, row_line
from screens.dialogs.prompt import Prompt
from screens.shell.base_screen import attempt, in_thread
from screens.shell.bindings import bind, refusal_elsewhere
from screens.shell.view import Clock, View
from screens.widgets.safe_text import WARNING, fitted, plain
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.lifecycle import Action
from workbench.i18n import N_, _
from workbench.keys import desk
from workbench.keys.command import Place
from workbench.keys.registry import APPROVE, BACK, GIVE_BACK, LEAVE_CHECKS, OPEN_CHECK, READ_VERDICT, RELOAD, with_keys
from workbench.services.review.second_checks import StagedRow
from workbench.services.wiring import Services
from workbench.wording.letters import letter_for_reader

if TYPE_CHECKING:
    from workbench.services.review.appeals.checks import AppealChecks
    from workbench.services.review.second_checks import Checks


class StagedSource:
    """Provides the staged verdicts."""

    about_title = N_("Verdict")

    def __init__(self, services: Services) -> None:
        self._services = services
        self.reason_alone = ""
        """Why one person reviews alone and may check their own verdicts; "" if a second person checks."""
        self._read = (0, "", "")
        """The case that was read last, the letter of its staged verdict with its gloss, and why it is refused here."""

    def read_rows(self) -> Mapping[int, StagedRow]:
        """Return the cases by id, and store why one person may check alone."""
        self.reason_alone = self._services.checks.why_alone()
        return {row.id: row for row in self._services.checks.waiting()}

    def read_case(self, case_id: int) -> CaseFile:
        """Return a case, and log that this person read it."""
        self._services.readings.record(case_id)
        case = self._services.casefiles.show_current(case_id)
        letter = letter_for_reader(*self._services.checks.letter(case_id), case.header.language)
        self._read = (case_id, letter, self._services.checks.why_not(case_id))
        return case

    def verdict_of(self, case: CaseFile | None) -> StagedVerdict:
        """Return the staged verdict of a case."""
        read_id, *read = self._read
        letter, skipped = read if case is not None and case.header.id == read_id else ("", "")
        alone = bool(self.reason_alone)
        return StagedVerdict(case, self._services.actor, is_alone=alone, letter=letter, skipped=skipped)

    def refusal(self, action: str, case: CaseFile) -> str:
        """Return why this person may not check the staged verdict now; each case is opened before it is approved."""
        why = self.verdict_of(case).warning if action in {"approve", "give_back"} else ""
        message = _("Open the case with {checks.open} first; each one is read before it is approved.")
        if action == "undo":
            return refusal_elsewhere(desk.UNDO, self._services.actor)
        return why or (with_keys(message) if action == "approve" else "")

    def row_content(self, row: StagedRow, view: View, width: int) -> Content:
        """Return a case as a line."""
        return row_line(row, view, width)

    def about(self, case: CaseFile, view: View, width: int) -> Content | None:
        """Return the staged verdict."""
        return self.verdict_of(case).lines(view, width)

    def head_lines(self, width: int) -> Sequence[Content]:
        """Return why no second person is needed, if one person reviews alone."""
        if not self.reason_alone:
            return ()
        message = _("Only one person reviews here ({reason}): verdicts take effect without a second person.")
        return [plain(fitted(message.format(reason=self.reason_alone), width).rstrip(), WARNING)]

    def empty_words(self) -> str:
        """Return the text for an empty list."""
        return _("No verdicts are waiting for a check.")


class ChecksScreen(CaseBrowserScreen):
    """Lists the staged verdicts and shows the case of the selected one."""

    PLACE: ClassVar[Place] = "checks"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(OPEN_CHECK, "open"),
        bind(APPROVE, "approve"),
        bind(GIVE_BACK, "give_back"),
        bind(READ_VERDICT, "about"),
        bind(RELOAD, "load"),
        bind(BACK, "back"),
        bind(LEAVE_CHECKS, "desk"),
        bind(desk.DOCUMENTS, "documents"),
        bind(desk.UNDO, "undo"),
        bind(desk.ACTS, f"app.act('{desk.ACTS.id}')"),
        bind(desk.CHANGES, "changes"),
    ]
    footer_commands = (APPROVE, GIVE_BACK, desk.UNDO, OPEN_CHECK, LEAVE_CHECKS, READ_VERDICT, BACK)
    """The commands in the footer; the label of Esc says what it does now."""

    def __init__(self, clock: Clock, services: Services) -> None:
        self._source: StagedSource = StagedSource(services)
        super().__init__(clock, services, self._source)
        self._notes: dict[str, str] = {}

    @work(group="dialog")
    async def ask(self, title: str, hint: str, act: Callable[[int, str, int | None], object], message: str) -> None:
        """Ask for a note, run `act` on the case with it, and show `message`; without a `hint` no note is needed."""
        if self.case is None:
            return
        case_id, decision = self.case.header.id, self._verdict.decision
        # The service refuses the act if what the checker saw has changed: the staged decision, the version of a case
        # with an appeal, or the evidence.
        decision_id = decision.id if decision is not None else None
        seen = decision_id if self._verdict.appeal is None else self.case.header.version
        act = partial(act, evidence_no=self.case.header.evidence_no) if act == self.services.checks.approve else act
        title = title.format(case=format_case(case_id))
        keep = partial(self._notes.__setitem__, title)
        prompt = Prompt(title, hint, self._notes.get(title, ""), on_change=keep)
        note = await self.app.push_screen_wait(prompt) if hint else ""
        if note is None:
            return
        if await attempt(self, in_thread(act, case_id, note, seen)) is not None:
            self._notes.pop(title, None)
            self.notify(message.format(case=format_case(case_id)), timeout=8)
            self.action_load({case_id})

    def action_changes(self) -> None:
        from screens.changes.sheet import ChangesSheet

        if self.case is None or self.case.changes is None:
            self.notify(_("This is the first round; there is nothing to compare it with."))
        else:
            self.app.push_screen(ChangesSheet(self.case, self.case.changes, self.view()))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in {"approve", "give_back"}:
            is_read = action == "give_back" or self.browser.is_open
            may_check = self._verdict.may(Action.APPROVE if action == "approve" else Action.RETURN)
            return True if is_read and may_check else None
        if action == "undo":
            return True if self._verdict.is_own and self._verdict.appeal is None else None
        return super().check_action(action, parameters)

    async def action_undo(self) -> None:
        """Take back your verdict under the cursor, not the newest act as on the desk."""
        await self.run_action(f"app.act('{desk.UNDO.id}')")

    def action_approve(self) -> None:
        hint = ""
        if self._verdict.needs_note and self.case is not None:
            hint = _("The letter is released {seconds} s after the approval. A note is required: what did you check?")
            hint = hint.format(seconds=self.case.policy.desk.grace_s)
        message = with_keys(_("{case} approved. To undo, press {desk.undo} on the desk."))
        self.ask(_("Approve {case}"), hint, self._checks.approve, message)

    def action_give_back(self) -> None:
        hint = _("A note is required: what should the maker review again?")
        self.ask(_("Return {case}"), hint, self._checks.give_back, _("{case} returned to its maker."))

    @property
    def _checks(self) -> "Checks | AppealChecks":
        """The service that checks the staged act on the case: a verdict, or a decision on an appeal."""
        return self.services.checks if self._verdict.appeal is None else self.services.appeal_checks

    @property
    def _verdict(self) -> StagedVerdict:
        return self._source.verdict_of(self.case)
