"""Inquiries in words."""

from collections.abc import Callable
from datetime import datetime

from db.enums import InquiryStatus
from workbench.domain.case.case_id import format_inquiry
from workbench.domain.facts.inquiry_lines import OUTCOME_WORDS, InquiryLine
from workbench.i18n import _, with_details, with_remark


def status_words(line: InquiryLine) -> str:
    """Return how an inquiry stands: not answered yet, half over, overdue, its answer, or how it ended without one."""
    if line.outcome is not None:
        return with_remark(_(OUTCOME_WORDS[line.outcome]), _("late") if line.is_overdue else "")
    if line.status is InquiryStatus.VOID:
        return _("void: the department left the policy")
    if not line.is_open:
        # Nobody withdrew an inquiry that ended with its case.
        return _("withdrawn") if line.ended_by else _("ended with the case")
    if line.is_overdue:
        return _("overdue")
    return _("open, half of the time is over") if line.reminded_at else _("not answered yet")


def inquiry_sentence(line: InquiryLine, when: Callable[[datetime], str]) -> str:
    """Return an inquiry with its question, its state, and when it is due or ended; `when` formats an instant."""
    words = _("{inquiry}, {department}: “{question}” {status}, {when}")
    if line.ended_at is None:
        words = _("{inquiry}, {department}: “{question}” {status}, due {when}")
    sentence = words.format(
        inquiry=format_inquiry(line.id),
        department=line.department_name,
        question=line.question,
        status=status_words(line),
        when=when(line.ended_at or line.due_at),
    )
    return with_details(sentence, line.note)
