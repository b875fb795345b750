"""The history of a case as the forecast reads it from the event log."""

from workbench.domain.forecast.case_history import CaseHistory, QueueSpells, paused_since
from workbench.domain.forecast.history_from_log import LoggedAct, steps_from_acts


def acts_of(*acts: tuple[str, str, float]) -> list[LoggedAct]:
    """Return logged acts; the clock runs except while the applicant rectifies."""
    return [
        LoggedAct(action=action, state=state, is_running=state != "rectifying", at=at) for action, state, at in acts
    ]


def steps_of(*acts: tuple[str, str, float], complete_at: float = 0.5) -> list[tuple[str, float]]:
    """Return the steps of logged actions as pairs."""
    found = steps_from_acts(acts_of(*acts), complete_at)
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


def test_an_undo_that_leaves_the_verdict_removes_only_its_own_act() -> None:
    for acts, left in [
        ((("withdraw", "withdrawn", 3), ("undo", "rectifying", 3.1)), "rectifying"),
        ((("resubmit", "queued", 3), ("undo", "rectifying", 3.1)), "rectifying"),
        ((("resubmit", "queued", 3), ("withdraw", "withdrawn", 4), ("undo", "in_review", 4.1)), "queued"),
        ((("undo", "rectifying", 3.1),), "rectifying"),
        ((("resubmit", "queued", 3), ("undo", "queued", 3.1)), "queued"),
    ]:
        steps = steps_of(("complete", "queued", 1), ("decide", "rectifying", 2), *acts)

        assert steps[:3] == [("queued", 1), ("verdict", 2), ("rectifying", 2)]
        assert steps[-1][0] == left
        assert "withdrawn" not in dict(steps)


def test_an_undone_reopening_is_no_step_and_leaves_the_verdict() -> None:
    steps = steps_of(
        ("complete", "queued", 1), ("decide", "passed", 2), ("reopen", "queued", 3), ("undo", "passed", 3.1)
    )

    assert steps == [("queued", 1), ("verdict", 2), ("passed", 2)]


def test_pending_on_others_and_on_the_applicant_are_different_steps() -> None:
    for is_running, what in ((True, "pending_others"), (False, "pending")):
        pending = LoggedAct(action="decide", state="pending", is_running=is_running, at=2)
        assert steps_from_acts([*acts_of(("complete", "queued", 1)), pending], 1)[-1].what == what


LAPSE_TAKEN_BACK = (("lapse", "lapsed", 4.0), ("lapse-undone", "rectifying", 5.0))


def test_the_due_date_moves_by_the_time_of_the_applicant() -> None:
    for meanwhile in [(), LAPSE_TAKEN_BACK]:
        acts = (("complete", "queued", 1.2), ("decide", "rectifying", 2.0), *meanwhile, ("resubmit", "queued", 5.5))
        steps = steps_from_acts(acts_of(*acts), 1.2)
        assert paused_since(steps[:-1]) == 2.0
        assert paused_since(steps) is None

        spells = QueueSpells.of([CaseHistory(case=1, steps=steps, attributes={}, class_days=3)])

        # Received on day 1 with 3 promised days, so due at the end of day 4; the applicant then took 5.5 - 2.0 days.
        assert spells.due.tolist() == [5.0, 8.5]
        # When the case left the queue; its second spell is not over.
        assert spells.left.tolist() == [2.0, float("inf")]
