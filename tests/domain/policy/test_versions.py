"""What became of the versions of a policy."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.policy.versions import VersionDates, VersionState, version_states

START = date(2026, 11, 24)
DAYS = 12

APPLICATIONS = st.lists(st.tuples(st.integers(0, DAYS), st.none() | st.integers(0, DAYS)), min_size=1, max_size=6)
"""The day of each application, and after how many days the version begins; None for at once."""


def newest_begun(versions: list[VersionDates], day: date) -> int:
    """Return the newest version that has begun on a day, of those that were applied by then."""
    return max(one.number for one in versions if one.applied_on <= day and one.begins_on <= day)


@given(APPLICATIONS)
def test_a_version_is_replaced_if_and_only_if_it_is_never_in_force(applications: list[tuple[int, int | None]]) -> None:
    versions = [VersionDates(1, START)]
    for day, begins_after in sorted(applications, key=lambda each: each[0]):
        applied_on = START + timedelta(days=day)
        begins_on = None if begins_after is None else applied_on + timedelta(days=begins_after)
        versions.append(VersionDates(len(versions) + 1, applied_on, begins_on))
    days = [START + timedelta(days=day) for day in range(2 * DAYS + 1)]
    # A version that begins at once was in force until the next one of the same day was applied.
    ever = {newest_begun(versions, day) for day in days} | {
        one.number for one in versions if one.begins_on == one.applied_on
    }
    # One that waited for its day may have been in force that day before another was applied.
    ever |= {
        one.number
        for one in versions
        if newest_begun([each for each in versions if each.applied_on < one.begins_on or each == one], one.begins_on)
        == one.number
    }

    states = version_states(versions, newest_begun(versions, days[-1]))

    assert {number for number, state in states.items() if state is VersionState.REPLACED} == states.keys() - ever
    assert VersionState.TO_COME not in states.values()


def test_each_version_has_its_state() -> None:
    day = START + timedelta(days=10)
    versions = [
        VersionDates(1, START),
        VersionDates(2, START),
        VersionDates(3, START, day + timedelta(days=1)),
        VersionDates(4, START, day),
    ]

    states = version_states(versions, 2)

    assert list(states.values()) == [
        VersionState.EARLIER, VersionState.IN_FORCE, VersionState.REPLACED, VersionState.TO_COME
    ]  # fmt: skip
