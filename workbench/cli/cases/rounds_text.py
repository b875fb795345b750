"""Prints what happened over the rounds of a case: items to rectify, what changed, appeals, inquiries."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from workbench.cli.framework import output
from workbench.domain.case.appeal import APPEAL_STATUS_WORDS, AppealLine
from workbench.domain.case.case_id import format_decision
from workbench.domain.case.casefile import CaseFile, CaseHeader
from workbench.domain.case.reason_scope import EvidencePart
from workbench.domain.case.records import DecisionLine, ItemLine
from workbench.domain.case.running import is_with_applicant
from workbench.i18n import _, with_details
from workbench.wording.case.history import appeal_outcome_words, items_words
from workbench.wording.case.inquiries import inquiry_sentence
from workbench.wording.case.labels import ITEM_RESULT_WORDS
from workbench.wording.changes import ChangeWords


@dataclass(frozen=True, slots=True)
class RoundsPrinter:
    """Prints the rounds of a case; `instant` formats a time."""

    instant: Callable[[datetime | None], str]
    today: date
    zone: ZoneInfo

    def items(self, header: CaseHeader, decision: DecisionLine) -> None:
        """Print the items to rectify, with the numbers that `waive`, `extend` and `judge` take."""
        is_awaited = is_with_applicant(header.state, header.waits_for)
        output.line(_("Items to rectify: {progress}").format(progress=items_words(decision.items)))
        rows: list[list[str]] = []
        for number, item in enumerate(decision.items, start=1):
            progress = self._progress(item, decision.deadline_at, is_awaited=is_awaited)
            if header.round > decision.round and item.is_open and item.is_for_reviewer:
                progress = _("for the reviewer to judge")
            judged = f"{_(ITEM_RESULT_WORDS[item.judged])} ({item.judged_by})" if item.judged else ""
            rows.append([str(number), item.code, progress, judged, item.text])
        output.table([_("No."), _("Item"), _("Progress"), _("Judged"), _("Text")], rows, numeric=(0,))

    def _progress(self, item: ItemLine, deadline_at: datetime | None, *, is_awaited: bool) -> str:
        if item.is_waived:
            return _("waived by {login}: {reason}").format(login=item.waived_by or "?", reason=item.waive_reason)
        if item.is_satisfied:
            return _("received")
        if not is_awaited:
            when = self.instant(item.deadline_at)
            return _("not received by {when}").format(when=when) if when else _("not received")
        until = item.deadline_at or deadline_at
        return _("outstanding") if until is None else _("outstanding, by {when}").format(when=self.instant(until))

    def inquiries(self, casefile: CaseFile) -> None:
        """Print the inquiries to departments and their answers."""
        lines = [inquiry_sentence(line, self.instant) for line in casefile.inquiries]
        for line in ("", _("Inquiries"), *lines) if lines else ():
            output.line(line)

    def changes(self, casefile: CaseFile) -> None:
        """Print the changes since the last round, and the unchanged evidence that the earlier verdict named."""
        round_changes = casefile.changes
        if round_changes is None:
            return
        words = ChangeWords(casefile.policy, self.today, self.zone)
        output.line()
        if round_changes.changes:
            output.listing(
                round_changes.changes,
                {
                    _("Changed since round {round}").format(round=round_changes.since_round): words.label,
                    _("Before"): lambda change: words.value(change.field, change.old),
                    _("Now"): lambda change: words.value(change.field, change.new),
                },
            )
        else:
            output.line(_("Nothing changed since round {round}.").format(round=round_changes.since_round))
        for entry in round_changes.unchanged:
            # The findings of the case are printed above.
            if entry.codes and entry.part is not EvidencePart.FINDINGS:
                verdict = f"{_('unchanged')} · {words.verdict(entry, round_changes.since_round)}"
                output.line(with_details(words.label(entry), verdict))

    def appeals(self, casefile: CaseFile) -> None:
        """Print the appeals with their grounds and answers."""
        for appeal in casefile.appeals:
            output.line()
            output.line(_("Appeal ({status})").format(status=_(APPEAL_STATUS_WORDS[appeal.status])))
            answer = ""
            if appeal.outcome is not None:
                answer = with_details(appeal_outcome_words(appeal.outcome, appeal.to_state), appeal.answer)
            appealed = next((decision for decision in casefile.decisions if decision.id == appeal.decision_id), None)
            shown = {
                _("Received"): self.instant(appeal.received_at),
                _("Answer due"): self.instant(appeal.due_at),
                _("Appealed verdict"): appealed_words(appeal.decision_id, appealed.reasons if appealed else ()),
                _("Grounds"): appeal.grounds,
                _("Answer"): answer,
                _("Decided by"): appeal.decided_by or "",
                _("Checked by"): appeal.checker or _why_unchecked(appeal),
            }
            output.pairs((f"  {name}", value) for name, value in shown.items())


def appealed_words(decision_id: int | None, reasons: Iterable[str]) -> str:
    """Return the verdict that an appeal is against, with its reasons; empty without one."""
    return "" if decision_id is None else " ".join((format_decision(decision_id), *reasons))


def _why_unchecked(appeal: AppealLine) -> str:
    """Return why nobody checked the decision on an appeal; empty if the check was not waived."""
    return _("nobody; one person reviews alone ({reason})").format(reason=appeal.waived.reason) if appeal.waived else ""
