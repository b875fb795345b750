"""Reads reports on sent and failed notices: an exported CSV or JSON Lines file, or a list of notice numbers."""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from workbench.domain.case.channel import channel_named
from workbench.domain.text.mask import mask_digits_within
from workbench.domain.values import moments
from workbench.domain.values.bad_value import BadValue
from workbench.errors import BadData
from workbench.i18n import _
from workbench.services.foundation.safe_files import read_whole
from workbench.services.outbox.recording import Delivery

_COLUMN = "notice"
_MOST_BYTES = 512 << 20
_MOST_ID_DIGITS = 18
"""A number with more digits can be too large for a database."""

_YES = frozenset({"1", "true", "yes", "是"})
_NO = frozenset({"", "0", "false", "no", "否"})


def deliveries_in(path: Path, zone: ZoneInfo) -> tuple[Delivery, ...]:
    """Return the deliveries that a file reports.

    The column `notice` has the number of the notice. A file may have more columns:

    * `sent_at`, a local time in `zone`;
    * `channel`;
    * `failed`, which is yes, no, or the cause of the failure;
    * `cause`, the cause of the failure if `failed` does not have it.

    Raises:
        NotFound: If there is no such file.
        BadData: If it is no regular UTF-8 file, is too large, has no deliveries, or a line has an invalid value.
        StorageFailed: If the file cannot be read.
    """
    # The name of a file may contain a phone number.
    name = mask_digits_within(path.name)
    try:
        text = read_whole(path, _MOST_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadData(_("{file} is not UTF-8; save it as UTF-8.").format(file=name)) from error
    deliveries = tuple(_delivery(name, line, record, zone) for line, record in _records(name, text))
    if not deliveries:
        raise BadData(_("{file} has no notice numbers.").format(file=name))
    return deliveries


def _records(name: str, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield each line number with its values by column."""
    if text.lstrip().startswith("{"):
        for line, record in enumerate(text.splitlines(), start=1):
            if record.strip():
                yield line, _json_record(name, line, record)
        return
    reader = csv.reader(text.splitlines(keepends=True))
    columns: list[str] | None = None
    try:
        for row in reader:
            if columns is None:
                columns = row if _COLUMN in row else [_COLUMN]
                if _COLUMN in row:
                    continue
            if row:
                yield reader.line_num, dict(zip(columns, row, strict=False))
    except csv.Error as error:
        raise BadData(_("{file}, line {line}: not valid CSV.").format(file=name, line=reader.line_num)) from error


def _json_record(name: str, line: int, record: str) -> Mapping[str, Any]:
    try:
        value = json.loads(record)
    except (ValueError, RecursionError) as error:
        raise BadData(_("{file}, line {line}: not valid JSON.").format(file=name, line=line)) from error
    return value if isinstance(value, dict) else {}


def _delivery(name: str, line: int, record: Mapping[str, Any], zone: ZoneInfo) -> Delivery:
    def refuse(message: str) -> BadData:
        return BadData(_("{file}, line {line}: {problem}").format(file=name, line=line, problem=message))

    number = _text_of(record, _COLUMN)
    is_number = number.isascii() and number.isdecimal() and not isinstance(record.get(_COLUMN), bool)
    if not is_number or len(number) > _MOST_ID_DIGITS:
        raise refuse(_("the notice number is missing or invalid."))

    channel = channel_named(_text_of(record, "channel"))
    if channel is None:
        raise refuse(_("a channel is one word of at most 16 letters, such as sms or email."))
    sent = _text_of(record, "sent_at")
    try:
        sent_at = moments.parse_instant_or_day(sent, zone) if sent else None
    except BadValue as error:
        raise refuse(str(error)) from error
    return Delivery(notice_id=int(number), channel=channel, sent_at=sent_at, failure=_failure_of(record))


def _failure_of(record: Mapping[str, Any]) -> str:
    """Return the cause of the failure, "" without a failure."""
    failed, cause = _text_of(record, "failed"), _text_of(record, "cause")
    if failed.lower() in _YES:
        return cause or _("no cause given")
    return cause if failed.lower() in _NO else failed


def _text_of(record: Mapping[str, Any], name: str) -> str:
    """Return a value as text, an absent one as empty."""
    value = record.get(name)
    return "" if value is None else str(value).strip()
