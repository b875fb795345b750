"""What is planned for the demo: its applications, and what happens to each and when."""

from collections.abc import Iterator
from dataclasses import dataclass

from db.enums import ApplicantKind, Language
from workbench.services.demo import fixtures

APPLICANT = "applicant"
"""Who acts where a step is the applicant's word, which somebody at the desk writes down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One step of a story: so many working days before today somebody does something.

    `codes` are reasons, the login a case is given to, or the twists that stay or come; `is_undone` says that the
    verdict is taken back within its grace and given again.
    """

    before: int
    who: str
    what: str
    codes: tuple[str, ...] = ()
    is_undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCase:
    """One application of the demo; `arrives` counts working days before today."""

    no: int
    arrives: int
    agent: str
    kind: ApplicantKind
    language: Language
    province: str
    trade: str
    word: str
    cards: int
    service_class: str
    twists: tuple[str, ...]
    story: tuple[Planned, ...]

    @property
    def application_no(self) -> str:
        """The number that the agent gave it."""
        return f"DEMO-{self.no:03d}"


def planned_cases() -> tuple[DemoCase, ...]:
    """Return every application of the demo, the earliest first."""
    return tuple(
        DemoCase(
            no=int(row["no"]),
            arrives=int(row["arrives"]),
            agent=row["agent"],
            kind=ApplicantKind(row["kind"]),
            language=Language(row["language"]),
            province=row["province"],
            trade=row["trade"],
            word=row["word"],
            cards=int(row["cards"]),
            service_class=row["service_class"],
            twists=tuple(filter(None, row["twists"].split(";"))),
            story=tuple(_steps(row["story"])),
        )
        for row in fixtures.rows("cases")
    )


def _steps(story: str) -> Iterator[Planned]:
    """Read `29/rev2/fix:DOC-UNSEALED+USE-SCRIPT~ 26/applicant/mend 25/rev2/pass:OK-MENDED`."""
    for step in story.split():
        before, who, what = step.split("/")
        what, _colon, codes = what.removesuffix("~").partition(":")
        yield Planned(
            before=int(before),
            who=who,
            what=what,
            codes=tuple(filter(None, codes.split("+"))),
            is_undone=step.endswith("~"),
        )
