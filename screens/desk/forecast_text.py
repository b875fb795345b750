"""What a screen says about the forecast of a case."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.content import Content

from screens.shell.view import View
from screens.widgets.safe_text import FAINT, STRONG, plain, wrapped
from workbench.i18n import _, current

if TYPE_CHECKING:
    from workbench.domain.case.casefile import CaseFile
    from workbench.domain.forecast.result import CaseForecast


def forecast_lines(forecast: "CaseForecast", case: "CaseFile", view: View, width: int) -> list[Content]:
    """Return the sentence, its explanation, and what would make the case faster."""
    from workbench.wording.forecast import caveats, explanation
    from workbench.wording.phone import phone_sentence
    from workbench.wording.what_would_help import findings_to_answer, missing_names

    language = current()
    lines = [plain(part, STRONG) for part in wrapped(phone_sentence(forecast, view.today), width)]
    lines.append(plain(_("copied, to be read out or pasted"), FAINT))
    lines += [Content(), *_wrapped([explanation(forecast, view.today), *caveats(forecast)], width)]
    missing = missing_names(case, language)
    if missing:
        lines += [Content(), plain(_("Missing"), FAINT), *_wrapped(missing, width)]
    asked = [text for _finding, text in findings_to_answer(case, language)]
    if asked:
        lines += [Content(), plain(_("Likely questions"), FAINT), *_wrapped(asked, width)]
    return lines


def _wrapped(texts: Iterable[str], width: int) -> list[Content]:
    return [plain(part) for text in texts for part in wrapped(text, width)]


def likely_words(forecast: "CaseForecast | None", case: "CaseFile", view: View) -> str:
    """Return when a case is likely passed; empty until that is known."""
    if forecast is None or forecast.case_id != case.header.id:
        return ""
    from workbench.wording.forecast import likely

    return likely(forecast, view.today)
