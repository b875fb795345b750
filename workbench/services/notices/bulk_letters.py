"""Letters about due dates that many applicants get in the same words: composed once, then filled for each."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from workbench.services.notices.due_date_letter import ClockLetter, compose_clock_letter

NUMBER, NAME, APPLICATION_NO, EXPECTED, ASKED = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
"""What stands in a frame for what is an applicant's own: private characters, which no text has a use for."""

_PLACES = re.compile("[\ue000-\ue004]")


@lru_cache(maxsize=256)
def frame_of(letter: ClockLetter) -> Mapping[str, Any]:
    """Return the notice of everybody who is told the same in the same words; thousands of a batch are."""
    composed = compose_clock_letter(letter)
    return {
        "decision_id": None,
        "kind": letter.kind.value,
        "language": letter.language.value,
        "subject": composed.subject,
        "body": composed.body,
        "created_at": letter.written_at,
        "release_at": letter.written_at,
    }


def filled(frame: Mapping[str, Any], case_id: int, words: Mapping[str, str]) -> dict[str, Any]:
    """Return a frame as the notice of one case, with a word in each place."""
    texts = {
        name: _PLACES.sub(lambda found: words.get(found[0], found[0]), frame[name]) for name in ("subject", "body")
    }
    return {**frame, **texts, "case_id": case_id}
