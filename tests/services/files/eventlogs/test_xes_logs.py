"""Reading event logs from XES files, plain, compressed or malicious."""

import tracemalloc
from pathlib import Path

import pytest

from tests.services.files.eventlogs import samples
from tests.services.files.eventlogs.samples import XES, read, steps, written
from workbench.errors import BadData, ExitCode
from workbench.services.files.eventlogs import event_collector, reading

AT = 1_333_464_900.0
"""3 April 2012, 14:55 in UTC."""

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + ']><log><trace><event><string key="concept:name" value="&i;"/></event></trace></log>'
)

FOREIGN = '<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]><log><trace>&x;</trace></log>'


def test_the_format_is_detected_whatever_the_file_name(tmp_path: Path) -> None:
    for name in ["log.xes", "log.xes.gz", "log.csv"]:
        traces = read(written(tmp_path, name, XES))

        assert steps(traces) == [[("made", AT), ("received", AT + 38)], [("received", 1_333_497_600.0)]]


def test_other_keys_can_be_chosen(tmp_path: Path) -> None:
    last = XES[: XES.index("<trace>")] + XES[XES.rindex("<trace>") :]

    (trace,) = read(written(tmp_path, "log.xes", last), case="number", activity="step", time="start")
    assert trace.case == "1 B7"
    assert steps([trace]) == [[("one", 1_333_238_400.0)]]


def test_traces_of_the_same_name_are_different_cases_also_in_utf_16(tmp_path: Path) -> None:
    trace = XES[XES.index("<trace>") : XES.index("</trace>") + len("</trace>")]
    content = f'<?xml version="1.0" encoding="UTF-16"?><log>{trace}{trace}</log>'.encode("utf-16")

    assert len(read(written(tmp_path, "log.xes", content))) == 2


def test_the_error_for_an_invalid_file_has_line_and_cause(tmp_path: Path) -> None:
    for content, sentence in [
        (BOMB, "log.xes, line 1: The file declares a document type"),
        (FOREIGN, "log.xes, line 1: The file declares a document type"),
        ("<html>\n</html>", "log.xes, line 1: The root element is “html”"),
        ("<log>\n<trace>", "log.xes, line 2: The XML is not well formed here (no element found"),
        ("<log>\n<trace></log>", "log.xes, line 2: The XML is not well formed here (mismatched tag"),
        ("<log></log>", "log.xes: The log has no events"),
        (f"<log>{'<a>' * 100}", "log.xes, line 1: The elements are nested too deeply"),
        (f'<log a="{"x" * (2 << 20)}"/>', "log.xes, line 1: A tag is unreasonably long"),
        ('<?xml version="1.0" encoding="klingon"?><log/>', "The XML is not well formed here (unknown encoding"),
        (
            XES.replace("2012-04-03T14:55:00Z", "noon"),
            "line 13, column time:timestamp: “noon” is not a valid date or time",
        ),
        (XES.replace('value="made"', 'value=""'), "line 13, column concept:name: The value is missing"),
        (XES.replace('"time:timestamp" value="2012-04-03T14', '"at" value="2012'), "line 13, column time:timestamp"),
    ]:
        for packed in [False, True]:
            path = written(tmp_path, "log.xes.gz" if packed else "log.xes", content)

            with pytest.raises(BadData) as failure:
                read(path)
            assert sentence.replace("log.xes", path.name) in str(failure.value)
            assert failure.value.exit_code == ExitCode.DATA


def test_a_truncated_compressed_file_is_reported(tmp_path: Path) -> None:
    path = written(tmp_path, "log.xes.gz", XES * 50)
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(BadData, match=r"log\.xes\.gz.*: "):
        read(path)
    path.write_bytes(b"\x1f\x8b damaged")
    with pytest.raises(BadData, match="damaged; download it again"):
        read(path)


def test_a_compressed_csv_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="not XES; decompress it"):
        read(written(tmp_path, "log.csv.gz", samples.CSV))


@pytest.mark.promise("I3")
def test_a_decompression_bomb_is_refused_in_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "log.xes.gz", "<log>" + " " * (24 << 20) + "</log>")
    monkeypatch.setattr(reading, "UNPACKED_BYTES", 12 << 20)

    tracemalloc.start()
    with pytest.raises(BadData, match="larger than"):
        read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20


def test_a_log_with_too_many_events_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for traces, end in [(50, "</log>"), (1, "</log>"), (1, "never ends")]:
        event = '<event><string key="concept:name" value="a"/><date key="time:timestamp" value="2012-04-03"/></event>\n'
        monkeypatch.setattr(event_collector, "MOST_EVENTS", 30)
        over = "</trace>" if end == "</log>" else ""
        content = f"<log>{f'<trace>{event * (50 // traces)}{over}' * traces}{end}"

        with pytest.raises(BadData, match="more than 30 events"):
            read(written(tmp_path, "log.xes", content))
