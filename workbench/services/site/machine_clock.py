"""Checks the clock of this machine against the newest event and against the uptime.

The times of files prove nothing, because a wrong clock sets them too. But a wrong clock does not change the uptime of
the machine. So `init`, `restore` and `tick` note the clock and the uptime; while the machine runs, both must advance
equally.

After a restart, the uptime cannot show that the clock is ahead. But a time without events is rarely longer than a
public holiday. After a longer one, an admin must confirm the clock before older cases lapse and before anything is
erased.
"""

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import delete
from sqlmodel import Session, col, select

from db.columns import from_us, to_us
from db.models import CaseRow, EventRow, SettingRow
from db.queries.published import is_open_case
from workbench.i18n import _
from workbench.services.foundation.audit_log import last_event

CLOCK_MAY_DIFFER = timedelta(minutes=5)
"""The tolerance; clocks that are synchronised by the network differ by less."""

MAY_BE_AHEAD = timedelta(days=1)
"""How far the clock may be ahead of the time that the uptime gives."""

MAY_BE_QUIET = timedelta(days=10)
"""The longest time without an event or a tick after which an admin need not confirm the clock.

The longest public holiday of China has nine days, between the evening before it and the morning after it.
"""

_NOTE_SETTING, _NOTED_EVERY = "clock", timedelta(minutes=10)
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

_EVENTS_COMPARED = 5_000
"""How many of the newest events, and how many of those after the note, are compared with the clock."""


@dataclass(frozen=True, slots=True)
class Uptime:
    """The uptime of the machine: the id of its last boot, and the seconds since then, including sleep."""

    boot_id: str
    seconds: float


@dataclass(frozen=True, slots=True)
class _Note:
    """The note of the clock and of the uptime at one time."""

    uptime: Uptime | None
    at: datetime
    """The time of the clock."""
    accepted_seq: int
    """The last event when an admin accepted the clock; the times of events up to it prove nothing."""
    last_seq: int | None
    """The last event when the note was made; notes of earlier versions have none."""


def uptime() -> Uptime | None:
    """Return the uptime of this machine, None if the system does not provide it."""
    try:
        return Uptime(_BOOT_ID.read_text(encoding="ascii").strip(), time.clock_gettime(time.CLOCK_BOOTTIME))
    except (OSError, AttributeError):
        return None


def clock_problem(session: Session, now: datetime) -> str:
    """Return why the clock must be wrong, or must be confirmed before open cases lapse; "" if neither is so.

    The clock is wrong if one of the newest events is in the future, or if the clock advanced over a day more than the
    uptime.
    """
    note = _read_note(session)
    if contradiction := _contradiction(session, note, now):
        return contradiction
    gap = _unconfirmed_gap(session, note, now)
    if gap is None:
        return ""
    is_older = select(col(CaseRow.id)).where(is_open_case(), col(CaseRow.opened_at) <= gap[0]).limit(1)
    return _unconfirmed(gap) if session.exec(is_older).first() is not None else ""


def erasing_clock_problem(session: Session, now: datetime) -> str:
    """Return why the clock must be wrong, or must be confirmed before anything is erased; "" if neither is so."""
    note = _read_note(session)
    return _contradiction(session, note, now) or _unconfirmed(_unconfirmed_gap(session, note, now))


def _contradiction(session: Session, note: _Note | None, now: datetime) -> str:
    # After acts with the right time, others may have a wrong earlier time, so the last event alone proves too little.
    newest = max(_newest_times(session, note.accepted_seq if note else 0), default=None)
    if newest is not None and now < newest - CLOCK_MAY_DIFFER:
        message = _(
            "The clock of this machine says {now}, but the newest event is of {newest}; set the clock. If it is right,"
            " an admin runs `workbench tick --clock-is-right`."
        )
        return message.format(now=in_utc(now), newest=in_utc(newest))
    expected = _expected_time(note, uptime())
    if expected is not None and now > expected + MAY_BE_AHEAD:
        message = _(
            "The clock of this machine says {now}, but by the time that the machine ran it is {expected}; set the"
            " clock. If it is right, an admin runs `workbench tick --clock-is-right`."
        )
        return message.format(now=in_utc(now), expected=in_utc(expected))
    return ""


def _newest_times(session: Session, after_seq: int) -> Sequence[datetime]:
    """Return the times of the newest events with a number above `after_seq`, the last event first."""
    newest = select(col(EventRow.at)).order_by(col(EventRow.seq).desc()).limit(_EVENTS_COMPARED)
    return session.exec(newest.where(col(EventRow.seq) > after_seq)).all()


def _unconfirmed_gap(session: Session, note: _Note | None, now: datetime) -> tuple[datetime, datetime] | None:
    """Return the two times around a long time without events since the last note, None if there is none.

    If the machine has run since the note, the uptime explains every such time. Acts after the note explain none,
    because their times are from the same clock.
    """
    if _expected_time(note, uptime()) is not None:
        return None
    if note is None or note.last_seq is None:
        # It is unknown which events followed the note, so all newest events are compared.
        newest = [*reversed(_newest_times(session, 0)), now]
        return _quiet_time(note.at if note else newest[0], newest)
    following = select(col(EventRow.at)).where(col(EventRow.seq) > note.last_seq).order_by(col(EventRow.seq))
    oldest = session.exec(following.limit(_EVENTS_COMPARED)).all()
    if len(oldest) < _EVENTS_COMPARED:
        return _quiet_time(note.at, [*oldest, now])
    # If only the newest events were compared, many acts with a wrong clock would hide the gap before them.
    newest = [*reversed(_newest_times(session, note.last_seq)), now]
    return _quiet_time(note.at, oldest) or _quiet_time(newest[0], newest)


def _quiet_time(reached: datetime, times: Iterable[datetime]) -> tuple[datetime, datetime] | None:
    """Return the ends of the first long time in which the clock was not read, beginning at `reached`."""
    for at in times:
        if at > reached + MAY_BE_QUIET:
            return reached, at
        reached = max(reached, at)
    return None


def _unconfirmed(gap: tuple[datetime, datetime] | None) -> str:
    """Return the sentence that an admin must confirm the clock after a long time without events; "" without one."""
    if gap is None:
        return ""
    before, after = gap
    message = _(
        "Nothing happened between {before} and {after}, and the uptime of this machine does not explain that time, so"
        " its clock may be ahead; check it. If it is right, an admin runs `workbench tick --clock-is-right`."
    )
    return message.format(before=in_utc(before), after=in_utc(after))


def note_clock(session: Session, now: datetime) -> None:
    """Note the clock and the uptime, unless the last note is recent, or the clock is wrong or has to be confirmed."""
    note, current = _read_note(session), uptime()
    if note is not None and _boot_id(note.uptime) == _boot_id(current) and abs(now - note.at) < _NOTED_EVERY:
        return
    if not _contradiction(session, note, now) and _unconfirmed_gap(session, note, now) is None:
        seq, _digest = last_event(session)
        _write_note(session, _Note(current, now, note.accepted_seq if note else 0, seq))


def _boot_id(at: Uptime | None) -> str:
    return at.boot_id if at else ""


def accept_clock(session: Session, now: datetime) -> None:
    """Accept the present clock, regardless of earlier notes and of the times of earlier events."""
    seq, _digest = last_event(session)
    _write_note(session, _Note(uptime(), now, seq, seq))


def forget_clock(session: Session) -> None:
    """Delete the note, for a history that is replayed by a clock of its own."""
    session.execute(delete(SettingRow).where(col(SettingRow.name) == _NOTE_SETTING))


def _expected_time(note: _Note | None, current: Uptime | None) -> datetime | None:
    """Return the time according to the uptime, None if nothing was noted since the last boot."""
    if note is None or note.uptime is None or current is None or note.uptime.boot_id != current.boot_id:
        return None
    return note.at + timedelta(seconds=current.seconds - note.uptime.seconds)


def _read_note(session: Session) -> _Note | None:
    value = session.exec(select(SettingRow.value).where(col(SettingRow.name) == _NOTE_SETTING)).first()
    if not value:
        return None
    stored = json.loads(value)
    noted_uptime = Uptime(stored["boot"], stored["seconds"]) if stored["boot"] else None
    return _Note(noted_uptime, from_us(stored["at"]), stored["seq"], stored.get("last"))


def _write_note(session: Session, note: _Note) -> None:
    stored = {
        "boot": _boot_id(note.uptime),
        "seconds": note.uptime.seconds if note.uptime else 0.0,
        "at": to_us(note.at),
        "seq": note.accepted_seq,
        "last": note.last_seq,
    }
    session.merge(SettingRow(name=_NOTE_SETTING, value=json.dumps(stored)))


def in_utc(at: datetime) -> str:
    """Return an instant as text in UTC, for messages that must not depend on the policy's zone."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
