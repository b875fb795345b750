"""Numbers of identity documents: their kind by their form, and what can be checked of each kind."""

import string
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from db.enums import IdType
from workbench.domain.values.id_documents import id_number_valid, id_type_of
from workbench.domain.values.identifiers import ric_region_known

TODAY = date(2026, 11, 24)


def checked(region: str, birth: str = "19800102") -> str:
    """Return a number of 18 characters with the check digit of GB 11643."""
    return f"{region}{birth}123" + ric.calc_check_digit(f"{region}{birth}1230")


RESIDENT, FOREIGNER = checked("110105"), checked("911840")
HONG_KONG, MACAU, TAIWAN = checked("810000"), checked("820000"), checked("830000")


def with_another_digit(number: str) -> str:
    return number[:-1] + ("0" if number[-1] != "0" else "1")


def test_the_form_of_a_number_tells_its_kind() -> None:
    for number, id_type in [
        (RESIDENT, IdType.RESIDENT),
        (with_another_digit(RESIDENT), IdType.RESIDENT),
        (HONG_KONG, IdType.RESIDENT),
        (FOREIGNER, IdType.FOREIGN_RESIDENCE),
        ("usa 1101 8001 0212", IdType.FOREIGN_RESIDENCE),
        ("H12345678", IdType.HMT_PERMIT),
        ("ｍ1234567801", IdType.HMT_PERMIT),
        ("12345678", IdType.TW_PERMIT),
        ("E12345678", IdType.PASSPORT),
        ("EA1234567", IdType.PASSPORT),
        ("TK1234567", IdType.PASSPORT),
        # A resident's number with a digit missing, one too many, a letter, or of the time before 1999.
        (RESIDENT[:-1], IdType.RESIDENT),
        (RESIDENT + "1", IdType.RESIDENT),
        ("1101O5198001021234", IdType.RESIDENT),
        ("110105800102123", IdType.RESIDENT),
        ("军字第1234567号", IdType.RESIDENT),
        ("", IdType.RESIDENT),
    ]:
        assert id_type_of(number, None) is id_type
        assert id_type_of(number, IdType.MILITARY) is IdType.MILITARY


def test_a_number_is_checked_as_far_as_its_form_is_public() -> None:
    for id_type, number, is_valid in [
        (IdType.RESIDENT, RESIDENT, True),
        (IdType.RESIDENT, HONG_KONG, True),
        (IdType.RESIDENT, with_another_digit(RESIDENT), False),
        (IdType.RESIDENT, "E12345678", False),
        (IdType.PASSPORT, "E12345678", True),
        (IdType.PASSPORT, "ej1234567", True),
        (IdType.PASSPORT, "SE1234567", True),
        (IdType.PASSPORT, "123456789", None),
        (IdType.PASSPORT, "AB 123 4567", None),
        (IdType.PASSPORT, "1234", False),
        (IdType.PASSPORT, RESIDENT, False),
        (IdType.PASSPORT, "护照12345", False),
        (IdType.HMT_PERMIT, "H12345678", True),
        (IdType.HMT_PERMIT, "M1234567801", True),
        (IdType.HMT_PERMIT, MACAU, True),
        (IdType.HMT_PERMIT, with_another_digit(MACAU), False),
        (IdType.HMT_PERMIT, TAIWAN, False),
        (IdType.HMT_PERMIT, "H1234567", False),
        (IdType.HMT_PERMIT, "C12345678", False),
        (IdType.TW_PERMIT, "12345678", True),
        (IdType.TW_PERMIT, TAIWAN, True),
        (IdType.TW_PERMIT, "123456789", False),
        (IdType.FOREIGN_RESIDENCE, "USA110180010212", True),
        (IdType.FOREIGN_RESIDENCE, FOREIGNER, True),
        (IdType.FOREIGN_RESIDENCE, with_another_digit(FOREIGNER), False),
        (IdType.FOREIGN_RESIDENCE, checked("911840", "19801402"), False),
        (IdType.FOREIGN_RESIDENCE, RESIDENT, False),
        (IdType.MILITARY, "军字第1234567号", None),
        (IdType.POLICE, "1", None),
        # Not stated: a number without check digit proves nothing, one of no form is wrong.
        (None, "H12345678", None),
        (None, "12345678", None),
        (None, "E12345678", None),
        (None, FOREIGNER, True),
        (None, with_another_digit(FOREIGNER), False),
        (None, RESIDENT[:-1], False),
        (None, "1101O5198001021234", False),
        (None, "军字第1234567号", False),
    ]:
        assert id_number_valid(number, id_type, TODAY) is is_valid


@given(st.text() | st.text(alphabet=string.ascii_uppercase + string.digits, max_size=20))
def test_any_text_is_checked_and_only_two_kinds_are_left_to_the_reviewer(number: str) -> None:
    for id_type in IdType:
        found = id_number_valid(number, id_type, TODAY)
        assert (found is None) >= (id_type in {IdType.MILITARY, IdType.POLICE})
        assert found is not None or id_type in {IdType.MILITARY, IdType.POLICE, IdType.PASSPORT}
    id_number_valid(number, None, TODAY)


def test_a_foreigners_card_names_the_province_that_issued_it() -> None:
    assert ric_region_known(checked("944840"))
    assert not ric_region_known(checked("999840"))
