"""The forecast of the case on a screen: computed beside the screen, kept until the case changes."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.content import Content

from screens.shell.view import View
from screens.widgets.safe_text import FAINT, STRONG, plain, wrapped
from workbench.domain.case.lifecycle import Action, is_allowed
from workbench.errors import WorkbenchError
from workbench.i18n import _, current

if TYPE_CHECKING:
    from screens.service_protocols import ScreenServices as Services
    from workbench.domain.case.casefile import CaseFile
    from workbench.domain.forecast.result import CaseForecast


async def foreseen(services: "Services", case: "CaseFile") -> "CaseForecast | None":
    """Return what is expected of a case; None where there is nothing to expect, or nobody may ask.

    A failure shows at the next act, not here.
    """
    if not is_allowed(Action.FORECAST, case.header.state, services.actor):
        return None
    try:
        # What it takes is imported in the thread too: the first case must not wait for it.
        return await asyncio.to_thread(lambda: services.forecasts.of_case(case.header.id))
    except WorkbenchError:
        return None


def sentence_of(forecast: "CaseForecast", view: View) -> str:
    """Return the sentence that can be read out on the phone."""
    from workbench.wording.phone import phone_sentence

    return phone_sentence(forecast, view.today)


def told_lines(forecast: "CaseForecast", case: "CaseFile", view: View, width: int) -> list[Content]:
    """Return the sentence, what it leans on, and what would make the case faster."""
    from workbench.wording.forecast import caveats, explanation
    from workbench.wording.what_would_help import findings_to_answer, missing_names

    language = current()
    lines = [plain(part, STRONG) for part in wrapped(sentence_of(forecast, view), width)]
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
    """Return when a case is likely passed; '' until that is known."""
    if forecast is None or forecast.case_id != case.header.id:
        return ""
    from workbench.wording.forecast import likely

    return likely(forecast, view.today)
