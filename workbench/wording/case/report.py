"""The words of the report: the names of its parts, and its values."""

from collections.abc import Iterator
from dataclasses import dataclass

from db.enums import ServiceClass, Verdict
from workbench.domain.case.lifecycle import CLASS_WORDS, VERDICT_WORDS
from workbench.domain.quality.period import Period
from workbench.domain.quality.report import FIGURES, Figure, FigureKind, Report, ReportValue
from workbench.i18n import N_, _, current_language, with_remark
from workbench.wording.amounts import commas
from workbench.wording.letters import LETTER_KIND_WORDS

_PARTS = {
    "": N_("all"),
    "open_start": N_("open at the start"),
    "received": N_("received"),
    "reopened": N_("opened again"),
    "passed": N_("passed"),
    "failed": N_("failed"),
    "lapsed": N_("lapsed"),
    "withdrawn": N_("withdrawn"),
    "open_end": N_("open at the end"),
    "queue": N_("in the queue"),
    "reviewer": N_("with a reviewer"),
    "applicant": N_("with the applicant"),
    "carrier": N_("with the carrier"),
    "registry": N_("with the registry"),
    "department": N_("with a department"),
    "checker": N_("with the checker"),
    "appeal": N_("in appeal"),
    "suspended": N_("suspended"),
    "closed": N_("closed in between"),
    "stands": N_("the decision stands"),
    "overturned": N_("overturned"),
    "open": N_("still open"),
    "bar": N_("barred"),
    "restore": N_("restored"),
    "until_first": N_("up to the usual day"),
    "until_last": N_("up to the last day"),
    "inside": N_("between both days"),
    "batches": N_("imports"),
    "row": N_("rows"),
    "created": N_("created"),
    "updated": N_("updated"),
    "unchanged": N_("unchanged"),
    "rejected": N_("rejected"),
    "raw": N_("raw agreement"),
    "kappa": N_("κ"),
    "ac1": N_("AC1"),
}
_HOUR_S = 3_600


def part_words(figure: Figure, part: str, report: Report) -> str:
    """Return the name of a part of a figure in the current language; names of agents and provinces are stored text."""
    group, is_grouped, name = part.partition(" ")
    if figure.name == "verdicts":
        remark = {"final": _("final"), "fixable": _("can be rectified")}.get(name, "")
        return with_remark(_(VERDICT_WORDS[Verdict(group)]), remark)
    if figure.name == "rounds":
        return _("round {number}").format(number=part)
    if figure.name == "letters":
        return _(LETTER_KIND_WORDS.get(part, part))
    if group == "class" and name in CLASS_WORDS:
        return _(CLASS_WORDS[ServiceClass(name)])
    if is_grouped:
        return _named(name, report) or "–"
    return _(_PARTS[part]) if part in _PARTS else _named(part, report)


def _named(code: str, report: Report) -> str:
    """Return the name of a reason or a department; other names stay as they are."""
    return report.names[code].in_language(current_language()) if code in report.names else code


_FIELDS: dict[FigureKind, dict[str, str]] = {
    FigureKind.COUNT: {"n": N_("count")},
    FigureKind.SHARE: {"ratio": N_("share"), "n": N_("count"), "whole": N_("of"), "interval": N_("95 % interval")},
    FigureKind.DAYS: {"p50": N_("median"), "p90": N_("P90"), "p95": N_("P95"), "n": N_("cases")},
    FigureKind.SECONDS: {"ratio": N_("share"), "hours": N_("hours")},
    FigureKind.PARETO: {"ratio": N_("share"), "n": N_("count")},
    FigureKind.COMPLAINTS: {"whole": N_("after"), "n": N_("before")},
    FigureKind.AGREEMENT: {"ratio": N_("agreement"), "n": N_("pairs"), "interval": N_("95 % interval")},
}
"""The columns of each kind of figure with their headings; a chart shows the first one."""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A row of a figure; `bar` is the length of its bar in a chart, from 0 to 1."""

    name: str
    cells: tuple[str, ...]
    numbers: tuple[float | None, ...]
    bar: float


@dataclass(frozen=True, slots=True)
class FigureTable:
    """A figure in the current language; its columns are those of the period, then those of the period before."""

    figure: Figure
    title: str
    definition: str
    headings: tuple[str, ...]
    rows: tuple[FigureRow, ...]


def period_words(period: Period) -> str:
    """Return the first and the last day of a period."""
    return f"{period.first} – {period.last}"


def figure_tables(report: Report) -> Iterator[FigureTable]:
    """Yield the figures of a report, each with its definition."""
    for figure in FIGURES:
        fields = _FIELDS[figure.kind]
        names = [_(heading) for heading in fields.values()]
        greatest = max((_bar(figure, row.now) for row in report.rows[figure.name]), default=0)
        rows = []
        for row in report.rows[figure.name]:
            values = [(name, value) for value in (row.now, row.before) for name in fields]
            rows.append(
                FigureRow(
                    name=part_words(figure, row.part, report),
                    cells=tuple(_cell(name, value) for name, value in values),
                    numbers=tuple(_number(name, value) for name, value in values),
                    bar=_bar(figure, row.now) / greatest if greatest else 0.0,
                )
            )
        before = [_("{figure} before").format(figure=name) for name in names]
        yield FigureTable(figure, _(figure.title), _(figure.definition), (*names, *before), tuple(rows))


def _bar(figure: Figure, value: ReportValue | None) -> float:
    return _number(next(iter(_FIELDS[figure.kind])), value) or 0.0


def _number(name: str, value: ReportValue | None) -> float | None:
    if value is None or name == "interval":
        return None
    return value.n / _HOUR_S if name == "hours" else getattr(value, name)


def _cell(name: str, value: ReportValue | None) -> str:
    if name == "interval" and value is not None and value.low is not None and value.high is not None:
        return f"{value.low:.1%} – {value.high:.1%}"
    number = _number(name, value)
    if number is None:
        return "–"
    return f"{number:.1%}" if name == "ratio" else commas(round(number))
