"""The words of the report: the names of its parts, and its values."""

from db.enums import FailKind, ServiceClass, Verdict
from workbench.domain.case.lifecycle import CLASS_WORDS, VERDICT_WORDS
from workbench.domain.quality.report import Figure, FigureKind, Report, ReportValue
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
        return with_remark(_(VERDICT_WORDS[Verdict(group)]), _("final") if name == FailKind.FINAL else "")
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


def value_cells(kind: FigureKind, value: ReportValue | None) -> tuple[str, ...]:
    """Return the cells of a value under the headings of its kind; a value that is missing has "–"."""
    if value is None:
        return ("–",) * len(HEADINGS[kind])
    return tuple(map(_cell, _FIELDS[kind], (value,) * len(_FIELDS[kind])))


def _cell(name: str, value: ReportValue) -> str:
    if name == "hours":
        return commas(round(value.n / _HOUR_S))
    if name == "interval":
        return "–" if value.low is None or value.high is None else f"{value.low:.1%} – {value.high:.1%}"
    number = getattr(value, name)
    if number is None:
        return "–"
    return f"{number:.1%}" if name == "ratio" else commas(number)


_FIELDS: dict[FigureKind, tuple[str, ...]] = {
    FigureKind.COUNT: ("n",),
    FigureKind.SHARE: ("n", "whole", "ratio", "interval"),
    FigureKind.DAYS: ("n", "p50", "p90", "p95"),
    FigureKind.SECONDS: ("hours", "ratio"),
    FigureKind.PARETO: ("n", "ratio"),
    FigureKind.COMPLAINTS: ("n", "whole"),
    FigureKind.AGREEMENT: ("n", "ratio", "interval"),
}
HEADINGS: dict[FigureKind, tuple[str, ...]] = {
    FigureKind.COUNT: (N_("count"),),
    FigureKind.SHARE: (N_("count"), N_("of"), N_("share"), N_("95 % interval")),
    FigureKind.DAYS: (N_("cases"), N_("median"), "90 %", "95 %"),
    FigureKind.SECONDS: (N_("hours"), N_("share")),
    FigureKind.PARETO: (N_("count"), N_("share")),
    FigureKind.COMPLAINTS: (N_("before"), N_("after")),
    FigureKind.AGREEMENT: (N_("pairs"), N_("agreement"), N_("95 % interval")),
}
"""The headings of the cells of a value."""
