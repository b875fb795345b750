"""The screen of a blind second opinion: the panels of the desk with a case as it was before its verdict.

It has no session: nothing that it shows or does reads the case by another way than `services.opinions`.
"""

from dataclasses import replace
from functools import partial
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from screens.panels.case_header import case_lines, narrow_lines
from screens.panels.evidence_panels import EvidencePanels
from screens.shell.base_screen import WorkScreen, attempt, close, in_thread
from screens.shell.bindings import bind
from screens.shell.header import HeaderBar, reviewer_status, title_line
from screens.shell.view import Clock, View, symbols_of
from screens.widgets.safe_text import MUTED, WARNING, wrapped_lines
from screens.widgets.time_field import time_reader
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import VerdictRequest
from workbench.domain.case.vocabulary import Verdict
from workbench.domain.clock.typed.reading import read_date
from workbench.i18n import _
from workbench.keys import desk, quality
from workbench.keys.command import Place
from workbench.keys.registry import BACK, with_keys
from workbench.services.quality.opinions import BlindCase
from workbench.services.wiring import Services
from workbench.wording.case.labels import VERDICT_TITLES

_WIDE = 98
"""From this width on, the header has everything; the classes of a resized window come too late."""

_VERDICTS = {desk.PASS: Verdict.PASS, desk.FAIL: Verdict.FAIL, desk.PEND: Verdict.PENDING}
"""What the usual keys of a verdict mean here."""


class BlindScreen(WorkScreen):
    """Shows a case without its verdict, and records an opinion on it; Esc leaves it, and the case stays open."""

    CSS_PATH = "../panels/panels.tcss"
    AUTO_FOCUS = None
    PLACE: ClassVar[Place] = "quality"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(bind(command, f"opine('{verdict}')") for command, verdict in _VERDICTS.items()),
        bind(desk.DOCUMENTS, "documents"),
        bind(quality.GIVE_BACK, "give_back"),
        bind(BACK, "back"),
    ]
    footer_commands = (*_VERDICTS, desk.DOCUMENTS, quality.GIVE_BACK, BACK)

    panels = getters.query_one(EvidencePanels)

    def __init__(self, clock: Clock, services: Services, blind: BlindCase) -> None:
        super().__init__()
        self._clock, self._services, self._blind, self._case = clock, services, blind, blind.casefile
        self._name = format_case(blind.casefile.header.id)
        self._draft: dict[str, Any] = {}
        """What was filled in without being confirmed; it lasts as long as this screen, and is stored nowhere."""

    def parts(self) -> ComposeResult:
        yield EvidencePanels()

    def on_mount(self) -> None:
        self._draw()
        self.call_after_refresh(self.panels.action_go, self.panels.most_severe)

    @property
    def read_only_reason(self) -> str:
        """The sentences that say what this screen is, in its header and its help."""
        message = _(
            "Blind second opinion, as on {when}: without verdict, reasons, history and letters. {desk.pass},"
            " {desk.fail} or {desk.pend} records your opinion and moves nothing; Esc leaves and keeps the case for you,"
            " {quality.give_back} gives it back."
        )
        return with_keys(message).format(when=self._view().instant(self._blind.decided_at))

    def why_not(self, key: str) -> str | None:
        """Return why a key of the desk does nothing here."""
        is_of_desk = any(key in command.keys for command in desk.DESK_COMMANDS)
        return self.read_only_reason if is_of_desk and key not in self.active_bindings else None

    @work(group="dialog")
    async def action_opine(self, name: str) -> None:
        """Ask for an opinion, and record it."""
        from screens.verdict.dialog import VerdictDialog
        from screens.verdict.form_state import VerdictActions, VerdictState

        reader = await attempt(self, partial(time_reader, self._services, self._clock.now, read_date))
        if reader is None:
            return
        heading = _("Second opinion on {case}: {verdict}").format(
            case=self._name, verdict=_(VERDICT_TITLES[Verdict(name)])
        )
        keep = self._draft.__setitem__
        actions = VerdictActions(
            decide=self._give, keep_draft=keep, date_reader=reader, has_effects=False, heading=heading
        )
        case = replace(self._case, draft=self._draft)
        dialog = VerdictDialog(case, VerdictState.of(case, Verdict(name)), actions, self._view(), None)
        if await self.app.push_screen_wait(dialog) is not None:
            self._leave(_("Your opinion on {case} is recorded; nothing of the case changed."))

    async def _give(self, request: VerdictRequest) -> int:
        answer = (request.verdict, request.fail_kind, request.reasons, request.note, request.case_id)
        return await in_thread(self._services.opinions.give, *answer)()

    @work(group="dialog")
    async def action_documents(self) -> None:
        """List the documents that the case had."""
        from screens.documents.dialog import show_documents

        await show_documents(self.app, self._services.opinions.documents, self._case, self._view())

    @work(group="write")
    async def action_give_back(self) -> None:
        if await attempt(self, in_thread(self._services.opinions.give_back, self._case.header.id)) is not None:
            self._leave(_("{case} is given back."))

    def action_back(self) -> None:
        if self.panels.is_zoomed:
            self.panels.is_zoomed = False
        else:
            self._leave(with_keys(_("You still read {case}; {go.quality}, then {quality.read} bring it back.")))

    def _leave(self, message: str) -> None:
        self.notify(message.format(case=self._name), timeout=6)
        close(self)

    def _view(self) -> View:
        """Return the view of the time as of which the case is shown."""
        return View(now=self._blind.decided_at, zone=ZoneInfo(self._case.policy.zone), symbols=symbols_of(self))

    def _draw(self) -> None:
        case, view, width = self._case, self._view(), max(10, self.size.width - 2)
        login = self._services.actor.login
        right = reviewer_status(login, None, view, has_clock=False)
        facts = case_lines(case, view, width, login) if width >= _WIDE else narrow_lines(case, view, width)
        banner = wrapped_lines(f"{view.symbols.warn} {self.read_only_reason}", width, f"{WARNING} bold")
        gaps = [line for gap in self._blind.gaps for line in wrapped_lines(gap, width, MUTED)]
        lines = [title_line(_("Blind second opinion"), case, right, view, width), *banner, *facts, *gaps]
        self.query_one(HeaderBar).update(Content("\n").join(lines))
        self.panels.show(case, view)

    on_resize = _draw
