"""Phone and SIM card numbers: networks, ranges and check digits."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.enums import Carrier
from workbench.domain.values.identifiers import (
    carrier_of_range,
    comparable_number,
    iccid_luhn,
    is_residence_permit,
    is_uscc_of_self_employed,
    normal_msisdn,
    ric_birth_date,
    ric_region_known,
    ric_valid,
    uscc_valid,
)

TODAY = date(2026, 11, 24)
ANY_TEXT = st.text() | st.text(alphabet="0123456789X xＸ１２３-+*•\ud800\u200b")


NETWORKS = {
    Carrier.MOBILE: r"1(34[0-8]|3[5-9]|47|5[0-27-9]|7[28]|8[23478]|9[578]|65|70[356])",
    Carrier.UNICOM: r"1(3[0-2]|45|5[56]|66|7[56]|8[56]|96|67|70[4789]|71)",
    Carrier.TELECOM: r"1(33|349|49|53|73|740[0-5]|77|8[019]|9[0139]|62|70[0-2])",
    Carrier.BROADNET: r"192",
}


def test_every_five_digit_range_has_the_network_of_the_industry_table() -> None:
    for prefix in map(str, range(10000, 20000)):
        expected = [carrier for carrier, ranges in NETWORKS.items() if re.match(ranges, prefix)]
        assert carrier_of_range(prefix + "000000") is (expected[0] if expected else None), prefix
        assert len(expected) <= 1
    assert all(carrier_of_range(prefix.ljust(11, "0")) for prefix in ("170", "171", "162", "165", "167"))
    assert carrier_of_range("+86 134-9000-0000") is Carrier.TELECOM


def test_a_number_in_no_range_is_no_card_number() -> None:
    for number in [
        "",
        "1440012345678",  # IoT, 13 digits
        "14400123456",
        "14812345678",
        "17406000000",
        "15412345678",
        "1380013800",
        "138001380000",
        "02885551234",
        "23800138000",
        "138001380O0",
        "138••••••00",
    ]:
        assert carrier_of_range(number) is None


def test_a_phone_number_is_stored_as_digits_and_damage_is_not_repaired() -> None:
    for typed, number in [
        ("13800138000", "13800138000"),
        ("+86 138 0013 8000", "13800138000"),
        ("0086-13800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("(86)13800138000", "13800138000"),
        ("＋８６１３８００１３８０００", "13800138000"),
        ("86138", "86138"),
        ("138001380O0", "138001380O0"),
        ("1380013800.0", "1380013800.0"),
        ("138••••••00", "138••••••00"),
        ("", ""),
    ]:
        assert normal_msisdn(typed) == number


def test_a_sim_number_passes_luhn_with_20_digits_and_fails_without_its_check_digit() -> None:
    assert iccid_luhn("89860070310112094320")
    assert iccid_luhn("8986 0070 3101 1209 4320")
    assert not iccid_luhn("8986007031011209432")
    assert not iccid_luhn("89860070310112094321")
    assert not iccid_luhn("8986010912340983S012")
    assert not iccid_luhn("")
    assert not iccid_luhn("00000000000000000000")


@pytest.mark.parametrize(
    "function",
    [
        lambda text: ric_valid(text, TODAY),
        ric_birth_date,
        ric_region_known,
        is_residence_permit,
        uscc_valid,
        is_uscc_of_self_employed,
        carrier_of_range,
        normal_msisdn,
        iccid_luhn,
        comparable_number,
    ],
)
@given(text=ANY_TEXT)
def test_no_check_raises_on_any_text(function: Callable[[str], object], text: str) -> None:
    function(text)


@given(ANY_TEXT)
def test_normalising_is_idempotent(text: str) -> None:
    assert comparable_number(comparable_number(text)) == comparable_number(text)
    assert normal_msisdn(normal_msisdn(text)) == normal_msisdn(text)
