"""Random walks of people through the life of cases leave database and log as a simple model has them."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.lifecycle.later_acts import WholeLifeMachine
from tests.sizes import sized

STEPS = 50


@pytest.mark.proof
@pytest.mark.parametrize("steps", [sized(ci=500, full=10_000)])
def test_the_life_of_cases_is_as_the_model_has_it(steps: int) -> None:
    walks = settings(
        max_examples=steps // STEPS,
        stateful_step_count=STEPS,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(WholeLifeMachine, settings=walks)
