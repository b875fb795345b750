"""Masked values in exported applications."""

from workbench.services.case.known_people import masked_column


def test_a_list_of_numbers_stays_a_list() -> None:
    assert masked_column("msisdns", "13800000011;13800000022") == "138••••••11;138••••••22"
