"""The states of the versions of a policy: in force, planned, earlier or replaced."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class VersionState(StrEnum):
    """The state of a version; a replaced one never came into force."""

    IN_FORCE = "in-force"
    TO_COME = "to-come"
    EARLIER = "earlier"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class VersionDates:
    """The day on which a version was applied, and the day from which it is in force; None means at once."""

    number: int
    applied_on: date
    effective_on: date | None = None

    @property
    def begins_on(self) -> date:
        """The day from which it is in force."""
        return self.effective_on or self.applied_on

    def has_begun(self, day: date) -> bool:
        """Say whether the version came into force by a day; without `effective_on` it always has.

        `applied_on` is not compared: it may be later than `day` in another zone, or after the clock was set back.
        """
        return self.effective_on is None or self.effective_on <= day


def versions_replaced_by(versions: Sequence[VersionDates], new: VersionDates) -> tuple[VersionDates, ...]:
    """Return the planned versions that never come into force because a new one is applied."""
    planned = (version for version in versions if version.number < new.number and not version.has_begun(new.applied_on))
    return tuple(version for version in planned if version.begins_on >= new.begins_on)


def version_states(versions: Sequence[VersionDates], in_force: int) -> dict[int, VersionState]:
    """Return the states of versions, by number; `in_force` is the number of the newest that has begun."""
    replaced = {old.number for new in versions for old in versions_replaced_by(versions, new)}

    def state(number: int) -> VersionState:
        if number == in_force:
            return VersionState.IN_FORCE
        if number in replaced:
            return VersionState.REPLACED
        return VersionState.TO_COME if number > in_force else VersionState.EARLIER

    return {version.number: state(version.number) for version in versions}
