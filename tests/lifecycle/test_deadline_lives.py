"""Deadlines of applicants pass, move and are told as an oracle of their own says, whatever suspends work."""

import shutil

import pytest

from tests.lifecycle.deadline_lives import TALLY, live, template
from tests.sizes import sized


@pytest.mark.promise("P5")
@pytest.mark.proof
@pytest.mark.parametrize("lives", [sized(ci=8, full=400)])
def test_deadlines_in_random_lives_are_as_the_oracle_has_them(lives: int) -> None:
    TALLY.clear()
    started = template()
    for seed in range(lives):
        live(seed, started)
    shutil.rmtree(started)
    print(f"\n{lives} lives: {dict(TALLY.most_common())}")  # noqa: T201 - the figures of the proof
