"""The appeals screen: a supervisor reads appeals with their grounds, and decides them."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path, PurePath
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.content import Content

from screens.appeals.appeal_text import appeal_lines, appeal_rows
from screens.cases.screen import CaseBrowserScreen
from screens.shell.base_screen import attempt, in_thread
from screens.shell.bindings import bind
from screens.shell.view import Clock, View
from workbench.domain.case.appeal import WaitingAppeal, open_appeal
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile
from workbench.i18n import N_, _
from workbench.keys import desk
from workbench.keys.appeals import DECIDE_APPEAL, LEAVE_APPEALS, OPEN_APPEAL, READ_APPEAL, RELOAD_APPEALS
from workbench.keys.command import Place
from workbench.keys.registry import BACK, with_keys
from workbench.services.wiring import Services


class AppealSource:
    """Provides the appealed cases that wait for a decision."""

    about_title = N_("Appeal")

    def __init__(self, services: Services) -> None:
        self._services = services
        self.refusals: dict[int, str] = {}
        """By case id: why this person may not decide the appeal, "" if they may."""

    def read_rows(self) -> Mapping[int, WaitingAppeal]:
        """Return the appeals by case id."""
        return {appeal.case_id: appeal for appeal in self._services.appeals.waiting()}

    def read_case(self, case_id: int) -> CaseFile:
        """Return a case, and store why this person may not decide its appeal."""
        self.refusals[case_id] = self._services.appeals.why_not_decide(case_id)
        self._services.readings.record(case_id)
        return self._services.casefiles.show_current(case_id)

    def refusal(self, action: str, case: CaseFile) -> str:
        """Return why this person may not decide the appeal."""
        return self.refusals.get(case.header.id, "") if action == "decide" else ""

    def row_content(self, row: WaitingAppeal, view: View, width: int) -> Content:
        """Return an appeal as two lines."""
        return appeal_rows(row, view, width, self._services.actor.login)

    def about(self, case: CaseFile, view: View, width: int) -> Content | None:
        """Return the grounds of the appeal."""
        appeal = open_appeal(case.appeals)
        return appeal_lines(case, appeal, self.refusals.get(case.header.id, ""), view, width) if appeal else None

    def head_lines(self, width: int) -> Sequence[Content]:  # noqa: ARG002 - as every source
        """Return no lines."""
        return ()

    def empty_words(self) -> str:
        """Return the text for an empty list: no appeal waits, and how to file one."""
        message = _(
            "No appeals are open. An answer that waits for a check is in {go.checks}.\nTo file one, open the failed or"
            " lapsed case and press {desk.appeal}."
        )
        return with_keys(message)


class AppealsScreen(CaseBrowserScreen):
    """Lists the appealed cases and shows the one under the cursor."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [*CaseBrowserScreen.CSS_PATH, Path(__file__).with_name("appeals.tcss")]
    PLACE: ClassVar[Place] = "appeals"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(OPEN_APPEAL, "open"),
        bind(DECIDE_APPEAL, "decide"),
        bind(READ_APPEAL, "about"),
        bind(RELOAD_APPEALS, "load"),
        bind(BACK, "back"),
        bind(LEAVE_APPEALS, "desk"),
        bind(desk.DOCUMENTS, "documents"),
        bind(desk.ACTS, f"app.act('{desk.ACTS.id}')"),
    ]
    footer_commands = (DECIDE_APPEAL, OPEN_APPEAL, LEAVE_APPEALS, READ_APPEAL, BACK)
    """The commands in the footer; the label of Esc says what it does now."""

    def __init__(self, clock: Clock, services: Services) -> None:
        self._source: AppealSource = AppealSource(services)
        super().__init__(clock, services, self._source)
        self._answers: dict[str, str] = {}
        """The typed answers, by their names in the draft of the case."""

    @work(group="dialog")
    async def action_decide(self) -> None:
        from screens.appeals.decision_dialog import AppealDialog

        case = self.case
        appeal = None if case is None else open_appeal(case.appeals)
        if case is None or appeal is None:
            return
        case_id, appeals, name = case.header.id, self.services.appeals, f"answer-{appeal.id}"
        keep, answer = partial(self._answers.__setitem__, name), self._answers.get(name, case.draft.get(name, ""))
        decided = await self.app.push_screen_wait(AppealDialog(case, appeals.preview, appeals.decide, answer, keep))
        if name in self._answers:
            # Also after the decision: the dialog that follows its undo begins with the same answer.
            await attempt(
                self, in_thread(self.services.drafts.save, case_id, {**case.draft, name: self._answers[name]})
            )
        if decided is not None:
            message = _("{case} waits for a check of your decision. To undo, press {desk.undo} on the desk.")
            if decided.waived:
                message = _(
                    "The appeal of {case} is decided without a second person. To undo, press {desk.undo} on the desk."
                )
            self.notify(with_keys(message).format(case=format_case(case_id)), timeout=8)
            self.action_load({case_id})

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "decide":
            can_decide = self.case is not None and not self._source.refusal(action, self.case)
            return True if can_decide else None
        return super().check_action(action, parameters)
