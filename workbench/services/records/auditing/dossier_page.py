"""The HTML page of a dossier, with the contents of its other files for people to read."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from db.columns import from_us
from db.enums import CaseState
from workbench.domain.case.case_id import format_case, format_decision
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.lifecycle import STATE_WORDS
from workbench.domain.text.safe import safe
from workbench.i18n import _, current_language, with_details
from workbench.services.case.history import ARRIVAL
from workbench.services.notices.rendering import letter_environment
from workbench.services.records.auditing.case_records import Records
from workbench.services.records.auditing.seen_cases import SeenCase, decision_pairs
from workbench.wording.case.history import action_name, detail_words
from workbench.wording.findings import SEVERITY_WORDS, document_name, finding_text
from workbench.wording.letters import LETTER_KIND_WORDS

_SHOWN_ELSEWHERE = frozenset({"case", "decision", "decision_reason", "event", "finding", "notice", "submission"})

_LEAST_US = 10**15
"""The smallest number that is an instant in microseconds; 10**15 is in 2001."""

_INSTANT = re.compile(r"([0-9-]{10})T([0-9:]{8})(?:\.[0-9]+)?([+-][0-9:]{5})")


@dataclass(frozen=True, slots=True)
class _Section:
    """A table of the page; the cells keep their line breaks."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def dossier_page(casefile: CaseFile, seen: Sequence[SeenCase], records: Records, zone: ZoneInfo) -> str:
    """Return the page as HTML; all times have the offset of the zone."""
    page = {
        "language": "zh-CN" if current_language() == "zh" else "en",
        "title": _("Dossier of {case}").format(case=format_case(casefile.header.id)),
        "sections": [section for section in _sections(casefile, seen, records, zone) if section.rows],
    }
    return letter_environment(is_html=True).get_template("dossier.html.jinja").render(page)


def _sections(casefile: CaseFile, seen: Sequence[SeenCase], records: Records, zone: ZoneInfo) -> Iterator[_Section]:
    def local(at: datetime) -> str:
        return at.astimezone(zone).isoformat(" ", "seconds")

    header, first = casefile.header, casefile.history[-1]
    if first.action == ARRIVAL:
        details = (_("Details"), detail_words(first, casefile))
        yield _pairs(_("Arrival"), (_("At"), local(first.at)), (_("Who"), first.who), details)
    yield _pairs(
        _("Case"),
        (_("Application"), f"{header.agent} {header.application_no}".strip()),
        (_("Applicant"), header.applicant_name),
        (_("State"), _("{state}, round {round}").format(state=_(STATE_WORDS[header.state]), round=header.round)),
        (_("Due"), local(header.due_at) if header.due_at else ""),
    )
    for one in seen:
        message = _("{decision}: as {login} saw the case")
        title = message.format(decision=format_decision(one.decision.id), login=one.decision.maker)
        yield _pairs(
            title, *decision_pairs(one, local), (_("Findings"), _findings(one)), (_("Not redrawn"), "\n".join(one.gaps))
        )
    yield _table(
        _("Events"),
        records.get("event", ()),
        {
            _("No."): itemgetter("seq"),
            _("At"): itemgetter("at"),
            _("Who"): itemgetter("actor_login"),
            _("Action"): _action_words,
            _("State"): lambda row: _(STATE_WORDS[CaseState(row["state"])]) if row["state"] else "",
            _("Clock runs"): itemgetter("is_clock_running"),
            _("Details"): lambda row: _details(row["body"], zone),
        },
    )
    yield _table(
        _("Notices"),
        records.get("notice", ()),
        {
            _("Kind"): lambda row: _(LETTER_KIND_WORDS.get(row["kind"], row["kind"])),
            _("Released"): itemgetter("release_at"),
            _("Sent"): lambda row: (
                with_details(_("cancelled"), _text(row["cancelled_at"])) if row["cancelled_at"] else row["sent_at"]
            ),
            _("Text"): lambda row: f"{row['subject']}\n{row['body']}",
        },
    )
    yield _table(
        _("Documents"),
        casefile.evidence.documents,
        {
            _("Document"): lambda one: document_name(one.kind, casefile.policy, current_language()),
            _("Received"): lambda one: local(one.received_at),
            "SHA-256": lambda one: one.sha256,
        },
    )
    for name, rows in records.items():
        if name not in _SHOWN_ELSEWHERE:
            columns = [column for column in rows[0] if any(row[column] not in (None, "") for row in rows)]
            yield _table(name, rows, {column: itemgetter(column) for column in columns})


def _table(title: str, rows: Iterable[Any], columns: Mapping[str, Callable[[Any], Any]]) -> _Section:
    """Return a table whose columns have a heading, and a function that returns the value for a row."""
    cells = [[safe(_text(value(row)), keep_newlines=True) for value in columns.values()] for row in rows]
    return _Section(title, list(columns), cells)


def _pairs(title: str, *pairs: tuple[str, str]) -> _Section:
    """Return a table of names and values without headings, and without empty values."""
    shown = [[safe(part, keep_newlines=True) for part in (name, text)] for name, text in pairs if text]
    return _Section(title, ("", ""), shown)


def _findings(seen: SeenCase) -> str:
    casefile, language = seen.casefile, current_language()
    return "\n".join(
        f"{_(SEVERITY_WORDS[one.severity])} {one.rule}: {finding_text(one, casefile.policy, language)}"
        for one in casefile.findings
    )


def _action_words(row: Mapping[str, Any]) -> str:
    action = action_name(row["action"])
    return _("refused: {action}").format(action=action) if row["is_refused"] else action


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return " ".join(map(_text, value))
    if isinstance(value, Mapping):
        return " ".join(f"{name}={_text(inner)}" for name, inner in value.items() if not isinstance(inner, Mapping))
    text = "" if value is None else str(value)
    return f"{match[1]} {match[2]}{match[3]}" if (match := _INSTANT.fullmatch(text)) else text


def _details(body: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Return the body of an event with local times; the log has microseconds."""
    return {
        name: from_us(value).astimezone(zone).isoformat() if isinstance(value, int) and value >= _LEAST_US else value
        for name, value in body.items()
    }
