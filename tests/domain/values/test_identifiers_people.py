"""ID numbers of people: check digits, birth dates, age and the validity of cards."""

import re
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from tests.shared_data import shared_data
from workbench.domain.evidence.evidence import LONG_TERM
from workbench.domain.values.identifiers import (
    age_on,
    id_validity_fits_age,
    is_residence_permit,
    ric_birth_date,
    ric_region_known,
    ric_valid,
)

TODAY = date(2026, 11, 24)
BIRTHS = st.dates(date(1900, 1, 1), TODAY - timedelta(days=1))


def id_number(region: str, birth: date, order: int) -> str:
    body = f"{region}{birth:%Y%m%d}{order:03}"
    return body + ric.calc_check_digit(body + "0")


REGIONS = st.from_regex(r"[1-8][0-9]{5}", fullmatch=True).map(str)
ID_NUMBERS = st.builds(id_number, REGIONS, BIRTHS, st.integers(0, 999))


def test_a_right_id_number_is_valid() -> None:
    for number in ["11010519491231002X", "360426199101010071", "44011320141005001x"]:
        assert ric_valid(number, TODAY)


def test_a_wrong_id_number_is_invalid() -> None:
    for number in [
        "",
        "110105194912310021",
        "11010519491231002",
        "T60426199101010078",
        "360426199113010079",
        "36042619910102009X",
        "11010519491231002X1",
        "110105491231002",
        "1•••••••••••••••2X",
        "٣٦٠٤٢٦١٩٩١٠١٠١٠٠٧١",
    ]:
        assert not ric_valid(number, TODAY)


def test_a_birth_in_the_future_today_or_before_1900_is_invalid() -> None:
    assert ric_valid(id_number("510107", TODAY - timedelta(days=1), 1), TODAY)
    assert not ric_valid(id_number("510107", TODAY, 1), TODAY)
    assert not ric_valid(id_number("510107", date(2030, 1, 1), 1), TODAY)
    assert ric_valid(id_number("510107", date(1900, 1, 1), 1), TODAY)
    assert not ric_valid(id_number("510107", date(1899, 12, 31), 1), TODAY)


def test_the_region_is_reported_but_does_not_affect_validity() -> None:
    older_than_its_county = id_number("440303", date(1976, 3, 4), 12)
    nowhere = id_number("990426", date(1991, 12, 1), 7)

    assert ric_valid(older_than_its_county, TODAY)
    assert ric_region_known(older_than_its_county)
    assert ric_valid(nowhere, TODAY)
    assert not ric_region_known(nowhere)
    assert not ric_region_known(id_number("449999", date(1991, 12, 1), 7))
    assert not ric_region_known("")


def test_residence_permits_are_accepted() -> None:
    for region in ["810000", "820000", "830000"]:
        number = id_number(region, date(1985, 6, 7), 33)

        assert ric_valid(number, TODAY)
        assert ric_region_known(number)
        assert is_residence_permit(number)
        assert not is_residence_permit("11010519491231002X")


def test_the_birth_date_is_read_only_if_the_check_digit_is_right() -> None:
    assert ric_birth_date("11010519491231002X") == date(1949, 12, 31)
    assert ric_birth_date("110105194912310021") is None
    assert ric_birth_date("not a number") is None


@given(ID_NUMBERS, st.integers(0, 16), st.integers(1, 9))
def test_changing_any_one_digit_makes_an_id_number_invalid(number: str, place: int, step: int) -> None:
    changed = str((int(number[place]) + step) % 10)

    assert not ric_valid(number[:place] + changed + number[place + 1 :], TODAY)


@given(ID_NUMBERS, st.sampled_from("0123456789X"))
def test_an_id_number_has_one_check_digit(number: str, digit: str) -> None:
    assert ric_valid(number[:17] + digit, TODAY) == (digit == number[17])


def test_age_grows_on_the_birthday() -> None:
    for day, age in [(date(2026, 3, 9), 17), (date(2026, 3, 10), 18), (date(2026, 3, 11), 18), (date(2008, 3, 9), -1)]:
        assert age_on(date(2008, 3, 10), day) == age


def test_a_person_born_on_29_february_is_a_year_older_on_1_march() -> None:
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18
    assert age_on(date(2008, 2, 29), date(2028, 2, 29)) == 20


ISSUED = date(2020, 5, 6)


def test_the_age_at_issue_gives_the_validity_of_an_id_card() -> None:
    for birth, valid_to in [
        (date(2004, 5, 7), date(2025, 5, 6)),  # 15
        (date(2004, 5, 6), date(2030, 5, 6)),  # 16
        (date(1994, 5, 7), date(2030, 5, 6)),  # 25
        (date(1994, 5, 6), date(2040, 5, 6)),  # 26
        (date(1974, 5, 7), date(2040, 5, 6)),  # 45
        (date(1974, 5, 6), LONG_TERM),  # 46
    ]:
        ends = {date(2025, 5, 6), date(2030, 5, 6), date(2040, 5, 6), LONG_TERM}

        assert id_validity_fits_age(birth, ISSUED, valid_to) is True
        for other in (*(ends - {valid_to}), valid_to.replace(day=1)):
            assert id_validity_fits_age(birth, ISSUED, other) is False


def test_the_validity_of_a_card_issued_on_29_february_may_end_on_either_side() -> None:
    birth, issued = date(2000, 1, 1), date(2024, 2, 29)

    assert id_validity_fits_age(birth, issued, date(2034, 2, 28)) is True
    assert id_validity_fits_age(birth, issued, date(2034, 3, 1)) is True
    assert id_validity_fits_age(birth, issued, date(2034, 3, 2)) is False
    assert id_validity_fits_age(date(1990, 1, 1), issued, date(2044, 2, 29)) is True


def test_an_unknown_date_leaves_the_validity_unknown() -> None:
    known = date(1990, 1, 1), ISSUED, date(2040, 5, 6)

    for missing in range(3):
        first, second, third = (None if place == missing else day for place, day in enumerate(known))
        assert id_validity_fits_age(first, second, third) is None


def test_a_card_issued_before_birth_has_no_right_validity() -> None:
    assert id_validity_fits_age(date(2021, 1, 1), ISSUED, date(2025, 5, 6)) is False


@given(st.dates(), st.dates(), st.dates())
def test_checking_the_validity_never_raises(birth: date, issued_on: date, valid_to: date) -> None:
    assert id_validity_fits_age(birth, issued_on, valid_to) in {True, False}


def test_the_id_numbers_of_the_shared_data_have_their_expected_result() -> None:
    vectors = shared_data("china_ids", "test_cn_ric.doctest").read_text(encoding="utf-8")
    examples = re.findall(r">>> ric\.(\w+)\('(\w+)'\).*\n(.*)", vectors)
    born = {number: day for call, number, day in examples if call == "get_birth_date"}
    refused_for_their_region = {"990426199112010074"}

    assert len(examples) == 18
    for call, number, answer in examples:
        is_refused = answer.startswith("Traceback")
        if call == "validate" and number not in refused_for_their_region:
            assert ric_valid(number, TODAY) is not is_refused, number
        if call == "get_birth_place" and not is_refused:
            assert ric_region_known(number), number
    for number, day in born.items():
        assert repr(ric_birth_date(number)) == day


def test_every_county_code_of_the_shared_data_is_known() -> None:
    table = shared_data("china_ids", "loc.dat").read_text(encoding="utf-8")
    province, unknown, seen = "", [], 0
    for line in table.splitlines():
        if found := re.match(r'(\d{2}) province="', line):
            province = found[1]
        elif found := re.match(r' +(\d{4}) county="', line):
            seen += 1
            if not ric_region_known(province + found[1]):
                unknown.append(province + found[1])

    assert seen > 6000
    assert unknown == []
