"""Names of provinces."""

import pytest

from workbench.domain.provinces import province_words
from workbench.i18n import speaking


@pytest.mark.parametrize("stored", ["四川", "四川省", " 四川省 "])
def test_a_province_is_named_in_english(stored: str) -> None:
    with speaking("en"):
        assert province_words(stored) == "Sichuan"


@pytest.mark.parametrize(
    ("stored", "shown"), [("广西壮族自治区", "Guangxi"), ("香港特别行政区", "Hong Kong"), ("重庆市", "Chongqing")]
)
def test_the_endings_of_regions_are_left_out(stored: str, shown: str) -> None:
    with speaking("en"):
        assert province_words(stored) == shown


def test_what_is_no_province_stays_as_it_is() -> None:
    assert province_words("Sichuan") == "Sichuan"
    assert province_words("") == ""
