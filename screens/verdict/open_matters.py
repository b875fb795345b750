"""What to look at before a verdict: unfixed items, open inquiries, own words in items, a wait past the due date."""

from collections.abc import Iterator

from screens.shell.view import View
from screens.verdict.form_state import VerdictState
from workbench.domain.case.casefile import CaseFile, VerdictPreview
from workbench.domain.case.items import documents_in
from workbench.domain.case.vocabulary import FailKind, Verdict, WaitsFor
from workbench.i18n import _, comma_joined, current_language, with_details
from workbench.keys.desk import CHANGES
from workbench.wording.case.inquiries import inquiry_sentence
from workbench.wording.case.labels import ITEM_RESULT_WORDS
from workbench.wording.case.next_steps import passed_due_date

_MAX_WRITTEN = 60
"""The characters at the end of a text of the reviewer that are repeated."""


def open_matters(state: VerdictState, case: CaseFile, preview: VerdictPreview, view: View) -> Iterator[str]:
    """Yield what to look at, in sentences without full stops."""
    if state.verdict is Verdict.PASS and case.unfixed_items:
        yield _unfixed_words(case)
    for line in case.inquiries:
        if line.is_open or line.is_contradicted:
            ends = line.is_open and (state.verdict is Verdict.PASS or state.fail_kind is FailKind.FINAL)
            sentence = inquiry_sentence(line, view.instant)
            yield _("{inquiry}; it ends unanswered with this result").format(inquiry=sentence) if ends else sentence
    words = {item.code: item.text for item in preview.own_items}
    for item in preview.items:
        # Keys that were meant as commands end up behind the text.
        written, typed = item.text.removeprefix(words.get(item.code, "")).strip(" :："), state.items.get(item.code, "")
        if written and typed and not documents_in(typed, case.policy):
            end = written if len(written) <= _MAX_WRITTEN else f"…{written[-_MAX_WRITTEN:]}"
            title = case.policy.reason_title(item.code, current_language())
            yield _("You wrote into “{reason}”: “{text}”").format(reason=title, text=end)
    due_at = passed_due_date(case.header, preview.until, view.zone)
    # While a case waits for the applicant, its clock is paused.
    if due_at is not None and preview.waits_for not in {None, WaitsFor.APPLICANT}:
        yield _("The case returns after its due date ({due})").format(due=view.instant(due_at))


def _unfixed_words(case: CaseFile) -> str:
    """Return how many items of the last round are not judged fixed, and the judgement of each."""
    judged = (
        with_details(item.code, _(ITEM_RESULT_WORDS[item.judged]) if item.judged else _("not judged"))
        for item in case.unfixed_items
    )
    message = _("{count} of {asked} items of the last round are not judged fixed ({key}): {items}")
    unfixed, asked = len(case.unfixed_items), len(case.asked_items)
    return message.format(count=unfixed, asked=asked, key=CHANGES.key, items=comma_joined(judged))
