from workbench.services.files.reading.sheets.cells import (
    CellError,
    DateTimeCell,
    NumberCell,
    moment_of,
    number_of,
    unescaped,
)
from workbench.services.files.reading.sheets.number_formats import PLAIN, NumberFormat, number_format_of

DATE = NumberFormat(is_date=True)
TIME = NumberFormat(has_time=True)
BOTH = NumberFormat(is_date=True, has_time=True)


def test_a_format_says_what_a_number_shows() -> None:
    for code, shape in [
        ("General", PLAIN),
        ("G/通用格式", PLAIN),
        ("@", PLAIN),
        ("0.00E+00", PLAIN),
        ('#,##0.00" yuan/day"', PLAIN),
        ("[Red]0.00;[Blue]-0", PLAIN),
        ("_-¥* #,##0_d", PLAIN),
        ("yyyy-mm-dd", DATE),
        ('[$-804]yyyy"年"m"月"d"日";@', DATE),
        ("mmm", DATE),
        ("yyyy/m/d h:mm", BOTH),
        ("[h]:mm:ss", TIME),
        ("mm:ss.0", TIME),
        ("上午/下午h:mm", TIME),
        ("h:mm AM/PM", TIME),
        ("00000000000", NumberFormat(digits=11)),
        ("0", PLAIN),
        ("y" * 300, PLAIN),
    ]:
        assert number_format_of(164, code) == shape


def test_formats_without_a_code_are_known_by_number() -> None:
    for number, shape in [
        (0, PLAIN),
        (4, PLAIN),
        (14, DATE),
        (22, BOTH),
        (20, TIME),
        (31, DATE),
        (57, DATE),
        (49, PLAIN),
    ]:
        assert number_format_of(number, None) == shape


def test_a_stored_number_is_what_its_format_shows() -> None:
    for text, shape, is_1904, shown in [
        ("46329", DATE, False, "2026-11-03"),
        ("44867", DATE, True, "2026-11-03"),
        ("59", DATE, False, "1900-02-28"),
        ("61", DATE, False, "1900-03-01"),
        ("46329.378483796", BOTH, False, "2026-11-03 09:05:01"),
        ("46329.999999999", BOTH, False, "2026-11-04 00:00:00"),
        ("46329.5", DATE, False, "2026-11-03 12:00:00"),
        ("0.5", TIME, False, "12:00:00"),
        ("46329.5", TIME, False, "2026-11-03 12:00:00"),
        ("-5", DATE, False, "-5"),
        ("2958466", DATE, False, "2958466"),
        ("1.380013800000E+10", PLAIN, False, "13800138000"),
        ("0.30000000000000004", PLAIN, False, "0.3"),
        ("110105194912310020", PLAIN, False, "1.1010519491231002e+17"),
        ("2112345678", NumberFormat(digits=11), False, "02112345678"),
    ]:
        assert str(number_of(text, shape, is_1904=is_1904)) == shown


def test_what_no_spreadsheet_stores_as_a_number_is_a_fault() -> None:
    for text in ["nan", "inf", "1_000", "1e999", "0x10", "", "1,5"]:
        assert number_of(text, PLAIN, is_1904=False) == CellError(text)


def test_dates_in_iso_form_are_read_too() -> None:
    assert str(moment_of("2026-11-03T09:05:00Z")) == "2026-11-03 09:05:00"
    assert isinstance(moment_of("2026-11-03"), DateTimeCell)
    assert moment_of("gestern") == CellError("gestern")
    assert isinstance(number_of("1", PLAIN, is_1904=False), NumberCell)


def test_control_characters_are_written_out_and_half_characters_stay_as_they_are() -> None:
    assert unescaped("a_x000D_\nb_x005F_x000D_ _xD800_") == "a\r\nb_x000D_ _xD800_"
