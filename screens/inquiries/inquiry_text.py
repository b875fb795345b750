"""An inquiry as a line of the list, and what is known about it."""

from collections.abc import Mapping

from textual.content import Content

from screens.shell.view import View
from screens.widgets.safe_text import ACCENT, BOLD, ERROR, MUTED, WARNING, fitted, hanging, joined, plain, wrapped_lines
from workbench.domain.case.case_id import format_case, format_inquiry
from workbench.domain.case.vocabulary import ApplicantKind
from workbench.domain.facts.inquiry_lines import InquiryField, InquiryLine
from workbench.domain.text.safe import cells, pad_right
from workbench.i18n import _, with_details
from workbench.wording.case.fields import FIELD_NAMES, NOTHING
from workbench.wording.case.inquiries import status_words
from workbench.wording.case.labels import APPLICANT_KIND_WORDS


def row_line(line: InquiryLine, view: View, width: int, status_room: int) -> Content:
    """Return an inquiry in one line: number, case, department, due date, and how it stands.

    `status_room` is the width of the longest state; the department gives way to it.
    """
    rooms = (10, 10, max(10, min(28, width - 33 - status_room)), 13)
    case, due = format_case(line.case_id), view.short_instant(line.due_at)
    texts = (format_inquiry(line.id), case, line.department_name, due)
    parts = [
        (pad_right(fitted(text, room - 1), room), "" if line.is_open else MUTED)
        for text, room in zip(texts, rooms, strict=True)
    ]
    return joined(*parts, (fitted(status_words(line), width - sum(rooms)), status_style(line)))


def status_style(line: InquiryLine) -> str:
    """Return the style for the status of an inquiry."""
    if not line.is_open:
        return MUTED
    return ERROR if line.is_overdue else WARNING if line.reminded_at else ACCENT


def about_lines(line: InquiryLine, view: View, width: int) -> list[Content]:
    """Return the question with who asked it, and the note of the answer or of the withdrawal."""
    asked = _("{login} asked {when}:").format(login=line.asked_by, when=view.instant(line.asked_at))
    lines = [plain(asked, MUTED), *wrapped_lines(line.question, width, BOLD)]
    if line.note and line.ended_at is not None:
        lines += wrapped_lines(with_details(line.ended_by or "", line.note), width)
    return lines


def field_lines(fields: Mapping[int, InquiryField], revealed: Mapping[str, str], width: int) -> dict[int, Content]:
    """Return each field, a long one in several lines; a revealed one is in clear."""
    names = {number: _(FIELD_NAMES[field.name]) for number, field in fields.items()}
    room = max(map(cells, names.values()), default=0)
    lines = {}
    for number, field in fields.items():
        label, clear = f"{pad_right(names[number], room)}  ", revealed.get(field.key)
        text, style = clear or _value(field.value), ACCENT if clear else ""
        lines[number] = Content("\n").join(hanging([(label, MUTED)], text, width, style))
    return lines


def _value(value: object) -> str:
    return _(APPLICANT_KIND_WORDS[value]) if isinstance(value, ApplicantKind) else str(value) or NOTHING
