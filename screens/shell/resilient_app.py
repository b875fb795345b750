"""What holds for the whole app: text goes out through the door, and a part that fails takes nothing else along."""

import sys
from typing import Any

from rich.segment import Segments
from rich.text import Text
from textual.app import App
from textual.css.query import NoMatches
from textual.worker import Worker, WorkerFailed, active_worker

from screens.shell.revealed_fields import Revealed
from screens.terminal.driver import TerminalDriver
from workbench.domain.text.safe import safe
from workbench.errors import ExitCode, StorageFailed, WorkbenchError

FAILURE_SHOWN_S = 20.0


class ResilientApp(App[None], inherit_bindings=False):
    """An app that lives on where it can, and says in one sentence why where it cannot."""

    def __init__(self) -> None:
        super().__init__(driver_class=TerminalDriver)

    def notify(self, message: str, *, title: str = "", **options: Any) -> None:
        """Show a message; whatever it quotes, nothing of it acts."""
        super().notify(safe(message), title=safe(title), **{**options, "markup": False})

    def say_and_exit(self, error: WorkbenchError) -> None:
        """End with an error's exit code and sentence."""
        self.exit(return_code=error.exit_code, message=Text(f"workbench: {safe(str(error))}"))

    def failed(self, error: StorageFailed) -> None:
        """Say that something failed that nobody expected; what is on the screen stays."""
        self.notify(str(error), severity="error", timeout=FAILURE_SHOWN_S)

    def hide_revealed(self) -> None:
        """Mask what is revealed on any screen that lies here."""
        for screen in self.screen_stack:
            revealed = getattr(screen, "revealed", None)
            if isinstance(revealed, Revealed):
                revealed.clear()

    def _handle_exception(self, error: Exception) -> None:
        """Let a worker fail alone: its transaction is rolled back, and the screens still stand.

        A failure elsewhere has stopped the part that should answer the next key; then the app ends.
        """
        if isinstance(error, WorkerFailed) and isinstance(error.error, NoMatches) and _has_gone(active_worker.get()):
            # The worker came back to a screen that was left meanwhile; nobody is there to be told.
            return
        if isinstance(error, WorkerFailed) and self._driver is not None and not self.is_headless:
            from workbench.failure import sentence

            self.failed(StorageFailed(sentence(error.error)))
            return
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Leave after a fault of the program; what is said shows no values, for they may be personal."""
        from workbench.failure import sentence, steps

        error = sys.exception()
        self._return_code = ExitCode.IO
        if error is not None:
            said = "\n".join([*steps(error), f"workbench: {sentence(error)}"])
            said_safely = Text(safe(said, keep_newlines=True))
            self._exit_renderables.append(Segments(self.console.render(said_safely, self.console.options)))
        self._close_messages_no_wait()


def _has_gone(worker: Worker[Any]) -> bool:
    """Tell whether the part of the screen that a worker works for is being taken away, or is not there any more."""
    return not worker.node.is_attached or worker.node._pruning  # noqa: SLF001 - Textual has no public name for it
