from datetime import UTC, date, datetime

import pytest

from db.enums import DocumentKind
from workbench.domain.values.identifiers import iccid_luhn, ric_valid, uscc_valid
from workbench.services.demo import fixtures
from workbench.services.demo.handed import handed
from workbench.services.demo.numbers import card_number, credit_code, id_number, sim_number
from workbench.services.demo.plan import Planned, planned_cases
from workbench.services.demo.twists import Twist, twist_of

CASES = planned_cases()


def test_numbers_have_the_right_check_digits() -> None:
    assert ric_valid(id_number("440000", date(1988, 3, 12), 999), date(2026, 11, 25))
    assert not ric_valid(id_number("440000", date(1988, 3, 12), 999, is_wrong=True), date(2026, 11, 25))
    assert uscc_valid(credit_code("92", "510000", 37))
    assert card_number("170", 7, 2) == "17000000702"
    assert iccid_luhn(sim_number(7, 2))


def test_what_an_application_hands_in_has_right_numbers_unless_a_twist_says_otherwise() -> None:
    wrong = {"id-wrong", "legal-id-wrong", "uscc-wrong", "iccid-wrong"}
    for case in CASES:
        if wrong & set(case.twists):
            continue
        found = handed(
            case, twist_of(case.twists), datetime(2026, 11, 20, 10, 30, tzinfo=UTC), (DocumentKind.BIZ_LICENSE,)
        )
        numbers = {found.application.get("handler_id_no"), found.application.get("legal_rep_id_no", "")} - {""}
        assert all(ric_valid(str(number), date(2026, 11, 25)) for number in numbers), case.no
        assert not found.cast.uscc or uscc_valid(found.cast.uscc), case.no
        assert all(iccid_luhn(card["iccid"]) for card in found.cards), case.no


def test_every_twist_is_used_and_every_story_begins_after_its_application_came() -> None:
    assert {name for case in CASES for name in case.twists} == set(fixtures.table("twists"))
    for case in CASES:
        days = [case.arrives, *(step.before for step in case.story)]
        assert days == sorted(days, reverse=True), case.no
        assert all(step.before < case.arrives for step in case.story if step.what != "assign"), case.no


def test_a_story_is_read_step_by_step() -> None:
    story = next(case.story for case in CASES if case.story and case.story[0].is_undone)

    assert story == (Planned(before=story[0].before, who=story[0].who, what="pass", codes=("OK",), is_undone=True),)


def test_several_twists_become_one() -> None:
    both = twist_of(("unsealed", "no-consent"))

    assert both.rules == ("DOC-UNSEALED", "USE-CONSENT")
    assert both.application == {"consent_source": ""}
    assert both.documents == {"COMMITMENT_LETTER": {"sealed": "no"}}
    assert twist_of(()) == Twist()
    assert not twist_of(("no-credit",)).is_looked_up


def test_an_unknown_twist_is_told() -> None:
    with pytest.raises(KeyError, match="no-such"):
        twist_of(("no-such",))
