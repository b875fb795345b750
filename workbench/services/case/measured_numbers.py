"""The phone numbers that the measure of a decision concerns."""

import json
from datetime import date
from operator import itemgetter

from sqlmodel import Session

from db.enums import Measure
from db.models import CaseRow, DecisionRow
from db.queries.published import newest_of_many
from workbench.services.case.evidence_reader import APPLICATION, CARD, application_key, snapshot_of
from workbench.services.case.known_people import BETWEEN_NUMBERS

_KEY = "msisdns"
"""The name under which a decision keeps its numbers in `seen`: that of the personal column of applications."""


def numbers_in_service(session: Session, case: CaseRow, today: date) -> tuple[str, ...]:
    """Return the numbers of a case: those of its application and of its cards, without those out of service.

    A number that is out of service may belong to somebody else by now.
    """
    key = [(case.agent, case.application_no)]
    snapshot = snapshot_of(case)
    cards = newest_of_many(
        session, (CARD.c.agent, CARD.c.application_no), key, itemgetter("agent", "application_no", "msisdn"), snapshot
    )
    applications = newest_of_many(
        session, (APPLICATION.c.agent, APPLICATION.c.application_no), key, application_key, snapshot
    )
    ended = {card["msisdn"] for card in cards if card["service_ended_on"] and card["service_ended_on"] <= today}
    stated = [number for row in applications for number in row["msisdns"].split(BETWEEN_NUMBERS)]
    numbers = dict.fromkeys([*stated, *(card["msisdn"] for card in cards)])
    return tuple(number for number in numbers if number and number not in ended)


def keep_numbers(decision: DecisionRow, numbers: tuple[str, ...]) -> None:
    """Keep the numbers that the measure of a decision concerns, as of the moment when it comes into force."""
    decision.seen = json.dumps({**json.loads(decision.seen), _KEY: BETWEEN_NUMBERS.join(numbers)}, ensure_ascii=False)


def kept_numbers(measure: str, seen: str) -> tuple[str, ...] | None:
    """Return the numbers that the measure of a decision concerns; None if the decision has not kept any."""
    if measure == Measure.NONE:
        return ()
    kept = json.loads(seen).get(_KEY)
    return None if kept is None else tuple(filter(None, kept.split(BETWEEN_NUMBERS)))
