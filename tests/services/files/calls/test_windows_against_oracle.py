"""Facts of random calls equal those of plain loops, in zones that change their clocks and in zones that do not."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from db.enums import Direction
from tests.services.files.calls import oracle, samples
from tests.services.files.calls.samples import KEY, SECOND_US, Call, a_store, at, write
from tests.sizes import sample
from workbench.domain.evidence.evidence import CallFacts
from workbench.domain.evidence.service_period import ServicePeriod
from workbench.services.files.calls.hashing import callee_hash

CARDS = [f"1990000000{digit}" for digit in range(5)]
CALLEES = [f"1990000100{digit}" for digit in range(6)]
DAYS = 4

# Each time is close to a change of the clocks of its zone, where it has one.
_PLACES = [
    # The hour that clocks repeat is one hour.
    ("America/New_York", "2026-11-01T01:30"),
    ("Asia/Shanghai", "2026-03-01T12:00"),
    ("America/New_York", "2026-03-08T02:30"),
    ("America/Sao_Paulo", "2018-02-17T23:30"),
    ("Australia/Lord_Howe", "2026-04-05T02:00"),
    ("Asia/Kathmandu", "2026-03-01T12:00"),
    ("Pacific/Apia", "2011-12-29T23:30"),
]
ZONES = pytest.mark.parametrize(
    ("name", "around"),
    [_PLACES[0], *(pytest.param(*place, marks=pytest.mark.proof) for place in sample(_PLACES[1:], ci=3))],
)


def random_calls(dice: random.Random, around_us: int) -> list[Call]:
    """Return calls in bursts, so that hours, days and five minutes fill up, some of them told twice."""
    calls = []
    for _burst in range(60):
        card, callee = dice.choice(CARDS), dice.choice(CALLEES)
        start_us = around_us + dice.randrange(-5 * 86_400, 4 * 86_400) * SECOND_US
        for _call in range(dice.randrange(1, 6)):
            start_us += dice.choice([0, 1, 60, 150, 299, 300, 301, 1800]) * SECOND_US
            calls.append(
                Call(
                    msisdn=card,
                    callee=dice.choice([callee, callee, dice.choice(CALLEES)]),
                    start_at_us=start_us,
                    duration_s=dice.choice([0, 5, 6, 7, 90]),
                    answered=dice.random() < 0.6,
                    direction=dice.choice([Direction.OUT, Direction.OUT, Direction.OUT, Direction.IN]),
                    imei=dice.choice(["", "490154203237518", "4901542032375101", "49-015420-323752-6"]),
                )
            )
    return calls + dice.sample(calls, 20)


def random_opt_outs(dice: random.Random, calls: list[Call]) -> list[oracle.OptOut]:
    """Return opt-outs at, just before and just after calls, for all and for one card."""
    return [
        (
            call.callee,
            call.start_at_us + dice.choice([-1, 0, 1]),
            dice.choice(["", call.msisdn, dice.choice(CARDS)]),
        )
        for call in dice.sample(calls, 12)
    ]


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.proof) for seed in sample((1, 2), ci=0))])
@ZONES
def test_facts_equal_those_of_plain_loops(tmp_path: Path, name: str, around: str, seed: int) -> None:
    zone, dice = ZoneInfo(name), random.Random(f"{name} {around} {seed}")
    calls = random_calls(dice, at(around, zone))
    opt_outs = random_opt_outs(dice, calls)
    store = a_store(tmp_path)
    files = calls[: len(calls) // 2], calls[len(calls) // 3 :]
    files[1].extend(replace(call, duration_s=3, answered=False, imei="") for call in dice.sample(files[0], 9))
    write(store, 1, files[0])
    write(store, 2, files[1], [1])
    calls = oracle.newest(*files)
    hashed = [(callee_hash(KEY, callee), since_us, card) for callee, since_us, card in opt_outs]
    of_card = defaultdict(list)
    for call in calls:
        of_card[call.msisdn].append(call)

    assert samples.windows(store, [1], [], zone=zone) == samples.windows(store, [], None, zone=zone) == []
    with store.survey([], CARDS, 30, zone) as survey:
        assert (survey.together({1: CARDS}), [*survey.days(), *survey.hours()]) == ({}, [])
    with store.survey([1, 2], CARDS, DAYS, zone, hashed) as survey:
        windows = survey.windows
        together = survey.together({7: [*CARDS[:3], CARDS[0]], 8: CARDS[3:], 9: ["19900009999"], 10: []})
        days, hours = list(survey.days()), list(survey.hours())

    assert windows == [oracle.facts(of_card[card], zone, DAYS, opt_outs) for card in sorted(of_card)]
    assert together == {
        7: oracle.together([c for c in calls if c.msisdn in CARDS[:3]], zone, DAYS, opt_outs),
        8: oracle.together([c for c in calls if c.msisdn in CARDS[3:]], zone, DAYS, opt_outs),
    }
    expected_days: dict[tuple[str, object], list[int]] = defaultdict(lambda: [0, 0])
    expected_hours: dict[tuple[str, int, int], int] = defaultdict(int)
    for card in sorted(of_card):
        for call in oracle.window(oracle.merged(of_card[card]), zone, DAYS)[2]:
            if call.direction is Direction.OUT:
                moment = oracle.local(call, zone)
                expected_days[card, moment.date()][0] += 1
                expected_days[card, moment.date()][1] += call.answered
                expected_hours[card, moment.weekday(), moment.hour] += 1
    assert {(day.msisdn, day.on): [day.calls, day.answered] for day in days} == expected_days
    assert {(hour.msisdn, hour.weekday, hour.hour): hour.calls for hour in hours} == expected_hours


@ZONES
def test_facts_of_a_service_period_are_those_of_the_calls_on_its_days(tmp_path: Path, name: str, around: str) -> None:
    zone, dice = ZoneInfo(name), random.Random(f"{name} {around}")
    calls = random_calls(dice, at(around, zone))
    today = oracle.local(calls[0], zone).date() + timedelta(days=1)
    days = [None, *(today + timedelta(days=ago) for ago in range(-5, 3))]
    periods = [ServicePeriod(card, dice.choice(days), dice.choice(days)) for card in CARDS for _holder in range(4)]
    store = a_store(tmp_path)
    write(store, 1, calls)

    with store.survey([1], [*CARDS, *periods], DAYS, zone, (), today) as survey:
        found = {facts.msisdn: facts for facts in survey.windows}

    for period in periods:
        own = [call for call in calls if call.msisdn == period.msisdn]
        served = [call for call in own if period.covers(oracle.local(call, zone).date())]
        past = [call for call in served if oracle.local(call, zone).date() <= today]
        expected = oracle.facts(past, zone, DAYS, ()) if past else CallFacts()
        assert replace(found.get(period.key, found[period.msisdn]), msisdn="") == replace(expected, msisdn="")
        # Only a period that excludes a call needs figures of its own.
        assert (period.key in found) == (len(served) < len(own) or period.key == period.msisdn)
