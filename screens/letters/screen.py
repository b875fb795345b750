"""The letters screen: letters to applicants that are owed, failed or sent, and marking them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial, partialmethod
from pathlib import Path, PurePath
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList

from screens.dialogs.choice import ChoiceDialog
from screens.dialogs.prompt import Prompt, TimePrompt
from screens.dialogs.text_sheet import TextSheet
from screens.letters.row_text import LetterFilter, about_sending, heading_line, owed_lines, row_line, summary
from screens.panels.letters import letter_page
from screens.shell.base_screen import ModeScreen, attempt, in_thread, show_title, unreported
from screens.shell.bindings import bind
from screens.shell.view import Clock
from screens.widgets.row_list import RowList
from screens.widgets.safe_text import MUTED, Static, plain
from screens.widgets.time_field import time_reader
from workbench.domain.case.case_id import format_case, parse_case
from workbench.domain.case.channel import GATEWAY, channels
from workbench.domain.case.lifecycle import recording_refusal
from workbench.domain.case.records import NoticeLine
from workbench.domain.clock.typed.reading import read_instant
from workbench.domain.clock.typed.tense import Tense
from workbench.errors import WorkbenchError
from workbench.i18n import _, ngettext, sentences_joined, with_details, with_remark
from workbench.keys import letters as keys
from workbench.keys.command import Place
from workbench.keys.registry import BACK
from workbench.services.outbox.outbox import NoticePage
from workbench.services.outbox.recording import Delivery
from workbench.services.wiring import Services
from workbench.wording.letters import late_letter_sentences, letter_kind_words, sent_and_failed_sentence

MOST_SHOWN = 500
"""The most letters that are listed."""

NO_LETTERS = NoticePage(lines=(), total=0, owed=0, failed=0, overdue=0)


class LettersScreen(ModeScreen):
    """Lists the letters, the owed ones first, and records their outcomes."""

    CSS_PATH: ClassVar[list[str | PurePath]] = [Path(__file__).with_name("letters.tcss")]
    PLACE: ClassVar[Place] = "letters"
    AUTO_FOCUS = "#list"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(keys.OPEN_LETTER, "open"),
        bind(keys.MARK_SENT, "sent"),
        bind(keys.MARK_FAILED, "failed"),
        bind(keys.MARK_LETTER, "mark"),
        bind(keys.OF_CASE, "of_case"),
        bind(keys.UNSENT_LETTERS, "unsent"),
        bind(keys.OWED_MEASURES, "measures"),
        bind(keys.RELOAD, "load"),
        bind(BACK, "back"),
        bind(keys.LEAVE_LETTERS, "desk"),
    ]

    footer_commands = (
        *(keys.OPEN_LETTER, keys.MARK_SENT, keys.MARK_FAILED),
        *(keys.LEAVE_LETTERS, BACK, keys.OF_CASE, keys.UNSENT_LETTERS, keys.OWED_MEASURES),
    )
    """The commands in the footer; the label of Esc says what it does now."""

    list = getters.query_one("#list", RowList)

    def __init__(self, clock: Clock, services: Services) -> None:
        super().__init__(clock, services)
        self.filter = LetterFilter()
        self._page = NO_LETTERS
        self._marks: set[int] = set()

    def parts(self) -> ComposeResult:
        yield Static(id="titles", markup=False)
        yield RowList(id="list", marks=self._marks)
        yield Static(id="nothing", markup=False)

    def on_screen_resume(self) -> None:
        if not self.is_covered:
            self.action_load()

    def on_resize(self) -> None:
        self._draw()

    @work(exclusive=True, group="read")
    async def action_load(self, done: Collection[int] = (), *, is_again: bool = False) -> None:
        """Load the list; the cursor stays on its letter, or goes to the next one if its letter is in `done`.

        A failure to load it again (`is_again`) is not reported.
        """
        case_id, is_unsent_only = self.filter.case_id, self.filter.is_unsent_only
        read = in_thread(self.services.notices.page, case_id, unsent=is_unsent_only, limit=MOST_SHOWN)
        page = await attempt(self, read, unreported if is_again else None)
        if page is not None:
            self._page = page
            self._marks &= {line.id for line in self._page.lines}
            self._draw(done)
            self.list.focus()

    read_again = partialmethod(action_load, is_again=True)

    @work(group="dialog")
    async def action_sent(self) -> None:
        targets = self._targets()
        title = _title_for(targets, _("Mark as sent"))
        words = {channel: word for channel, word in channels().items() if channel != GATEWAY}
        dialog = ChoiceDialog(title, words, _("channel"))
        dialog.about = about_sending(targets, self.view())
        answer = await self.app.push_screen_wait(dialog)
        if answer is None:
            return
        ids = [line.id for line in targets]
        undated = await attempt(self, in_thread(self.services.notices.needing_time, ids))
        if undated is None:
            return
        sent_at = await self._ask_when(len(undated)) if undated else None
        if not undated or sent_at is not None:
            times = dict.fromkeys(undated, sent_at)
            await self._record(
                [Delivery(notice_id=letter_id, channel=answer[0], sent_at=times.get(letter_id)) for letter_id in ids]
            )

    async def _ask_when(self, count: int) -> datetime | None:
        """Ask for the sending time of letters that move a deadline; None if the person goes back."""
        reader = await attempt(self, partial(time_reader, self.services, self.clock.now, read_instant, Tense.PAST))
        if reader is None:
            return None
        title = ngettext("When was it sent?", "When were these {count} letters sent?", count).format(count=count)
        hint = _("The deadline moves on by the working days after the release, and a lapse may be taken back.")
        today = self.view().today.isoformat()
        return await self.app.push_screen_wait(TimePrompt(title, hint, reader, today))

    @work(group="dialog")
    async def action_failed(self) -> None:
        targets = self._targets()
        hint = _("Why could it not be delivered? The letter stays owed.")
        cause = await self.app.push_screen_wait(Prompt(_title_for(targets, _("Mark as failed")), hint))
        if cause:
            await self._record([Delivery(notice_id=line.id, failure=cause) for line in targets])

    @work(group="dialog")
    async def action_of_case(self) -> None:
        current = self.current
        hint = _("Number of the case; an empty line shows the letters of all cases.")
        value = format_case(current.case_id) if current is not None else ""
        prompt = Prompt(_("Letters of a case"), hint, value, problem_of=_problem_of, is_prose=False)
        text = await self.app.push_screen_wait(prompt)
        if text is not None:
            self.filter = replace(self.filter, case_id=_case_of(text))
            self.action_load()

    def action_unsent(self) -> None:
        self.filter = replace(self.filter, is_unsent_only=not self.filter.is_unsent_only)
        self.action_load()

    async def _record(self, deliveries: Sequence[Delivery]) -> None:
        """Record the outcomes of letters, and say which deadlines moved."""
        recorded = await attempt(self, in_thread(self.services.notices.record, deliveries))
        if recorded is None:
            return
        moved = [(letter, letter.deadline_on) for letter in recorded.moved]
        days = [(format_case(letter.case_id), day.isoformat()) for letter, day in moved if day is not None]
        queued_again = [format_case(letter.case_id) for letter, day in moved if day is None]
        lapsed = [format_case(letter.case_id) for letter in recorded.moved if letter.has_lapsed]
        undone = [format_case(letter.case_id) for letter in recorded.moved if letter.is_lapse_undone]
        sentences = [
            sent_and_failed_sentence(recorded.sent, recorded.failed, recorded.already_sent),
            *late_letter_sentences(days, lapsed, undone, queued_again),
        ]
        self.notify(sentences_joined(sentences), timeout=12 if moved else 5)
        self._marks.clear()
        self.action_load({letter.notice_id for letter in deliveries})

    @on(OptionList.OptionHighlighted, "#list")
    def show_keys(self) -> None:
        """Show the keys that work on the letter under the cursor."""
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        if action in {"back", "desk"}:
            # Esc first leaves the marks and the filters; only then it leaves the screen.
            has_step_back = bool(self._marks) or self.filter != LetterFilter()
            return has_step_back if action == "back" else not has_step_back
        if action in {"sent", "failed"}:
            return True if self.why_not(keys.MARK_SENT.key) is None else None
        if action in {"open", "mark"}:
            return True if self.current is not None else None
        return True

    def why_not(self, key: str) -> str | None:
        """Return why a key cannot mark letters as sent or failed now; None if it can, or does something else."""
        if key not in (*keys.MARK_SENT.keys, *keys.MARK_FAILED.keys):
            return None
        line, actor = self.current, self.services.actor
        if self._targets() or recording_refusal(actor) is not None:
            return recording_refusal(actor)
        if line is None:
            return self.filter.nothing_words()
        if line.sent_at is not None:
            return _("The letter of {case} was already sent.").format(case=format_case(line.case_id))
        message = _("The letter of {case} is not released yet. From {when} on, it can be sent and marked.")
        return message.format(case=format_case(line.case_id), when=self.view().instant(line.release_at))

    @on(OptionList.OptionSelected, "#list")
    @work(group="dialog")
    async def action_open(self) -> None:
        if (line := self.current) is None:
            return
        gloss = await attempt(self, in_thread(self.services.notices.gloss, line.id))
        if gloss is not None:
            self.app.push_screen(TextSheet(*letter_page(line, gloss, self.view())))

    @work(group="read")
    async def action_measures(self) -> None:
        orders = await attempt(self, in_thread(self.services.measures.list, owed=True))
        if orders is not None:
            self.app.push_screen(TextSheet(_("Numbers to bar or restore"), partial(owed_lines, orders, self.view())))

    def action_mark(self) -> None:
        line = self.current
        if line is not None and _can_be_sent(line, self.clock):
            self._marks ^= {line.id}
            self.list.redraw(line.id, self._row(line))
        self.list.action_cursor_down()
        self.refresh_bindings()

    def action_back(self) -> None:
        if self._marks:
            self._marks.clear()
            self._draw()
        else:
            self.filter = LetterFilter()
            self.action_load()

    @property
    def current(self) -> NoticeLine | None:
        """The letter under the cursor."""
        return next((line for line in self._page.lines if line.id == self.list.current), None)

    def _targets(self) -> tuple[NoticeLine, ...]:
        """Return the marked letters, or else the one under the cursor if it can be sent."""
        if self._marks:
            return tuple(line for line in self._page.lines if line.id in self._marks)
        return (self.current,) if self.current is not None and _can_be_sent(self.current, self.clock) else ()

    def _draw(self, done: Collection[int] = ()) -> None:
        width, has_summary = max(10, self.size.width - 2), self._page.lines or self.filter != LetterFilter()
        show_title(self, *([summary(self._page, self.filter, self.view())] if has_summary else []))
        self.set_class(not self._page.lines, "-empty")
        self.query_one("#nothing", Static).update(plain(self.filter.nothing_words(), MUTED))
        self.query_one("#titles", Static).update(heading_line(width))
        self.list.show({line.id: self._row(line) for line in self._page.lines}, done)
        self.refresh_bindings()

    def _row(self, line: NoticeLine) -> Content:
        # One cell is left for the scroll bar.
        return row_line(line, self.view(), max(10, self.size.width - 3), is_marked=line.id in self._marks)


def _title_for(targets: Sequence[NoticeLine], act: str) -> str:
    """Return the title of a dialog: the act, and its letter or the number of its letters."""
    if len(targets) == 1:
        which = with_remark(format_case(targets[0].case_id), letter_kind_words(targets[0]))
    else:
        which = ngettext("{count} letter", "{count} letters", len(targets)).format(count=len(targets))
    return with_details(act, which)


def _can_be_sent(line: NoticeLine, clock: Clock) -> bool:
    """Return whether a letter is released, perhaps since the list was read, and not sent yet."""
    return line.release_at <= clock.now() and line.sent_at is None


def _case_of(text: str) -> int | None:
    """Return the number of a case, typed with or without its prefix; None for an empty text."""
    return parse_case(f"C-{text}" if text.isdecimal() else text) if text else None


def _problem_of(text: str) -> str | None:
    """Return why a text is no case number; an empty one stands for all cases."""
    try:
        _case_of(text)
    except WorkbenchError as error:
        return str(error)
    return None
