"""Cases, the queue and decisions as text."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from db.enums import FINAL_STATES, CaseState, IdType
from workbench.cli.cases.case_json import case_document, seen_document
from workbench.cli.cases.letters_text import letter_columns
from workbench.cli.cases.rounds_text import RoundsPrinter
from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.json_values import json_record
from workbench.domain.case.case_id import format_case, format_decision
from workbench.domain.case.casefile import CaseFile, DecisionResult
from workbench.domain.case.lifecycle import PRIORITY_WORDS, STATE_WORDS, VERDICT_WORDS
from workbench.domain.case.running import is_with_applicant
from workbench.domain.facts.all_facts import CASE_ACTIVITY_FACTS, FACTS_OF_CALLS
from workbench.domain.filter.case_row import CaseRowView, stopped_clock_words
from workbench.i18n import N_, _, comma_joined, current_language, with_remark
from workbench.wording import amounts
from workbench.wording.case.fields import FIELD_NAMES, FieldWords
from workbench.wording.case.history import detail_words, event_words
from workbench.wording.case.labels import DECISION_STATUS_WORDS, WAITS_FOR_WORDS, check_cause_words
from workbench.wording.case.story import CaseStory
from workbench.wording.findings import SEVERITY_WORDS, earlier_fail_text, finding_text
from workbench.wording.measures import measure_lines

if TYPE_CHECKING:
    from workbench.services.records.auditing.seen_cases import SeenCase


class CasePrinter:
    """Prints cases as text; dates in the current year omit the year."""

    def __init__(self, zone: ZoneInfo, now: datetime) -> None:
        self.zone = zone
        self.now = now
        self.today: date = now.astimezone(zone).date()
        self.rounds = RoundsPrinter(self.instant, self.today, zone)

    def instant(self, at: datetime | None) -> str:
        """Return an instant in the time zone of the policy."""
        return "" if at is None else amounts.instant_on_screen(at, self.today, self.zone)

    def show(self, casefile: CaseFile) -> None:
        """Print a whole case."""
        output.pairs(self._header(casefile))
        if casefile.header.erased_at is None:
            self._findings(casefile)
            self._evidence(casefile)
        if casefile.earlier_fail is not None:
            output.line()
            output.line(earlier_fail_text(casefile.earlier_fail))
        self._decisions(casefile)
        self.rounds.appeals(casefile)
        self.rounds.inquiries(casefile)
        for line in measure_lines(casefile.measures, self.now, self.zone):
            output.line(line)
        self.rounds.changes(casefile)
        self._history(casefile)

    def _story(self, casefile: CaseFile) -> Iterator[tuple[str, str]]:
        story = CaseStory(casefile, self.now)
        if story.check_note:
            yield _("Check"), story.check_note
        if story.happened:
            yield _("So far"), "\n".join(story.happened)
        yield _("Next"), "\n".join(story.next)

    def _header(self, casefile: CaseFile) -> Iterator[tuple[str, str]]:
        header = casefile.header
        yield _("Case"), f"{format_case(header.id)} · {header.application_no} · {header.applicant_name}"
        yield _("State"), _("{state}, round {round}").format(state=_(STATE_WORDS[header.state]), round=header.round)
        yield _("Priority"), _(PRIORITY_WORDS[header.priority])
        yield from self._story(casefile)
        if is_with_applicant(header.state, header.waits_for):
            yield _("Due"), _("clock paused")
        elif header.due_at is not None:
            days_left = ""
            if header.is_overdue:
                days_left = f" · {_('overdue')}"
            elif header.state not in FINAL_STATES and header.working_days_left is not None:
                days_left = f" · {amounts.working_days_left(header.working_days_left)}"
            certainty = f" ({_('provisional')})" if header.is_due_provisional else ""
            yield _("Due"), self.instant(header.due_at) + certainty + days_left
        if header.held_by is not None:
            held, until = _("by {login} until {until}, fence {fence}"), self.instant(header.held_until)
            yield _("Held"), held.format(login=header.held_by, until=until, fence=header.fence)
        yield _("Assigned"), with_remark(header.assignee or "", _("away") if header.is_assignee_away else "")

    def _findings(self, casefile: CaseFile) -> None:
        output.line()
        if not casefile.findings:
            output.line(_("No findings."))
            return
        output.listing(
            casefile.findings,
            {
                _("Severity"): lambda finding: _(SEVERITY_WORDS[finding.severity]),
                _("Finding"): lambda finding: finding_text(finding, casefile.policy, current_language()),
                _("Rule"): lambda finding: finding.rule,
            },
        )

    def _evidence(self, casefile: CaseFile) -> None:
        evidence, facts = casefile.evidence, casefile.facts.case
        words = FieldWords(casefile.policy, self.today, self.zone)
        # If the file does not state the kind of an identity document, the kind inferred from its number is shown.
        names = ("handler_id_type", "legal_rep_id_type")
        inferred = {name: IdType(str(kind)) for name in names if (kind := facts.get(name))}
        shown = {field.name: getattr(evidence.application, field.name) for field in fields(evidence.application)}
        _print_fields(_("Identity"), words, shown | inferred)
        output.line()
        output.line(_("Cards"))
        card_columns = ("iccid", "carrier", "brand", "activated_on", "daily_quota_calls", "actual_user_name")
        _print_records(words, ("msisdn", *card_columns, "service_ended_on"), evidence.cards, _("none"))
        calls = evidence.all_calls
        windows = {"window_from": calls.window_from, "window_to": calls.window_to}
        # Without call records, there are no figures of calls, and zero would say that nobody called.
        absent = {} if calls.calls or calls.calls_in else dict.fromkeys(FACTS_OF_CALLS)
        _print_fields(_("Activity"), words, {name: facts.get(name) for name in CASE_ACTIVITY_FACTS} | windows | absent)
        _print_fields(_("Credit"), words, {name: facts.get(name) for name in ("arrears_fen", "overdue_days")})
        credit_columns = ("list", "match", "listed_on", "checked_on", "amount_fen", "overdue_days", "reference")
        _print_records(words, credit_columns, evidence.credit, _("not checked"))
        output.line()
        output.line(_("Documents"))
        document_columns = ("kind", "received_at", "issued_on", "valid_to", "sealed", "quality")
        _print_records(words, document_columns, evidence.documents, _("none"))

    def _decisions(self, casefile: CaseFile) -> None:
        if not casefile.decisions:
            return
        output.line()
        language = current_language()
        output.listing(
            casefile.decisions,
            {
                _("Decision"): lambda line: format_decision(line.id),
                _("Verdict"): lambda line: _(VERDICT_WORDS[line.verdict]),
                _("Reasons"): lambda line: comma_joined(
                    casefile.policy.reason_title(code, language) for code in line.reasons
                ),
                _("Status"): lambda line: _(DECISION_STATUS_WORDS[line.status]),
                _("By"): lambda line: line.maker,
                _("At"): lambda line: self.instant(line.decided_at),
            },
        )
        for line in casefile.decisions:
            if line.waived is not None:
                message = _("{decision} was decided by one person ({reason}); not checked: {rules}.")
                rules = check_cause_words(line.waived.rules)
                output.line(message.format(decision=format_decision(line.id), reason=line.waived.reason, rules=rules))
        if decision := next((line for line in reversed(casefile.decisions_in_effect) if line.items), None):
            self.rounds.items(casefile.header, decision)

    def _history(self, casefile: CaseFile) -> None:
        output.line()
        if casefile.notices:
            output.listing(casefile.notices, letter_columns(self.instant, self.now))
            output.line()
        rows = list[Sequence[str]]()
        for line in casefile.history:
            top, *below = detail_words(line, casefile).split("\n")
            rows += [(self.instant(line.at), line.who, event_words(line), top), *(("", "", "", rest) for rest in below)]
        output.table([_("At"), _("Who"), _("What"), ""], rows)

    def show_decision(self, seen: "SeenCase") -> None:
        """Print a decision on a case, with the answers and verifications that had been recorded until then."""
        from workbench.services.records.auditing.seen_cases import decision_pairs

        number, maker = format_decision(seen.decision.id), seen.decision.maker
        output.line()
        output.line(_("{decision} by {login}").format(decision=number, login=maker))
        output.pairs([*decision_pairs(seen, self.instant), (_("Notice"), seen.notice or "")])
        for gap in seen.gaps:
            output.narrate(gap)

    def queue(self, rows: tuple[CaseRowView, ...], total: int) -> None:
        """Print the queue; cases to open again have their new findings in a column of their own."""
        columns: dict[str, Callable[[CaseRowView], str]] = {
            _("Case"): lambda row: format_case(row.id),
            _("Application"): lambda row: row.application_no,
            _("Applicant"): lambda row: row.applicant_name,
            _("State"): self._state,
            _("Priority"): lambda row: _(PRIORITY_WORDS[row.priority]),
            _("Due"): self._due,
            _("Assigned"): lambda row: row.assignee or "",
            _("Held"): lambda row: row.held_by or "",
        }
        if any(row.late or row.stuck for row in rows):
            columns[_("Late")] = self._late
        if any(row.reopen_for for row in rows):
            columns[_("New findings")] = lambda row: " ".join(row.reopen_for)
        output.listing(rows, columns)
        output.narrate(_("{shown} of {total} cases.").format(shown=len(rows), total=total))

    def _state(self, row: CaseRowView) -> str:
        """Return the state of a case, whom it waits for, and until when."""
        state, day = _(STATE_WORDS[row.state]), row.next_action_on
        if row.waits_for is not None and row.state is CaseState.PENDING and day is not None:
            message, party = _("{state}: {party} until {day}"), _(WAITS_FOR_WORDS[row.waits_for])
            return message.format(state=state, party=party, day=amounts.day_on_screen(day, self.today))
        if row.state is CaseState.RECTIFYING and row.deadline_at is not None:
            return _("{state} until {when}").format(state=state, when=self.instant(row.deadline_at))
        if row.aside_until is not None:
            return _("aside until {when}").format(when=self.instant(row.aside_until))
        if row.is_returned and row.state in {CaseState.QUEUED, CaseState.IN_REVIEW}:
            return _("returned")
        return _("you skipped") if row.is_skipped else state

    def _late(self, row: CaseRowView) -> str:
        """Return how likely a case is late, and why."""
        from workbench.wording.forecast import late_cause_words, stuck_words

        if row.stuck:
            return stuck_words(row.stuck)
        return "" if row.late is None else with_remark(f"{row.late.share:.0%}", late_cause_words(row.late, self.today))

    def _due(self, row: CaseRowView) -> str:
        if clock_words := stopped_clock_words(row, self.now):
            return clock_words
        certainty = f" ({_('provisional')})" if row.is_due_provisional else ""
        mark = " !" if row.is_overdue else ""
        return self.instant(row.due_at) + certainty + mark


def print_case(context: CommandContext, casefile: CaseFile, *, revealed: bool = False) -> None:
    """Print a whole case, as JSON or as text."""
    if context.as_json:
        output.document(case_document(casefile, context.now(), revealed=revealed))
    else:
        CasePrinter(ZoneInfo(casefile.policy.zone), context.now()).show(casefile)


def print_seen_case(context: CommandContext, seen: "SeenCase", *, revealed: bool) -> None:
    """Print a case as it was when a decision was made, as JSON or as text."""
    if context.as_json:
        output.document(seen_document(seen, revealed=revealed))
    else:
        text = CasePrinter(ZoneInfo(seen.casefile.policy.zone), seen.decision.decided_at)
        text.show(seen.casefile)
        text.show_decision(seen)


def print_decision(context: CommandContext, decided: DecisionResult, zone: ZoneInfo) -> None:
    """Print the result of a decision, as JSON or as text."""
    if context.as_json:
        output.document(json_record(decided, zone, case="case_id", decision="decision_id"))
        return
    output.pairs(
        [
            (_("Case"), format_case(decided.case_id)),
            (_("Decision"), format_decision(decided.decision_id)),
            (_("Verdict"), _(VERDICT_WORDS[decided.verdict])),
            (_("State"), _(STATE_WORDS[decided.state])),
            (_("Deadline"), CasePrinter(zone, context.now()).instant(decided.deadline_at)),
            (_("Undo until"), amounts.time_of_day(decided.release_at, zone)),
            (_("Notice"), decided.notice or ""),
        ]
    )
    for words in decided.warnings:
        output.narrate(_("Note: {words}.").format(words=words))


def _print_fields(title: str, words: FieldWords, values: Mapping[str, Any]) -> None:
    """Print the values under a title."""
    output.line()
    output.line(title)
    output.pairs((f"  {_(FIELD_NAMES[name])}", words.value(name, value)) for name, value in values.items())


def _print_records(words: FieldWords, names: Sequence[str], records: Sequence[object], none: str) -> None:
    """Print a line for each record with those of the fields that any record has, or `none` if there is no record."""
    if not records:
        output.line(f"  {none}")
        return
    shown = [name for name in names if any(getattr(record, name) not in {None, ""} for record in records)]
    # The number of a card is its subject, and no field with a name.
    cell = {name: partial(words.value, name) if name in FIELD_NAMES else str for name in shown}
    rows = [[cell[name](getattr(record, name)) for name in shown] for record in records]
    output.table([_(FIELD_NAMES.get(name, N_("number"))) for name in shown], rows)
