"""Completes the cases that are still open by simulation (a semi-Markov chain of activities).

The open cases are most of what is known about long waits, so leaving them out makes every forecast too short. For each
activity, the chain knows how often it ends a case, how long the wait for the next activity is, and which one follows.
The waits are estimated as Kaplan and Meier (1958) do: a wait that still lasts is censored, and a wait that began before
the window of observation enters late (left truncation, Tsai and others 1987).
"""

from dataclasses import dataclass, replace

import numpy as np

from workbench.domain.forecast.learning.arrays import BoolArray, FloatArray, IntArray
from workbench.domain.forecast.learning.past_split import KnownEvents

_FEWEST_EVENTS = 15
"""Activities with fewer events share one distribution of waits."""

_MOST_STEPS = 60
"""The most simulated activities of one case."""

_ALL = -1
"""The code of all activities together."""


@dataclass(frozen=True, slots=True)
class _Waits:
    """What follows an activity.

    Attributes:
        wait_s: The known waits for the next activity, shortest first.
        cumulative: The probability that a wait is at most as long as each of them.
        next_activity: The activity after each of them.
        end_share: How often the activity ends a case, 0 to 1.
    """

    wait_s: FloatArray
    cumulative: FloatArray
    next_activity: IntArray
    end_share: float

    def draw(self, waited_s: FloatArray, random: np.random.Generator) -> tuple[FloatArray, IntArray]:
        """Draw how much longer each wait lasts, given how long it has lasted, and the activity that follows."""
        # A wait can have no length. A known wait as long as this one so far still counts, since this one is not over.
        first = np.searchsorted(self.wait_s, waited_s, side="left")
        cumulative_before = np.append(0.0, self.cumulative)[first]
        level = cumulative_before + random.random(len(waited_s)) * (self.cumulative[-1] - cumulative_before)
        index = np.minimum(np.searchsorted(self.cumulative, level), len(self.wait_s) - 1)
        # A wait that is longer than all known ones lasts on average as long again.
        longer = np.where(first < len(self.wait_s), self.wait_s[index] - waited_s, random.exponential(1) * waited_s)
        return np.maximum(longer, 0), self.next_activity[index]


def simulated_ends_s(events: KnownEvents, random: np.random.Generator) -> FloatArray:
    """Return the end of each event's case: the actual end if the case is over, else a simulated one."""
    is_open = events.is_last & ~events.is_over
    waits = _fit_waits(events)
    if not waits:
        return np.where(events.is_over, events.ended_s, events.until_s)
    left_s = _remaining_s(waits, events.activity[is_open], events.until_s - events.at_s[is_open], random)
    end_s = np.zeros(int(events.case.max()) + 1)
    end_s[events.case[is_open]] = events.until_s + left_s
    return np.where(events.is_over, events.ended_s, end_s[events.case])


def _remaining_s(
    waits: dict[int, _Waits], activity: IntArray, waited_s: FloatArray, random: np.random.Generator
) -> FloatArray:
    """Simulate how much longer each open case lasts."""
    remaining_s = np.zeros(len(activity))
    rows = np.arange(len(activity))
    for _step in range(_MOST_STEPS):
        following = activity.copy()
        for code in np.unique(activity[rows]).tolist():
            of_code = rows[activity[rows] == code]
            longer_s, following[of_code] = waits.get(code, waits[_ALL]).draw(waited_s[of_code], random)
            remaining_s[of_code] += longer_s
        activity, waited_s = following, np.zeros(len(activity))
        end_share = np.array([waits.get(code, waits[_ALL]).end_share for code in activity[rows].tolist()])
        rows = rows[random.random(len(rows)) >= end_share]
    return remaining_s


def _fit_waits(events: KnownEvents) -> dict[int, _Waits]:
    """Return the waits after each activity and after all of them (`_ALL`); empty if no wait is known.

    A rare activity has the waits of all, but its own share of ends.
    """
    next_s = np.where(events.is_last, events.until_s, np.append(events.at_s[1:], events.until_s))
    following = np.append(events.activity[1:], _ALL)
    is_end = events.is_last & events.is_over
    is_wait = (next_s > events.opened_s) & ~is_end
    is_in_window = events.is_in_window
    waits_by_activity: dict[int, _Waits] = {}
    for code in (_ALL, *np.unique(events.activity).tolist()):
        is_of_code = (events.activity == code) | (code == _ALL)
        is_counted = is_of_code & is_in_window
        waits = is_of_code & is_wait
        has_known_wait = (waits & ~events.is_last).any()
        of_all = waits_by_activity.get(_ALL)
        # A rare activity may always end a case, so its own ends count. The share of all activities counts as one event.
        ends = float(is_end[is_counted].sum()) + (of_all.end_share if of_all else 0.0)
        end_share = ends / (is_counted.sum() + 1)
        if of_all and (is_counted.sum() < _FEWEST_EVENTS or not has_known_wait):
            waits_by_activity[code] = replace(of_all, end_share=end_share)
        elif has_known_wait:
            entered_s = np.maximum(events.opened_s - events.at_s, 0)
            wait_s, cumulative, order = _kaplan_meier(
                (next_s - events.at_s)[waits], entered_s[waits], ~events.is_last[waits]
            )
            waits_by_activity[code] = _Waits(wait_s, cumulative, following[waits][order], end_share)
        else:
            return {}
    return waits_by_activity


def _kaplan_meier(
    lasted_s: FloatArray, entered_s: FloatArray, is_known: BoolArray
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Return the known waits in order, the cumulative probability of each, and their indices.

    Args:
        lasted_s: How long each wait lasted, so far if its end is not known.
        entered_s: How long each wait had lasted when the window of observation opened.
        is_known: Whether the end of each wait is known.
    """
    order = np.flatnonzero(is_known)[np.argsort(lasted_s[is_known], kind="stable")]
    wait_s = lasted_s[order]
    times, number, count = np.unique(wait_s, return_inverse=True, return_counts=True)
    at_risk = np.searchsorted(np.sort(entered_s), times, side="right") - np.searchsorted(np.sort(lasted_s), times)
    survival = np.cumprod(1 - count / np.maximum(at_risk, count))
    chance = -np.diff(np.append(1.0, survival))
    return wait_s, np.cumsum((chance / count)[number]), order
