"""Reading event logs from CSV files in the forms that occur in practice."""

from pathlib import Path

import pytest

from tests.services.files.eventlogs.samples import CSV, read, steps, written
from tests.shared_data import shared_data
from workbench.errors import BadData, ExitCode, NotFound, WorkbenchError

# 3 April 2012, 16:55:38 in UTC.
AT = 1_333_472_138.0


def test_rows_become_traces_in_case_order_with_events_sorted_by_time(tmp_path: Path) -> None:
    traces = read(written(tmp_path, "log.csv", CSV))

    assert [trace.case for trace in traces] == ["2", "1"]
    assert steps(traces)[0] == [("1", AT), ("8", AT + 15)]


def test_real_logs_are_read_without_column_options() -> None:
    for name, cases, events, first in [
        ("helpdesk.csv", 3804, 13_710, ("1", AT)),
        ("running-example.csv", 6, 42, ("register request", 1_293_715_920.0)),
        ("roadtraffic100traces.csv", 100, None, ("Create Fine", 1_111_532_400.0)),
    ]:
        traces = read(shared_data("event_logs", name))

        assert len(traces) == cases
        assert events in {None, sum(len(trace.events) for trace in traces)}
        assert steps(traces)[0][0] == first


def test_headers_delimiters_and_encodings_are_detected(tmp_path: Path) -> None:
    for header, encoding in [
        ("case:concept:name,concept:name,time:timestamp", "utf-8-sig"),
        ("Case ID;Activity;Complete Timestamp", "utf-16"),
        ("审核单\t环节\t时间", "utf-8"),
        ("审核单,环节,时间", "gb18030"),
    ]:
        delimiter = next(each for each in ",;\t" if each in header)
        row = delimiter.join(
            ("C-1", "受理登记,排队审核" if delimiter != "," else "受理登记排队审核", "2012-04-03 16:55:38")
        )
        path = written(tmp_path, "log.csv", f"{header}\r\n{row}\r\n".encode(encoding))

        assert steps(read(path)) == [[(row.split(delimiter)[1], AT)]]


def test_column_options_override_detected_columns(tmp_path: Path) -> None:
    text = "case,activity,time,No,What,Begun\nx,y,2000-01-01,7,opened,2012-04-03 16:55:38\n"

    (trace,) = read(written(tmp_path, "log.csv", text), case="No", activity="What", time="Begun")
    assert (trace.case, steps([trace])) == ("7", [[("opened", AT)]])


def test_times_are_read_with_and_without_a_zone(tmp_path: Path) -> None:
    for text, at_s in [
        ("2012-04-03T16:55:38Z", AT),
        ("2012-04-03 18:55:38+02:00", AT),
        ("2012-04-03T18:55:38.500000+0200", AT + 0.5),
        ("2012/4/3 16:55:38", AT),
        ("2012年4月3日 16:55", AT - 38),
        ("03-04-2012 16:55:38", AT),
        ("20120403165538", AT),
        ("2012-04-03", AT - 16 * 3600 - 55 * 60 - 38),
    ]:
        path = written(tmp_path, "log.csv", f"case,activity,time\n1,a,{text}\n")

        assert steps(read(path)) == [[("a", at_s)]]


def test_the_error_for_an_invalid_file_has_line_column_and_cause(tmp_path: Path) -> None:
    rows: list[tuple[str | bytes, str]] = [
        (
            "case,activity,time\n1,a,2012-04-03\n2,b,soon\n",
            "log.csv, line 3, column time: “soon” is not a valid date or time",
        ),
        (
            "case,activity,time\n1,a,03/04/2012 10:00\n",
            "log.csv, line 2, column time: “03/04/2012 10:00” has its year at the end",
        ),
        ("case,activity,time\n1,,2012-04-03\n", "log.csv, line 2, column activity: The value is missing"),
        ("case,activity,time\n ,a,2012-04-03\n", "log.csv, line 2, column case: The value is missing"),
        ("case,activity,time\n1,a\n", "log.csv, line 2, column time: The record has 2 fields and the header 3"),
        ('case,activity,time\n1,"a\n2,b,2012-04-03\n', "log.csv, line 2, column activity: A quote is opened"),
        (f"case,activity,time\n1,{'a' * 301},2012-04-03\n", "column activity: The value is longer than 300"),
        ("case,activity,at\n1,a,2012-04-03\n", "log.csv, line 1: No column was recognized for --time"),
        ("case,activity,time\n", "log.csv: The log has no events"),
        ("", "log.csv: The file is empty"),
        (b"case,activity,time\n1,a\xff\xff,2012-04-03\n", "log.csv, line 2: Byte 22 is not valid"),
    ]
    for text, sentence in rows:
        with pytest.raises(BadData) as failure:
            read(written(tmp_path, "log.csv", text))

        assert sentence in str(failure.value)
        assert failure.value.exit_code == ExitCode.DATA


def test_a_missing_column_suggests_a_similar_one_and_a_duplicate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="line 1, column CaseId: There is no such column; is it one of CaseID"):
        read(written(tmp_path, "log.csv", CSV), case="CaseId")
    with pytest.raises(BadData, match="column x: The column occurs twice"):
        read(written(tmp_path, "log.csv", "case,x,x,time\n1,a,b,2012-04-03\n"), activity="x")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no file"):
        read(tmp_path / "nowhere.csv")
    with pytest.raises(WorkbenchError, match="no regular file but a folder, pipe or device"):
        read(tmp_path)
