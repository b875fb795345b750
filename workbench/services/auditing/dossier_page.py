"""The page of a dossier that people read; it shows what the other files of the folder hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from db.columns import from_us
from workbench.domain.case.case_id import format_case, format_decision
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.lifecycle import STATE_WORDS
from workbench.domain.text.safe import safe
from workbench.i18n import _, current_language
from workbench.services.auditing.case_records import Records
from workbench.services.auditing.seen_cases import SeenCase
from workbench.services.notices.verdict_letter import letter_environment
from workbench.wording.findings import text_of

_SHOWN_ELSEWHERE = frozenset({"case", "decision", "decision_reason", "event", "finding", "notice", "submission"})

_LEAST_US = 10**15
"""The smallest number that is an instant in microseconds; 10**15 is in 2001."""


@dataclass(frozen=True, slots=True)
class _Section:
    """A table of the page; lines of a cell are kept."""

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
    return letter_environment().get_template("dossier.html.jinja").render(page)


def _sections(casefile: CaseFile, seen: Sequence[SeenCase], records: Records, zone: ZoneInfo) -> Iterator[_Section]:
    header = casefile.header
    pairs = {
        _("Application"): f"{header.agent} {header.application_no}".strip(),
        _("Applicant"): header.applicant_name,
        _("State"): _("{state}, round {round}").format(state=_(STATE_WORDS[header.state]), round=header.round),
        _("Due"): header.due_at.astimezone(zone).isoformat() if header.due_at else "",
    }
    yield _Section(_("Case"), ("", ""), [_texts(pair) for pair in pairs.items()])
    for one in seen:
        yield _Section(_decided(one), ("", ""), [_texts(pair) for pair in _seen_pairs(one, zone) if pair[1]])
    events = records.get("event", ())
    yield _Section(
        _("Events"),
        (_("No."), _("At"), _("Who"), _("Action"), _("State"), _("Clock runs"), _("Details")),
        [
            _texts(
                (
                    row["seq"],
                    row["at"],
                    row["actor_login"],
                    _act(row),
                    row["state"],
                    row["is_clock_running"],
                    _details(row["body"], zone),
                )
            )
            for row in events
        ],
    )
    yield _Section(
        _("Notices"),
        (_("Kind"), _("Release"), _("Sent"), _("Text")),
        [
            _texts(
                (
                    row["kind"],
                    row["release_at"],
                    row["sent_at"] or row["cancelled_at"],
                    f"{row['subject']}\n{row['body']}",
                )
            )
            for row in records.get("notice", ())
        ],
    )
    yield _Section(
        _("Documents"),
        (_("Document"), _("Received"), "SHA-256"),
        [
            _texts((one.kind.value, one.received_at.astimezone(zone).isoformat(), one.sha256))
            for one in casefile.evidence.documents
        ],
    )
    for name, rows in records.items():
        if name not in _SHOWN_ELSEWHERE:
            columns = [column for column in rows[0] if any(row[column] not in (None, "") for row in rows)]
            yield _Section(name, columns, [_texts(row[column] for column in columns) for row in rows])


def _decided(seen: SeenCase) -> str:
    message = _("{decision}: as {login} saw the case")
    return message.format(decision=format_decision(seen.decision.id), login=seen.decision.maker)


def _seen_pairs(seen: SeenCase, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    decision, casefile, language = seen.decision, seen.casefile, current_language()
    yield _("At"), decision.decided_at.astimezone(zone).isoformat()
    yield _("Verdict"), f"{decision.verdict.value} {decision.fail_kind.value if decision.fail_kind else ''}"
    yield _("Reasons"), " ".join(decision.reasons)
    yield _("Status"), decision.status
    yield _("Policy"), str(casefile.policy_version)
    findings = (
        f"{one.severity.value} {one.rule}: {text_of(one, casefile.policy, language)}" for one in casefile.findings
    )
    yield _("Findings"), "\n".join(findings)
    answered = (line for line in casefile.checklist if line.answer)
    yield _("Checklist"), "\n".join(f"{line.text.in_language(language)} {line.answer} {line.note}" for line in answered)
    yield _("Verifications"), "\n".join(f"{line.kind}: {line.result} ({line.by})" for line in casefile.verifications)
    yield _("Letter"), decision.letter
    yield _("Items"), "\n".join(f"{item.code}: {item.text}" for item in decision.items)
    yield _("Note"), decision.note
    if decision.checker:
        yield _("Checked by"), f"{decision.checker}: {decision.check_note}"
    yield _("Not redrawn"), "\n".join(seen.gaps)


def _act(row: Mapping[str, Any]) -> str:
    return _("refused: {action}").format(action=row["action"]) if row["is_refused"] else str(row["action"])


def _texts(values: Any) -> list[str]:
    return [safe(_text(value), keep_newlines=True) for value in values]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return " ".join(map(_text, value))
    if isinstance(value, Mapping):
        return " ".join(f"{name}={_text(inner)}" for name, inner in value.items() if not isinstance(inner, Mapping))
    return "" if value is None else str(value)


def _details(body: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Return the body of an event with local times; the log has microseconds."""
    return {
        name: from_us(value).astimezone(zone).isoformat() if isinstance(value, int) and value >= _LEAST_US else value
        for name, value in body.items()
    }
