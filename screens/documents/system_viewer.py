"""Opens a document in the program that the user chose, from a private copy that is deleted when the workbench ends."""

import atexit
import os
import shlex
import shutil
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import BinaryIO

from workbench.errors import WorkbenchError
from workbench.i18n import _

_FILE = "{file}"
_PREFIX = "workbench-documents-"
_FAILS_WITHIN_S = 1.0
"""A viewer that ends with an error within this time did not start."""


class ViewerFailed(WorkbenchError):
    """The viewer of the user did not start."""


class SystemViewer:
    """Runs a command with the path of a document in place of {file}, or after its last word."""

    def __init__(self, command: str) -> None:
        self._command = command
        self._folder: str | None = None
        self._running: list[subprocess.Popen[bytes]] = []

    def open(self, file: BinaryIO, name: str) -> None:
        """Copy a document, and start the viewer on the copy without waiting for its end.

        Raises:
            ViewerFailed: If it does not start.
        """
        words = shlex.split(self._command)
        try:
            path = self._copy(file, name)
            filled = [word.replace(_FILE, str(path)) for word in words]
            process = subprocess.Popen(  # noqa: S603 - the command of the user, without a shell
                filled if filled != words else [*words, str(path)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            message = _("The viewer {command} did not start: {cause}.")
            raise ViewerFailed(message.format(command=words[0], cause=error.strerror)) from error
        self._running = [viewer for viewer in (*self._running, process) if viewer.poll() is None]
        try:
            code = process.wait(_FAILS_WITHIN_S)
        except subprocess.TimeoutExpired:
            return
        if code != 0:
            message = _("The viewer {command} ended with the code {code} and shows nothing.")
            raise ViewerFailed(message.format(command=words[0], code=code))

    def _copy(self, file: BinaryIO, name: str) -> Path:
        """Copy a document to a private folder of its own, and return the path of the copy."""
        if self._folder is None:
            _delete_leftovers()
            # Only this user can enter it.
            self._folder = tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-")
            atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
        path = Path(tempfile.mkdtemp(dir=self._folder)) / name
        with path.open("xb") as copy:
            shutil.copyfileobj(file, copy)
        return path


def _delete_leftovers() -> None:
    """Delete the copies that killed processes of this user left behind."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        process = folder.name.removeprefix(_PREFIX).partition("-")[0]
        is_own = folder.is_dir() and not folder.is_symlink() and folder.stat().st_uid == os.geteuid()
        if is_own and process.isdecimal() and not _is_alive(int(process)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: int) -> bool:
    """Return whether a process runs; one of another user does, as it may not be asked."""
    with suppress(PermissionError):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
    return True


@cache
def system_viewer(command: str) -> SystemViewer:
    """Return the viewer of a command, which keeps its copies until the program ends."""
    return SystemViewer(command)
