"""Which columns of an event log hold the case, the activity and the time: as said, else by their names."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from workbench.i18n import _
from workbench.services.reading.problems import FileProblem, RowProblem

_KNOWN = {
    "case": ("caseconceptname", "caseid", "case", "caseno", "casenumber", "traceid", "trace", "审核单", "受理编号"),
    "activity": ("conceptname", "activityid", "activity", "activityname", "eventname", "event", "task", "活动", "环节"),
    "time": (
        *("timetimestamp", "completetimestamp", "completetime", "endtime", "timestamp", "eventtime", "datetime"),
        *("time", "date", "时间"),
    ),
}
"""Names as logs have them, the surest first; without capitals, blanks and signs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogColumns:
    """The columns that a person has named; None where the name is to be guessed."""

    case: str | None = None
    activity: str | None = None
    time: str | None = None

    def said(self) -> dict[str, str | None]:
        """Return the names by what they hold."""
        return {"case": self.case, "activity": self.activity, "time": self.time}

    def knows(self, text: str) -> bool:
        """Say whether a text is the name of one of the columns, or may be."""
        return text.strip() in self.said().values() or any(_plain(text) in known for known in _KNOWN.values())

    def places(self, names: Sequence[str], file: str, line: int) -> tuple[int, int, int]:
        """Return where case, activity and time stand among the columns of a file.

        Raises:
            FileProblem: If a column is not there, or there twice.
        """
        found = {what: self._place(what, said, names) for what, said in self.said().items()}
        for what, place in found.items():
            if isinstance(place, str):
                raise FileProblem(RowProblem(file=file, line=line, column=self.said()[what] or "", message=place))
        case, activity, time = (place for place in found.values() if isinstance(place, int))
        return case, activity, time

    @staticmethod
    def _place(what: str, said: str | None, names: Sequence[str]) -> int | str:
        """Return where a column stands, or what is wrong."""
        if said is None:
            plain = [_plain(name) for name in names]
            for known in _KNOWN[what]:
                if known in plain:
                    return plain.index(known)
            return _("No column can be guessed for --{what}; name one of these with it: {names}.").format(
                what=what, names=", ".join(name for name in names if name)
            )
        if names.count(said) == 1:
            return names.index(said)
        if said in names:
            return _("The column is there twice; give each column a name of its own.")
        near = get_close_matches(said, names, 1) or [", ".join(name for name in names if name)]
        return _("There is no such column; is it one of {names}?").format(names=near[0])


def _plain(name: str) -> str:
    """Return a name without capitals, blanks and signs."""
    return "".join(character for character in name.casefold() if character.isalnum())
