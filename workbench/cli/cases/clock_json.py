"""The walk of a clock as JSON: the keys of the contract, and the sentences of the screen."""

from typing import Any
from zoneinfo import ZoneInfo

from workbench.cli.framework.json_values import plain
from workbench.domain.clock.explanation import Step, Walk
from workbench.wording.clock_explanation import ClockWords


def walk_document(walk: Walk, words: ClockWords, zone: ZoneInfo) -> dict[str, Any]:
    """Return a walk; `what` is a fixed word, `counts` whether the clock runs, `text` the sentence for people."""
    return {
        "due_at": plain(walk.due_at, zone),
        "due_provisional": walk.due_provisional,
        "running": walk.running,
        "paused": walk.is_paused,
        "suspended": walk.is_suspended,
        "working_days_left": walk.working_days_left,
        "mend_by": plain(walk.mend_by, zone),
        "class_days": walk.class_days,
        "steps": [_step(step, words, zone) for step in walk.steps],
    }


def _step(step: Step, words: ClockWords, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "from": plain(step.start, zone),
        "to": plain(step.end, zone),
        "what": step.what.value,
        "counts": step.counts,
        "working_s": step.working_s,
        "detail": step.detail or None,
        "text": words.line(step),
    }
