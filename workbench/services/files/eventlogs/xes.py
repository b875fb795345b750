"""Reads event logs in XES, the process-mining standard (IEEE 1849-2016), in chunks.

Files with a document type are refused, because it can define entities that expand without limit or read other files.
"""

from collections.abc import Iterable
from typing import Any
from xml.parsers import expat

from workbench.domain.forecast.learning.event_trace import EventTrace
from workbench.i18n import _
from workbench.services.files.eventlogs.event_collector import EventCollector
from workbench.services.files.eventlogs.log_columns import LogColumns

TOKEN_BYTES = 1 << 20
"""The length of the longest tag that is accepted."""

_MAX_DEPTH = 64
_LOG, _TRACE, _EVENT = 1, 2, 3
"""The depths of the elements of a log."""


class XesReader:
    """Reads the bytes of a XES file and collects its events.

    It ignores nested attributes, defaults, extensions, and events outside a trace, which belong to no case.
    """

    def __init__(self, file: str, columns: LogColumns) -> None:
        self._collector = EventCollector(file)
        self._keys = (
            columns.case or "concept:name",
            columns.activity or "concept:name",
            columns.time or "time:timestamp",
        )
        self._open_tags: list[str] = []
        self._trace_count = 0
        self._trace_attributes: dict[str, str] = {}
        self._event_attributes: dict[str, str] = {}
        self._event_line = 0
        self._waiting_events: list[tuple[dict[str, str], int]] = []
        self._fed_bytes = 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype

    def read(self, chunks: Iterable[bytes]) -> tuple[EventTrace, ...]:
        """Return the traces of a file.

        Raises:
            FileProblem: If it is not XES, declares a document type, or has an event without case, activity or time.
        """
        for chunk in chunks:
            self._fed_bytes += len(chunk)
            self._parse(chunk, is_last=False)
            if self._fed_bytes - self._parser.CurrentByteIndex > TOKEN_BYTES:
                raise self._collector.problem(_("A tag is unreasonably long; is this a XES file?"), self._line)
        self._parse(b"", is_last=True)
        return self._collector.traces()

    @property
    def _line(self) -> int:
        return self._parser.CurrentLineNumber

    def _parse(self, chunk: bytes, *, is_last: bool) -> None:
        try:
            self._parser.Parse(chunk, is_last)
        except (expat.ExpatError, ValueError, LookupError) as error:
            # An encoding that expat does not know is a LookupError or ValueError.
            message = _("The XML is not well formed here ({cause}); export the log again.").format(cause=error)
            raise self._collector.problem(message, self._line) from error

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        self._open_tags.append(name)
        depth = len(self._open_tags)
        if depth == _LOG and name != "log":
            message = _("The root element is “{tag}”, not “log”; is this a XES file?").format(tag=name)
            raise self._collector.problem(message, self._line)
        if depth > _MAX_DEPTH:
            raise self._collector.problem(_("The elements are nested too deeply; is this a XES file?"), self._line)
        if depth == _EVENT:
            self._event_line = self._line
        if "key" in attributes and depth > _TRACE and self._open_tags[1] == "trace":
            self._keep_attribute(depth, attributes)

    def _keep_attribute(self, depth: int, attributes: dict[str, str]) -> None:
        """Keep an attribute of a trace or of an event."""
        key, value = attributes["key"], attributes.get("value", "")
        if key not in self._keys:
            return
        if depth == _TRACE + 1:
            self._trace_attributes[key] = value
        elif depth == _EVENT + 1 and self._open_tags[2] == "event":
            self._event_attributes[key] = value

    def _end(self, _tag: str) -> None:
        depth, name = len(self._open_tags), self._open_tags.pop()
        if depth == _EVENT and name == "event" and self._open_tags[1] == "trace":
            attributes = {key: self._event_attributes.get(key, "") for key in self._keys[1:]}
            self._waiting_events.append((attributes, self._event_line))
            self._event_attributes = {}
            self._collector.check_limit(len(self._waiting_events), self._line)
        elif depth == _TRACE and name == "trace":
            self._end_trace()

    def _end_trace(self) -> None:
        """Collect the events of a trace, which wait for its end because the name of the trace may follow them."""
        case, activity, time = self._keys
        self._trace_count += 1
        # Each trace is its own case, even if two traces have the same name.
        name = f"{self._trace_count} {self._trace_attributes.get(case, '')}"
        for event, line in self._waiting_events:
            self._collector.add(name, event[activity], event[time], line=line, columns=self._keys)
        self._trace_attributes, self._waiting_events = {}, []

    def _refuse_doctype(self, *_declaration: Any) -> None:
        message = _("The file declares a document type, which can hide an attack; export the log without it.")
        raise self._collector.problem(message, self._line)
