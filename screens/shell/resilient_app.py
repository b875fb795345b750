"""An app whose messages are safe to show, and that continues after the failure of a worker."""

import sys
from typing import Any

from rich.segment import Segments
from rich.text import Text
from textual.app import App
from textual.css.query import NoMatches
from textual.notifications import Notify
from textual.widgets._toast import Toast, ToastHolder
from textual.worker import Worker, WorkerFailed, active_worker

from screens.terminal.driver import TerminalDriver
from workbench.domain.text.safe import safe
from workbench.errors import ExitCode, StorageFailed, WorkbenchError
from workbench.settings.symbols import for_terminal

FAILURE_SHOWN_S = 20.0
"""How long the notification of a failure is shown."""


def _drop_same_message(app: App[Any], event: Notify) -> None:
    """Drop the same message if it is shown already: the new one is shown for its whole time."""
    for shown in list(app._notifications):  # noqa: SLF001 - Textual can only remove all
        if shown.message == event.notification.message:
            app._unnotify(shown, refresh=False)  # noqa: SLF001


def _refresh_messages(app: App[Any]) -> None:
    """Remove the frames of dropped messages too: Textual leaves them, and they take the lines of later messages."""
    for holder in app.screen.query(ToastHolder) if app.screen_stack else ():
        if all(toast._notification not in app._notifications for toast in holder.query(Toast)):  # noqa: SLF001 - Textual has no public name for it
            holder.remove()
    App._refresh_notifications(app)  # noqa: SLF001 - Textual has no other way


class ResilientApp(App[None], inherit_bindings=False):
    """An app that continues after a failure if possible, and otherwise ends with one sentence."""

    def __init__(self) -> None:
        super().__init__(driver_class=TerminalDriver)

    def notify(self, message: str, *, title: str = "", **options: Any) -> None:
        """Show a message as plain text in the symbols of this terminal."""
        super().notify(for_terminal(safe(message)), title=for_terminal(safe(title)), **{**options, "markup": False})

    on_notify = _drop_same_message
    _refresh_notifications = _refresh_messages

    def exit_with_error(self, error: WorkbenchError) -> None:
        """End with an error's exit code and sentence."""
        self.exit(return_code=error.exit_code, message=Text(f"workbench: {safe(str(error))}"))

    def report_failure(self, error: StorageFailed) -> None:
        """Report an unexpected failure; the screen stays as it is."""
        self.notify(str(error), severity="error", timeout=FAILURE_SHOWN_S)

    def _handle_exception(self, error: Exception) -> None:
        """Report the failure of a worker and continue: its transaction is rolled back, and the screens still work.

        Any other failure stopped the widget that handles the next key, so the app ends.
        """
        if isinstance(error, WorkerFailed) and isinstance(error.error, NoMatches) and _is_closed(active_worker.get()):
            # The screen of the worker was closed while it ran, so there is nothing to report.
            return
        if self._exit and self._exception is None and isinstance(error, NoMatches):
            # A screen that opens while the app ends gets no widgets from Textual.
            return
        if isinstance(error, WorkerFailed) and self._driver is not None and not self.is_headless:
            from workbench.failure import describe_error

            self.report_failure(StorageFailed(describe_error(error.error)))
            return
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """End after a fault of the program; the message shows no values, since they may be personal."""
        from workbench.failure import describe_error, frames_of

        error = sys.exception()
        self._return_code = ExitCode.IO
        if error is not None:
            message = "\n".join([*frames_of(error), f"workbench: {describe_error(error)}"])
            safe_message = Text(safe(message, keep_newlines=True))
            self._exit_renderables.append(Segments(self.console.render(safe_message, self.console.options)))
        self._close_messages_no_wait()


def _is_closed(worker: Worker[Any]) -> bool:
    """Return whether the screen of a worker is closed or being closed."""
    return not worker.node.is_attached or worker.node._pruning  # noqa: SLF001 - Textual has no public name for it
