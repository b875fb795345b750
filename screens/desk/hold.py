"""The hold on the case of a desk: renewed by activity, and noticed soon when another takes it away."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from textual import work

from screens.desk.layout import DeskLayout
from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from workbench.services.queue.lost_holds import LostHold

RENEW_EVERY = timedelta(minutes=1)
WATCH_EVERY_TICKS = 5
"""A tick is a second; so often it is looked whether the case is still mine, which is one row by its key."""


class HoldScreen(DeskLayout):
    """A desk that knows whether its case is held by who sits at it."""

    @property
    def is_held(self) -> bool:
        """Whether the case on the desk is held by who sits at it."""
        if self.services is None or self.case is None or self.is_lost:
            return False
        return self.case.header.held_by == self.services.actor.login

    def touched(self) -> None:
        """Take note that a key was pressed: the hold is renewed, what is revealed stays so."""
        self.revealed.touched()
        now = self.clock.now()
        is_time = self.renewed_at is None or now - self.renewed_at >= RENEW_EVERY
        if self.is_held and is_time:
            self.renewed_at = now
            self.renew()

    @work(group="renew")
    async def renew(self) -> None:
        """Renew the hold, since its holder is active."""
        if self.services is None or self.case is None:
            return
        case = self.case
        try:
            until = await asyncio.to_thread(self.services.claims.renew, case.header.id)
            if until is None:
                await self._look_for_loss()
        except WorkbenchError as error:
            self.complain(error)
            return
        if case.shows_same_state_as(self.case) and until is not None:
            self.hold_until(until)

    def tick(self) -> None:
        """Let time pass, and look now and then whether the case is still mine."""
        super().tick()
        if self.ticks % WATCH_EVERY_TICKS == 0 and self.is_held:
            self.watch_hold()

    @work(exclusive=True, group="hold")
    async def watch_hold(self) -> None:
        """See whether somebody took the case away; a failure shows at the next act, not here."""
        try:
            await self._look_for_loss(is_sure=False)
        except WorkbenchError:
            return

    async def _look_for_loss(self, *, is_sure: bool = True) -> None:
        """Ask how the hold ended, and say so; `is_sure` says that it did end."""
        case = self.case
        if self.services is None or case is None:
            return
        loss = await asyncio.to_thread(self.services.claims.loss, case.header.id, case.header.fence)
        if case.shows_same_state_as(self.case) and not self.is_lost and (is_sure or loss is not None):
            self._take_loss(loss)

    def _take_loss(self, loss: "LostHold | None") -> None:
        from screens.desk.messages import lost
        from workbench.domain.case.case_id import format_case

        assert self.case is not None  # noqa: S101 - a loss is one of the case that lies on the desk
        self.is_lost = True
        self.lost_words = lost(format_case(self.case.header.id), loss, self.view())
        self.show_head()
        self.show_notice()
        self.refresh_bindings()
        said = self.lost_words.plain
        self.notify(said, severity="warning", markup=False, timeout=10)

    def _named(self) -> str:
        from workbench.domain.case.case_id import format_case

        return format_case(self.case.header.id) if self.case is not None else ""
