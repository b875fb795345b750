"""The forecast of a case as lines of text."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.content import Content

from screens.shell.view import View
from screens.widgets.safe_text import BOLD, MUTED, plain, wrapped_lines
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.running import clock_runs
from workbench.i18n import _, current_language
from workbench.wording.case.story import CaseStory

if TYPE_CHECKING:
    from workbench.domain.forecast.result import CaseForecast


def forecast_lines(forecast: "CaseForecast", case: CaseFile, view: View, width: int) -> list[Content]:
    """Return the page with the forecast of a case.

    * The sentences to read out on the phone.
    * For staff only: what happened so far and comes next, the reasons for the forecast, what is missing from the
      application, and what the reviewer will probably ask.
    """
    from workbench.wording.forecast import forecast_caveats, forecast_explanation, pass_rate_words
    from workbench.wording.phone import phone_sentence
    from workbench.wording.what_would_help import findings_to_answer, missing_names

    language = current_language()
    lines = wrapped_lines(phone_sentence(forecast, case, view.now), width, BOLD)
    lines.append(plain(_("copied, to be read out or pasted"), MUTED))
    story = CaseStory(case, view.now)
    for label, entries in ((_("So far"), story.happened), (_("Next"), story.next)):
        if entries:
            lines += [Content(), plain(label, MUTED), *_all_wrapped(entries, width)]
    facts = (forecast_explanation(forecast, view.today), pass_rate_words(forecast), *forecast_caveats(forecast))
    lines += [Content(), *_all_wrapped(filter(None, facts), width)]
    missing = missing_names(case.evidence, case.policy, language)
    if missing:
        lines += [Content(), plain(_("Missing"), MUTED), *_all_wrapped(missing, width)]
    questions = [text for _finding, text in findings_to_answer(case, language)]
    if questions:
        lines += [Content(), plain(_("Likely questions"), MUTED), *_all_wrapped(questions, width)]
    return lines


def _all_wrapped(texts: Iterable[str], width: int) -> list[Content]:
    return [line for text in texts for line in wrapped_lines(text, width)]


def likely_words(forecast: "CaseForecast | None", case: CaseFile, view: View) -> str:
    """Return when a case will probably be decided, empty without a forecast of this case."""
    if forecast is None or forecast.case_id != case.header.id:
        return ""
    from workbench.wording.forecast import likely_decision_words

    header, due_on = case.header, None
    if header.due_at is not None and not header.is_overdue and clock_runs(header.state, header.waits_for):
        due_on = header.due_at.astimezone(view.zone).date()
    return likely_decision_words(forecast, view.today, due_on)
