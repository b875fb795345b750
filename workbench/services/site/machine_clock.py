"""Checks the clock of this machine against the newest event and against the uptime.

The time since the newest event proves nothing, because a week may be quiet. The times of files prove nothing either,
because a wrong clock sets them too. But a wrong clock does not change the uptime of the machine. So `tick` notes the
clock and the uptime; while the machine runs, both must advance equally.
"""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, select

from db.columns import from_us, to_us
from db.models import EventRow, SettingRow
from workbench.i18n import _
from workbench.services.foundation.audit_log import last_event

CLOCK_MAY_DIFFER = timedelta(minutes=5)
"""The tolerance; clocks that are synchronised by the network differ by less."""

MAY_BE_AHEAD = timedelta(days=1)

_NOTE, _NOTED_EVERY_S = "clock", 600.0
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

_EVENTS_COMPARED = 5_000
"""How many of the newest events are compared with the clock."""


@dataclass(frozen=True, slots=True)
class Uptime:
    """The uptime of the machine: the id of its last boot, and the seconds since then, including sleep."""

    boot_id: str
    seconds: float


@dataclass(frozen=True, slots=True)
class _Note:
    """The note of a tick: the uptime, the clock, and the newest event in the future that an admin accepted."""

    uptime: Uptime | None
    at: datetime
    accepted_seq: int


def uptime() -> Uptime | None:
    """Return the uptime of this machine, None if the system does not provide it."""
    try:
        return Uptime(_BOOT_ID.read_text(encoding="ascii").strip(), time.clock_gettime(time.CLOCK_BOOTTIME))
    except (OSError, AttributeError):
        return None


def clock_problem(session: Session, now: datetime) -> str:
    """Return why the clock must be wrong, '' if it may be right.

    It is wrong if one of the newest events is in the future, or if it advanced over a day more than the uptime.
    """
    note = _read_note(session)
    # Acts at a wrong time follow the right ones, so that the last event alone says too little.
    newest = select(col(EventRow.at)).order_by(col(EventRow.seq).desc()).limit(_EVENTS_COMPARED)
    after = max(session.exec(newest.where(col(EventRow.seq) > (note.accepted_seq if note else 0))), default=None)
    if after is not None and now < after - CLOCK_MAY_DIFFER:
        message = _(
            "The clock of this machine says {now}, but the newest event is of {newest}; set the clock. If it is right,"
            " an admin runs `workbench tick --clock-is-right`."
        )
        return message.format(now=in_utc(now), newest=in_utc(after))
    expected = _expected_time(note, uptime())
    if expected is not None and now > expected + MAY_BE_AHEAD:
        message = _(
            "The clock of this machine says {now}, but by the time that the machine ran it is {expected}; set the"
            " clock. If it is right, an admin runs `workbench tick --clock-is-right`."
        )
        return message.format(now=in_utc(now), expected=in_utc(expected))
    return ""


def note_clock(session: Session, now: datetime) -> None:
    """Note the clock and the uptime, unless the last note is recent; `clock_problem` must have found nothing."""
    note, running = _read_note(session), uptime()
    if running is None:
        return
    was = note.uptime if note else None
    if was is None or was.boot_id != running.boot_id or running.seconds - was.seconds > _NOTED_EVERY_S:
        _write_note(session, _Note(running, now, note.accepted_seq if note else 0))


def accept_clock(session: Session, now: datetime) -> None:
    """Accept the present clock, regardless of earlier notes and of the times of earlier events."""
    seq, _digest = last_event(session)
    _write_note(session, _Note(uptime(), now, seq))


def _expected_time(note: _Note | None, running: Uptime | None) -> datetime | None:
    """Return the time according to the uptime, None if nothing was noted since the last boot."""
    if note is None or note.uptime is None or running is None or note.uptime.boot_id != running.boot_id:
        return None
    return note.at + timedelta(seconds=running.seconds - note.uptime.seconds)


def _read_note(session: Session) -> _Note | None:
    value = session.exec(select(SettingRow.value).where(col(SettingRow.name) == _NOTE)).first()
    if not value:
        return None
    stored = json.loads(value)
    noted_uptime = Uptime(stored["boot"], stored["seconds"]) if stored["boot"] else None
    return _Note(noted_uptime, from_us(stored["at"]), stored["seq"])


def _write_note(session: Session, note: _Note) -> None:
    noted_uptime = note.uptime or Uptime("", 0.0)
    stored = {
        "boot": noted_uptime.boot_id,
        "seconds": noted_uptime.seconds,
        "at": to_us(note.at),
        "seq": note.accepted_seq,
    }
    session.merge(SettingRow(name=_NOTE, value=json.dumps(stored)))


def in_utc(at: datetime) -> str:
    """Return an instant as text in UTC, for messages that must not depend on the policy's zone."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
