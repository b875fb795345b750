"""Masked values in exported applications."""

from workbench.services.exporting.applications import masked_value


def test_a_list_of_numbers_stays_a_list() -> None:
    assert masked_value("msisdns", "13800000011;13800000022") == "138••••••11;138••••••22"
