"""Whether the clock of this machine can be right: what has happened is not in the future, and time passes evenly.

A quiet week is no fault, so the time since the newest event says nothing. Neither do the times of files: once a clock
is wrong, the system writes all files with it. What a wrong clock does not move is the time since the machine was
started. So `tick` notes both times, and as long as the machine runs, both must go on equally.
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
"""Clocks of machines that set theirs by the network differ by less."""

MAY_BE_AHEAD = timedelta(days=1)

_NOTE, _NOTED_EVERY_S = "clock", 600.0
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Uptime:
    """Which start of the machine this is, and the seconds since then, also those in which it slept."""

    boot_id: str
    seconds: float


@dataclass(frozen=True, slots=True)
class _Note:
    """What a tick noted: the uptime, the clock, and the newest event that an admin accepted although it is ahead."""

    uptime: Uptime | None
    at: datetime
    accepted_seq: int


def uptime() -> Uptime | None:
    """Return the uptime of this machine, None if the system does not tell it."""
    try:
        return Uptime(_BOOT_ID.read_text(encoding="ascii").strip(), time.clock_gettime(time.CLOCK_BOOTTIME))
    except (OSError, AttributeError):
        return None


def clock_problem(session: Session, now: datetime) -> str:
    """Return why the clock must be wrong, '' if nothing speaks against it.

    The newest event is after now, or the clock went more than a day further than the machine ran.
    """
    note = _noted(session)
    newest = select(col(EventRow.at)).order_by(col(EventRow.seq).desc()).limit(1)
    after = session.exec(newest.where(col(EventRow.seq) > (note.accepted_seq if note else 0))).first()
    if after is not None and now < after - CLOCK_MAY_DIFFER:
        message = _(
            "The clock of this machine says {now}, but the newest event is of {newest}; set the clock. If it is right,"
            " an admin runs `workbench tick --clock-is-right`."
        )
        return message.format(now=_in_utc(now), newest=_in_utc(after))
    expected = _expected(note, uptime())
    if expected is not None and now > expected + MAY_BE_AHEAD:
        message = _(
            "The clock of this machine says {now}, but by the time that the machine ran it is {expected}; set the"
            " clock. If it is right, an admin runs `workbench tick --clock-is-right`."
        )
        return message.format(now=_in_utc(now), expected=_in_utc(expected))
    return ""


def note_clock(session: Session, now: datetime) -> None:
    """Note the clock and the uptime, unless that was done a short time ago; `clock_problem` found nothing before."""
    note, running = _noted(session), uptime()
    if running is None:
        return
    was = note.uptime if note else None
    if was is None or was.boot_id != running.boot_id or running.seconds - was.seconds > _NOTED_EVERY_S:
        _write(session, _Note(running, now, note.accepted_seq if note else 0))


def accept_clock(session: Session, now: datetime) -> None:
    """Take the clock for right from now on, whatever was noted and whatever the times of earlier events are."""
    seq, _digest = last_event(session)
    _write(session, _Note(uptime(), now, seq))


def _expected(note: _Note | None, running: Uptime | None) -> datetime | None:
    """Return the time by the uptime, None if nothing was noted since the machine was started."""
    if note is None or note.uptime is None or running is None or note.uptime.boot_id != running.boot_id:
        return None
    return note.at + timedelta(seconds=running.seconds - note.uptime.seconds)


def _noted(session: Session) -> _Note | None:
    value = session.exec(select(SettingRow.value).where(col(SettingRow.name) == _NOTE)).first()
    if not value:
        return None
    told = json.loads(value)
    known = Uptime(told["boot"], told["seconds"]) if told["boot"] else None
    return _Note(known, from_us(told["at"]), told["seq"])


def _write(session: Session, note: _Note) -> None:
    known = note.uptime or Uptime("", 0.0)
    told = {"boot": known.boot_id, "seconds": known.seconds, "at": to_us(note.at), "seq": note.accepted_seq}
    session.merge(SettingRow(name=_NOTE, value=json.dumps(told)))


def _in_utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
