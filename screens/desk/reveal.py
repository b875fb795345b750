"""Revealing what is masked on the case of a desk: one field for a while, or all until it is hidden again."""

import asyncio
from dataclasses import replace

from textual import work

from screens.desk.hold import HoldScreen
from screens.shell.key_guard import presses_of
from workbench.errors import WorkbenchError


class RevealScreen(HoldScreen):
    """A desk on which personal values are masked until they are asked for."""

    @work(group="reveal")
    async def reveal(self) -> None:
        """Reveal the chosen field, or all of the identity on the second press."""
        if self.services is None or self.case is None:
            return
        files, case_id, field = self.services.casefiles, self.case.header.id, self.bench.panel.field
        is_all, era = self.revealed.is_second_press(), self.revealed.era
        if not is_all and not field:
            self.revealed.hint()
            self.say_revealed()
            return
        try:
            if is_all:
                values = await asyncio.to_thread(files.reveal_identity, case_id)
            else:
                values = {field: await asyncio.to_thread(files.reveal, case_id, field)}
            # The history says that it was revealed, at once and not only when the case is read again.
            history = (await asyncio.to_thread(files.show, case_id)).history
        except WorkbenchError as error:
            self.complain(error)
            return
        # Another case may lie on the desk by now, or all was hidden meanwhile; no value is shown then.
        if self.case is None or self.case.header.id != case_id or self.revealed.era != era:
            return
        if is_all:
            self.revealed.show_all(values)
        else:
            self.revealed.show(field, values[field])
        self.case = replace(self.case, history=history)
        self.show_revealed()

    def action_reveal(self) -> None:
        if not self.revealed.is_all:
            self.reveal()
        elif not presses_of(self).is_repeat:
            # A key held down shows; it does not show and hide in turns, each time on record.
            self.revealed.clear()
            self.show_revealed()
