"""Finds the case, activity and time columns of an event log: by the names that the user gave, else by usual names."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches

from workbench.i18n import _
from workbench.services.files.reading.problems import FileProblem, RowProblem

_USUAL_NAMES = {
    "case": ("caseconceptname", "caseid", "case", "caseno", "casenumber", "traceid", "trace", "审核单", "受理编号"),
    "activity": ("conceptname", "activityid", "activity", "activityname", "eventname", "event", "task", "活动", "环节"),
    "time": (
        *("timetimestamp", "completetimestamp", "completetime", "endtime", "timestamp", "eventtime", "datetime"),
        *("time", "date", "时间"),
    ),
}
"""Usual column names, the most reliable first, in lower case and without blanks and punctuation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogColumns:
    """The column names that the user gave; a column without one (None) is found by its usual names."""

    case: str | None = None
    activity: str | None = None
    time: str | None = None

    def is_column_name(self, text: str) -> bool:
        """Say whether a text is a column name that the user gave, or a usual column name."""
        return text.strip() in asdict(self).values() or any(_plain(text) in usual for usual in _USUAL_NAMES.values())

    def indexes(self, names: Sequence[str], file: str, line: int) -> tuple[int, int, int]:
        """Return the indexes of case, activity and time among the columns of a file.

        Raises:
            FileProblem: If a column is missing or occurs twice.
        """
        case, activity, time = (_index(what, name, names, file, line) for what, name in asdict(self).items())
        return case, activity, time


def _index(what: str, given: str | None, names: Sequence[str], file: str, line: int) -> int:
    """Return the index of a column."""
    if given is None:
        plain = [_plain(name) for name in names]
        for usual in _USUAL_NAMES[what]:
            if usual in plain:
                return plain.index(usual)
    elif names.count(given) == 1:
        return names.index(given)
    raise FileProblem(RowProblem(file=file, line=line, column=given or "", message=_problem(what, given, names)))


def _problem(what: str, given: str | None, names: Sequence[str]) -> str:
    """Return the message about a column that was not found."""
    all_names = ", ".join(name for name in names if name)
    if given is None:
        message = _("No column was recognized for --{what}; name one of these with it: {names}.")
        return message.format(what=what, names=all_names)
    if given in names:
        return _("The column occurs twice; give each column a unique name.")
    near = get_close_matches(given, names, 1) or [all_names]
    return _("There is no such column; is it one of {names}?").format(names=near[0])


def _plain(name: str) -> str:
    """Return a name in lower case, without blanks and punctuation."""
    return "".join(character for character in name.casefold() if character.isalnum())
