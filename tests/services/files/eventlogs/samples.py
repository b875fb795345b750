"""Writes small event log files for tests."""

import gzip
from pathlib import Path

from workbench.domain.forecast.learning.event_trace import EventTrace
from workbench.services.files.eventlogs.log_columns import LogColumns
from workbench.services.files.eventlogs.reading import read_log

CSV = """CaseID,ActivityID,CompleteTimestamp
2,1,2012-04-03 16:55:38
1,1,2012-04-03 16:00:00
2,8,2012-04-03 16:55:53
"""

XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <global scope="event"><string key="concept:name" value="nothing"/></global>
  <string key="concept:name" value="the log"/>
  <trace>
    <string key="concept:name" value="A1"><string key="concept:name" value="deeper"/></string>
    <event>
      <string key="concept:name" value="received"/>
      <date key="time:timestamp" value="2012-04-03T16:55:38.000+02:00"/>
      <list key="more"><values><string key="concept:name" value="deeper still"/></values></list>
    </event>
    <event>
      <date key="time:timestamp" value="2012-04-03T14:55:00Z"/>
      <string key="concept:name" value="made"/>
    </event>
  </trace>
  <trace>
    <event>
      <string key="concept:name" value="received"/>
      <date key="time:timestamp" value="2012-04-04T00:00:00.000+00:00"/>
      <string key="step" value="one"/>
      <date key="start" value="2012-04-01"/>
    </event>
    <string key="number" value="B7"/>
  </trace>
  <event><string key="concept:name" value="of no case"/></event>
</log>
"""


def no_progress(_done: int, _total: int) -> None:
    """Ignore progress reports."""


def written(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file, compressed if its name ends with .gz."""
    path = folder / name
    plain = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(plain) if name.endswith(".gz") else plain)
    return path


def read(
    path: Path, *, case: str | None = None, activity: str | None = None, time: str | None = None
) -> list[EventTrace]:
    """Read a log with these columns."""
    return list(read_log(path, LogColumns(case=case, activity=activity, time=time), None, no_progress))


def steps(traces: list[EventTrace]) -> list[list[tuple[str, float]]]:
    """Return activities and seconds of each trace."""
    return [[(event.activity, event.at_s) for event in trace.events] for trace in traces]
