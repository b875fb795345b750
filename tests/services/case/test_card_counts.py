"""The limit of cards under one ID counts cards in service, and binds persons."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from db.enums import ImportKind
from tests.services.intake.importing.files import PERSON, Desk, application
from tests.sites import Site

TODAY, YESTERDAY, TOMORROW = "2026-11-24", "2026-11-23", "2026-11-25"


@pytest.fixture
def desk(site: Site, tmp_path: Path) -> Desk:
    return Desk(site, tmp_path)


def found(
    desk: Desk, ends: Sequence[str], person: Mapping[str, str] = PERSON, number: str = "A-1", first: int = 0
) -> str | None:
    """Import an application and its cards, by the days on which their service ends, and return the severity found."""
    cards = [
        {
            "application_no": number,
            "msisdn": f"1670000{first + place:04}",
            "brand": "虚构通信",
            "actual_user_name": "测试人",
            "service_ended_on": end,
        }
        for place, end in enumerate(ends)
    ]
    if not desk.cases(number):
        desk.applications(application(number, msisdns="", **person))
    desk.run(ImportKind.CARDS, cards)
    return desk.findings(number).get("ID-CARD-COUNT", (None,))[0]


def test_a_person_may_have_five_cards_of_one_brand_in_service(desk: Desk) -> None:
    assert found(desk, [""] * 5) is None
    assert found(desk, [YESTERDAY] * 9, first=5) is None
    for count, end in enumerate((TODAY, TOMORROW, ""), start=1):
        assert found(desk, [end], first=5) == "block"
        assert found(desk, [YESTERDAY] * count, first=5) is None


def test_cards_of_another_application_that_are_out_of_service_do_not_count(desk: Desk) -> None:
    found(desk, [YESTERDAY] * 4, PERSON, "A-0")
    assert found(desk, [""] * 5, PERSON, first=10) is None


@pytest.mark.parametrize("kind", ["enterprise", "sole_proprietor"])
def test_a_company_is_warned_of_above_its_own_limit(desk: Desk, kind: str) -> None:
    assert found(desk, [""] * 50, {"applicant_kind": kind}) is None
    assert found(desk, [""] * 51, {"applicant_kind": kind}) == "warn"
