"""The acts on the case that lies on the desk; each is one worker around one call of a service."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from textual import work
from textual.content import Content

from screens.desk.reveal import RevealScreen
from screens.widgets.safe_text import plain, wrapped
from workbench.errors import WorkbenchError
from workbench.i18n import _

if TYPE_CHECKING:
    from workbench.domain.case.casefile import Decided, VerdictRequest
    from workbench.domain.case.vocabulary import ChecklistValue

SAVE_AFTER_S = 0.4


class CaseScreen(RevealScreen):
    """A desk with a case on it: what is done with it, but for its verdict."""

    def keep(self, name: str, value: Any) -> None:
        """Keep a part of the draft, soon."""
        if self.draft is not None and self.draft.change(name, value):
            self.set_timer(SAVE_AFTER_S, self.save_draft)

    @work(group="draft")
    async def save_draft(self) -> None:
        """Save what was typed."""
        try:
            await self.flush()
        except WorkbenchError as error:
            self.complain(error)

    async def flush(self) -> None:
        """Save what was typed and wait for it.

        Raises:
            WorkbenchError: If it cannot be saved.
        """
        if self.draft is not None:
            await self.draft.save()

    async def give(self, request: "VerdictRequest") -> "Decided":
        """Give a verdict, the draft saved before so that an undo finds it.

        Raises:
            WorkbenchError: If it cannot be given.
        """
        assert self.services is not None  # noqa: S101 - the dialog opens over a case, and a case comes from the office
        await self.flush()
        return await asyncio.to_thread(self.services.verdicts.decide, request)

    @work(exclusive=True, group="read")
    async def reload(self) -> None:
        """Read the case again after something about it changed."""
        if self.services is None or self.case is None:
            return
        try:
            self.put_on_desk(await asyncio.to_thread(self.services.casefiles.show, self.case.header.id))
        except WorkbenchError as error:
            self.complain(error)

    @work(group="write")
    async def let_go(self, act: Callable[[int], object], said: str) -> None:
        """Do what takes the case off the desk, and say so."""
        if self.case is None:
            return
        name = self._named()
        try:
            await self.flush()
            await asyncio.to_thread(act, self.case.header.id)
        except WorkbenchError as error:
            self.complain(error)
            return
        self.clear_desk()
        self.count()
        self.notify(said.format(case=name), markup=False)

    async def release_now(self) -> bool:
        """Give the case back before the program is left, and say whether that worked."""
        if self.services is None or self.case is None:
            return True
        try:
            await self.flush()
            await asyncio.to_thread(self.services.claims.release, self.case.header.id)
        except WorkbenchError as error:
            self.complain(error)
            return False
        return True

    @work(group="dialog")
    async def ask_skip(self) -> None:
        """Ask for a reason and leave the case to others."""
        from screens.dialogs.prompt import Prompt
        from screens.dialogs.questions import skip_question

        reason = await self.app.push_screen_wait(Prompt(skip_question(self._named())))
        if reason and self.services is not None:
            services = self.services
            self.let_go(lambda case_id: services.claims.skip(case_id, reason), _("{case} skipped."))

    @work(group="dialog")
    async def ask_aside(self) -> None:
        """Ask until when, and put the case aside."""
        from screens.dialogs.prompt import Prompt
        from screens.dialogs.questions import aside_question, moment

        if self.services is None or self.case is None:
            return
        services, policy = self.services, self.case.policy
        default = self.clock.now() + timedelta(minutes=policy.desk.aside_minutes)
        asked = aside_question(self._named(), default, self.view())
        answer = await self.app.push_screen_wait(Prompt(asked))
        if answer is None:
            return
        # Nothing typed means the time that the question named.
        until = moment(answer, self.view()) or default
        said = _("{case} put aside until {when}.").format(case=self._named(), when=self.view().instant(until))
        self.let_go(lambda case_id: services.claims.aside(case_id, until), said)

    @work(group="dialog")
    async def ask_comment(self) -> None:
        """Ask for a comment and write it."""
        from screens.dialogs.prompt import Prompt
        from screens.dialogs.questions import comment_question

        if self.services is None or self.case is None or self.draft is None:
            return
        case_id = self.case.header.id
        asked = comment_question(self._named(), str(self.draft.body.get("comment", "")))
        text = await self.app.push_screen_wait(Prompt(asked, on_change=lambda typed: self.keep("comment", typed)))
        if text and await self._written(self.services.remarks.comment, case_id, text):
            self.keep("comment", "")
            self.reload()

    @work(group="dialog")
    async def ask_verify(self) -> None:
        """Ask what was confirmed outside and note it."""
        from screens.dialogs.verification import VerificationDialog

        if self.services is None or self.case is None:
            return
        case_id = self.case.header.id
        answer = await self.app.push_screen_wait(VerificationDialog())
        if answer is not None and await self._written(self.services.remarks.verify, case_id, *answer):
            self.reload()

    @work(group="dialog")
    async def ask_checklist(self) -> None:
        """Show the checklist and save what is answered."""
        from screens.dialogs.checklist import Checklist

        if self.services is None or self.case is None:
            return
        remarks, case_id = self.services.remarks, self.case.header.id

        async def answer(question: str, value: "ChecklistValue") -> None:
            await asyncio.to_thread(remarks.checklist, case_id, question, value, "")

        if await self.app.push_screen_wait(Checklist(self.case.checklist, answer)):
            self.reload()

    @work(group="dialog")
    async def ask_documents(self) -> None:
        """List the case's documents, and read the case again if one was opened."""
        from screens.documents.dialog import DocumentList

        if self.services is None or self.case is None:
            return
        listed = DocumentList(self.services.documents, self.case.header.id, self._named(), self.view())
        if await self.app.push_screen_wait(listed):
            self.reload()

    @work(exclusive=True, group="read")
    async def explain(self) -> None:
        """Show why this case is next."""
        from screens.dialogs.text_sheet import TextSheet

        if self.services is None or self.case is None:
            return
        try:
            sentences = await asyncio.to_thread(self.services.claims.explain, self.case.header.id)
        except WorkbenchError as error:
            self.complain(error)
            return

        def lines(width: int) -> list[Content]:
            return [plain(part) for sentence in sentences for part in wrapped(sentence, width)]

        self.app.push_screen(TextSheet(_("Why {case}").format(case=self._named()), lines))

    @work(exclusive=True, group="read")
    async def tell(self) -> None:
        """Show and copy what can be told about how long this case takes."""
        from screens.desk.forecast_loader import foreseen, sentence_of, told_lines
        from screens.dialogs.text_sheet import TextSheet

        case = self.case
        if self.services is None or case is None:
            return
        forecast = await foreseen(self.services, case)
        if forecast is None:
            self.notify(_("There is no forecast of this case now."), severity="warning", markup=False, timeout=6)
            return
        view = self.view()
        self.app.copy_to_clipboard(sentence_of(forecast, view))
        title = _("How long {case} takes").format(case=self._named())
        self.app.push_screen(TextSheet(title, lambda width: told_lines(forecast, case, view, width)))

    async def _written(self, act: Callable[..., object], *arguments: object) -> bool:
        """Write something down and say whether that worked."""
        try:
            await asyncio.to_thread(act, *arguments)
        except WorkbenchError as error:
            self.complain(error)
            return False
        return True

    @work(group="dialog")
    async def ask_assign(self) -> None:
        """Ask to whom the case goes, and give it."""
        from screens.dialogs.assign import give_away

        if self.services is None or self.case is None:
            return
        case_id, was_held = self.case.header.id, self.is_held
        try:
            await self.flush()
        except WorkbenchError as error:
            self.complain(error)
            return
        if await give_away(self, self.services, (case_id,), self.view()):
            self.after_assigning(was_held=was_held)

    def after_assigning(self, *, was_held: bool) -> None:
        """Show how the case stands now; one that was held is on the desk no more."""
        if was_held:
            self.clear_desk()
            self.count()
        else:
            self.reload()

    def action_assign(self) -> None:
        self.ask_assign()

    def action_comment(self) -> None:
        self.ask_comment()

    def action_verify(self) -> None:
        self.ask_verify()

    def action_checklist(self) -> None:
        self.ask_checklist()

    def action_documents(self) -> None:
        self.ask_documents()

    def action_explain(self) -> None:
        self.explain()

    def action_say(self) -> None:
        self.tell()

    def action_panel(self, name: str) -> None:
        self.bench.go(name)

    def action_step(self, by: int) -> None:
        self.bench.step(by)

    def action_field(self, step: int) -> None:
        self.bench.panel.move(step)

    def action_zoom(self) -> None:
        self.bench.is_zoomed = not self.bench.is_zoomed
