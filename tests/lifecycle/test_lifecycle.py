"""Random walks of people through the life of cases leave database and log as a simple model has them."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.lifecycle.forgeries import ForgeriesMachine
from tests.lifecycle.verdict_acts import UNDONE
from tests.lifecycle.walk import DONE, WALKED
from tests.sizes import sized
from workbench.domain.case.lifecycle import PERMISSIONS, Action

STEPS = 100
FULL = 10_000
OFTEN = 20

OF_NO_STATE = frozenset(
    {Action.REVEAL, Action.DOCUMENTS, Action.DOSSIER, Action.FORECAST, Action.SUSPEND, Action.RESUME}
)
"""The acts that only read a case, or concern none."""

OF_MANY_STATES = frozenset(
    {
        *(Action.COMMENT, Action.VERIFY, Action.CHECKLIST, Action.CONTACT),
        *(Action.INQUIRE, Action.INQUIRY_ANSWER, Action.INQUIRY_WITHDRAW),
        *(
            Action.LEGAL_HOLD,
            Action.LEGAL_HOLD_END,
            Action.CLASS,
            Action.PRIORITY,
            Action.EXTEND,
            Action.WITHDRAW,
            Action.UNDO,
        ),
    }
)
"""The acts of most states, of which chance does not promise every state."""


@pytest.mark.promise("P5", "K3")
@pytest.mark.proof
@pytest.mark.parametrize("steps", [sized(ci=300, full=FULL)])
def test_the_life_of_cases_is_as_the_model_has_it(steps: int) -> None:
    walks = settings(
        max_examples=steps // STEPS,
        stateful_step_count=STEPS,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    for tally in (DONE, UNDONE, WALKED):
        tally.clear()
    run_state_machine_as_test(ForgeriesMachine, settings=walks)
    print(f"\n{table(DONE)}")  # noqa: T201 - the figures of the proof
    print(f"\nundone at once\n{table(UNDONE)}")  # noqa: T201 - the figures of the proof
    if steps == FULL:
        acts = [action for action in Action if action not in OF_NO_STATE]
        counts = {action: sum(count for (act, _state), count in WALKED.items() if act == action) for action in acts}
        assert {action: count for action, count in counts.items() if count < OFTEN} == {}
        arrows = [
            (action, state) for action in acts if action not in OF_MANY_STATES for state in PERMISSIONS[action].states
        ]
        assert [arrow for arrow in sorted(arrows) if arrow not in WALKED] == []


def table(tally: Counter[str]) -> str:
    """Return how often each act succeeded, in lines."""
    return "\n".join(f"{count:6} {name}" for name, count in tally.most_common())
