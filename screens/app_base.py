"""The state of the app, which its commands use."""

from typing import TYPE_CHECKING

from screens.shell.keyboard_app import KeyboardApp
from screens.shell.view import Clock
from workbench.errors import WorkbenchError
from workbench.settings.look import Look
from workbench.settings.saved_views import SavedViews
from workbench.settings.user_settings import UserSettings

if TYPE_CHECKING:
    from screens.desk.screen import DeskScreen
    from screens.shell.change_poll import ChangePoll
    from workbench.services.wiring import Services


class AppBase(KeyboardApp):
    """An app with a clock, settings and saved views; `desk` and `services` are None until the database is open."""

    clock: Clock
    look: Look
    settings: UserSettings
    views: SavedViews
    desk: "DeskScreen | None" = None
    services: "Services | None" = None
    changes: "ChangePoll | None" = None
    error: WorkbenchError | None = None

    async def end(self, return_code: int) -> None:
        """Save the draft and end the program; the hold is kept."""
        try:
            if self.services is not None:
                self.services.leave()
            if self.desk is not None:
                await self.desk.session.save_draft()
        except WorkbenchError as error:
            # The terminal may be gone; the exit code and the message report the lost draft.
            self.exit_with_error(error)
            return
        self.exit(return_code=return_code)


def save_draft_now(app: AppBase) -> None:
    """Save the draft from any thread, because the loop cannot; nothing else is saved.

    Raises:
        WorkbenchError: If it cannot be saved.
    """
    if app.desk is not None and (draft := app.desk.session.draft) is not None:
        draft.save_now()
