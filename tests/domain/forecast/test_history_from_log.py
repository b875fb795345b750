"""The history of a case as the forecast reads it from the event log."""

from workbench.domain.forecast.case_history import CaseHistory, QueueSpells
from workbench.domain.forecast.history_from_log import LoggedAct, steps_from_acts


def steps_of(*acts: tuple[str, str, float], complete_at: float = 0.5) -> list[tuple[str, float]]:
    """Return the steps of logged actions as pairs."""
    found = steps_from_acts(
        (LoggedAct(action, state, state != "rectifying", at) for action, state, at in acts), complete_at
    )
    return [(step.what, step.at) for step in found]


def test_a_verdict_is_a_step_and_a_hold_is_not() -> None:
    assert steps_of(("complete", "queued", 1), ("next", "in_review", 1.5), ("decide", "passed", 2)) == [
        ("queued", 1),
        ("verdict", 2),
        ("passed", 2),
    ]


def test_an_undone_verdict_is_no_step() -> None:
    acts = (("complete", "queued", 1), ("decide", "rectifying", 2), ("undo", "in_review", 2.1), ("decide", "passed", 3))

    assert steps_of(*acts) == [("queued", 1), ("verdict", 3), ("passed", 3)]


def test_after_an_undone_check_the_verdict_awaits_its_check() -> None:
    acts = (
        ("complete", "queued", 1),
        ("decide", "awaiting_check", 2),
        ("approve", "failed", 3),
        ("undo", "awaiting_check", 3.1),
    )

    assert steps_of(*acts) == [("queued", 1), ("verdict", 2), ("awaiting_check", 2)]


def test_a_history_begins_when_the_case_is_complete() -> None:
    assert steps_of(("next", "in_review", 2), ("decide", "passed", 3)) == [
        ("queued", 0.5),
        ("verdict", 3),
        ("passed", 3),
    ]
    assert steps_of() == [("queued", 0.5)]


def test_pending_on_others_and_on_the_applicant_are_different_steps() -> None:
    found = steps_from_acts([LoggedAct("complete", "queued", True, 1), LoggedAct("decide", "pending", True, 2)], 1)
    assert found[-1].what == "pending_others"
    found = steps_from_acts([LoggedAct("complete", "queued", True, 1), LoggedAct("decide", "pending", False, 2)], 1)
    assert found[-1].what == "pending"


def test_the_due_date_moves_by_the_time_of_the_applicant() -> None:
    acts = (("complete", "queued", 1.2), ("decide", "rectifying", 2.0), ("resubmit", "queued", 5.5))
    steps = steps_from_acts((LoggedAct(action, state, True, at) for action, state, at in acts), 1.2)

    spells = QueueSpells.of([CaseHistory(case=1, steps=steps, attributes={}, class_days=3)])

    assert spells.due.tolist() == [5.0, 8.5]
    assert spells.left.tolist() == [2.0, float("inf")]
