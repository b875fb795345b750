"""The figures of the board: each is a name and the filter of the cases that it counts."""

from dataclasses import dataclass
from datetime import date

from db.enums import CaseState
from workbench.domain.case.lifecycle import OPEN_STATES, STATE_WORDS
from workbench.domain.filter.parser import FilterTerm
from workbench.i18n import N_

NOBODY, LIKELY_LATE = "nobody", "likely:late"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the office; its `filter` is None if it counts other things than cases."""

    name: str
    label: str
    filter: str | None


@dataclass(frozen=True, slots=True)
class PersonFigure:
    """A figure of each person."""

    name: str
    label: str
    filter: str
    """The filter of its cases, without the person."""
    by: str
    """The filter key whose value is the person."""

    def filter_of(self, login: str) -> str:
        """Return the filter of the cases that the figure counts for a person, or for nobody."""
        return f"{self.filter} {FilterTerm(key=self.by, values=(login,))}".strip()


OFFICE_FIGURES = (
    *(Figure(state.value, STATE_WORDS[state], f"state:{state}") for state in CaseState if state in OPEN_STATES),
    Figure("overdue", N_("overdue"), "due:overdue"),
    Figure("due_today", N_("due today"), "due:today"),
    Figure("likely_late", N_("likely late"), LIKELY_LATE),
    Figure("stuck", N_("stuck"), "stuck:any"),
    Figure("to_reopen", N_("to open again"), "attention:reopen"),
    Figure("unsent_letters", N_("unsent letters"), None),
    Figure("measures_owed", N_("measures owed"), None),
    Figure("campaign_cases_left", N_("re-reviews to come"), None),
    Figure("inquiries_overdue", N_("inquiries overdue"), "inquiry:overdue"),
)

PERSON_FIGURES = (
    PersonFigure("held", N_("held"), "-holder:nobody", "holder"),
    PersonFigure("aside", N_("aside"), "hold:aside", "holder"),
    PersonFigure("assigned", N_("assigned"), "-assignee:nobody", "assignee"),
    PersonFigure("returned", N_("sent back"), "hold:returned", "assignee"),
    PersonFigure("pending", N_("pending"), "state:pending", "owner"),
    PersonFigure("staged", N_("staged"), "state:awaiting_check", "owner"),
    PersonFigure("overdue", N_("overdue"), "due:overdue", "owner"),
    PersonFigure("due_today", N_("due today"), "due:today", "owner"),
    PersonFigure("likely_late", N_("likely late"), LIKELY_LATE, "owner"),
    PersonFigure("decided_today", N_("decided today"), "state:all decided:today", "maker"),
)

FORECAST_FIGURES = frozenset({"likely_late"})
"""The figures that need a forecast, which may take seconds."""


def movable_filter(login: str) -> str:
    """Return the filter of the open cases of a person that can be moved to others; appealed cases cannot."""
    return f"owner:{login} -state:appealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPerson:
    """A row of the board: the counts of a person by the names of PERSON_FIGURES.

    Attributes:
        login: The person; `nobody` for cases without one.
        median_minutes: From taking a case to its verdict, over the verdicts of the last five days; None without any.
        is_away: Whether the person is away today.
        away_until: The last day of the absence; None if the person is not away, or if nobody knows the day.
    """

    login: str
    counts: dict[str, int]
    median_minutes: float | None = None
    is_away: bool = False
    away_until: date | None = None

    @property
    def is_nobody(self) -> bool:
        """Whether this is the row of the cases without a person."""
        return self.login == NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardDay:
    """The cases that arrived and the verdicts that were given on a working day, or on the days off before it."""

    on: date
    arrived: int
    decided: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The board: the counts of the office by the names of OFFICE_FIGURES, the people, and the last working days.

    `counts` lacks the figures that nobody asked for. `ages` counts the open cases by the days since they were received,
    from 0 on; the last number counts all older ones.
    """

    counts: dict[str, int]
    people: tuple[BoardPerson, ...]
    days: tuple[BoardDay, ...]
    ages: tuple[int, ...]
