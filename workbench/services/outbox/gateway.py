"""The operator's own gateway: a program that is started once for each letter and reads it as JSON."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from typing import IO

from workbench.domain.case.channel import GATEWAY, channel_named
from workbench.errors import NotFound, WrongUsage
from workbench.i18n import _

RENEW_EVERY_S = 15.0
"""How often the lease on a letter is renewed while the gateway works on it."""

_MOST_OUTPUT_BYTES = 1 << 16
_OUTPUT_AFTER_EXIT_S = 1.0
"""How long to wait for output after the program ended; a program that it left running may keep the pipe open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayAnswer:
    """The answer of a gateway: the channel of a sent letter, or the cause of a failure."""

    channel: str = ""
    failure: str = ""


class Gateway:
    """Starts the operator's program without a shell, in its own process group."""

    def __init__(self, command: str, timeout_s: float) -> None:
        """Split the command line.

        Raises:
            WrongUsage: If it is empty or a quote is not closed.
            NotFound: If there is no such program.
        """
        try:
            self._words = shlex.split(command)
        except ValueError as error:
            message = _("--with: the command line cannot be split ({cause}); close its quotes.")
            raise WrongUsage(message.format(cause=error)) from error
        if not self._words:
            raise WrongUsage(_("--with: name the program that sends a letter."))
        if shutil.which(self._words[0]) is None:
            message = _("--with: there is no program {program} that can be run; check its path and its rights.")
            raise NotFound(message.format(program=self._words[0]))
        self._timeout_s = timeout_s

    def hand_over(self, document: bytes, renew: Callable[[], object]) -> GatewayAnswer:
        """Start the program with a letter on stdin, and return its answer; `renew` is called while it works."""
        try:
            process = subprocess.Popen(  # noqa: S603 - the operator's own command line, without a shell
                self._words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            return GatewayAnswer(failure=_("cannot be started: {cause}").format(cause=error.strerror))
        output, errors = _OutputTail(process.stdout), _OutputTail(process.stderr)
        Thread(target=_write, args=(process.stdin, document), daemon=True).start()
        try:
            has_ended = self._wait(process, renew)
        finally:
            if process.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if not has_ended:
            return GatewayAnswer(failure=_("no answer within {seconds} s").format(seconds=f"{self._timeout_s:g}"))
        return _answer(process.returncode, output.text(), errors.text())

    def _wait(self, process: subprocess.Popen[bytes], renew: Callable[[], object]) -> bool:
        """Wait for the end of the program, and return whether it ended in time."""
        ends_at = time.monotonic() + self._timeout_s
        while (remaining_s := ends_at - time.monotonic()) > 0:
            try:
                process.wait(min(remaining_s, RENEW_EVERY_S))
            except subprocess.TimeoutExpired:
                renew()
            else:
                return True
        return False


class _OutputTail:
    """Keeps the end of a program's output; a thread reads it, so that the program never waits for its reader."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        self._content = bytearray()
        self._thread = Thread(target=self._read, args=(stream,), daemon=True)
        self._thread.start()

    def _read(self, stream: IO[bytes]) -> None:
        with stream:
            while chunk := os.read(stream.fileno(), _MOST_OUTPUT_BYTES):
                self._content += chunk
                del self._content[:-_MOST_OUTPUT_BYTES]

    def text(self) -> str:
        """Return the last 64 kB; invalid UTF-8 is replaced."""
        self._thread.join(_OUTPUT_AFTER_EXIT_S)
        return bytes(self._content).decode(errors="replace")


def _write(stream: IO[bytes], document: bytes) -> None:
    # A program need not read its input.
    with suppress(BrokenPipeError), stream:
        stream.write(document)


def _answer(code: int, output: str, errors: str) -> GatewayAnswer:
    if code:
        cause = _("exit {code}").format(code=code) if code > 0 else _("killed by signal {number}").format(number=-code)
        return GatewayAnswer(failure=_with_last_line(cause, errors))
    channel = _channel_in(output)
    if channel is None:
        return GatewayAnswer(failure=_("exit 0, but its output is not a JSON object"))
    return GatewayAnswer(channel=channel)


def _with_last_line(cause: str, errors: str) -> str:
    lines = errors.strip().splitlines()
    return f"{cause}: {lines[-1].strip()}" if lines else cause


def _channel_in(output: str) -> str | None:
    """Return the channel that the output names, by default the gateway; None if the output is no JSON.

    A program may write several answers, and the last one counts.
    """
    channel, decoder, rest = "", json.JSONDecoder(), output.strip()
    try:
        while rest:
            answer, end = decoder.raw_decode(rest)
            if not isinstance(answer, dict):
                return None
            channel, rest = str(answer.get("channel") or ""), rest[end:].lstrip()
    except (ValueError, RecursionError):
        return None
    return channel_named(channel) or GATEWAY
