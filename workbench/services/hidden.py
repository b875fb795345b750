"""The people of a case inside what was written about it: their names and numbers, masked wherever they occur."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from db.enums import ApplicantKind
from workbench.domain.evidence import Evidence
from workbench.domain.mask import MaskKind, mask, mask_digits_within

PERSONAL_FIELDS: dict[str, MaskKind] = {
    "legal_rep_name": MaskKind.NAME,
    "legal_rep_id_no": MaskKind.ID_NO,
    "handler_name": MaskKind.NAME,
    "handler_id_no": MaskKind.ID_NO,
    "contact_phone": MaskKind.MSISDN,
}
"""The personal fields of an application, with their masks."""

FREE_TEXTS = ("business_scope", "stated_use", "call_script", "consent_source")
"""The fields of an application that are sentences of its applicant."""

_SHORTEST = 2
"""A name of one character is in half of all sentences; it is not searched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """What of a case's people is masked inside texts; a kind of None is a name that is public, and stays whole."""

    kinds: Mapping[str, MaskKind | None]

    @classmethod
    def of(cls, found: Evidence) -> "Hidden":
        """Return what is to be masked in texts about a case."""
        application = found.application
        is_person = application.applicant_kind is ApplicantKind.INDIVIDUAL
        kinds: dict[str, MaskKind | None] = {getattr(application, name): kind for name, kind in PERSONAL_FIELDS.items()}
        for card in found.cards:
            kinds |= {card.msisdn: MaskKind.MSISDN, card.actual_user_name: MaskKind.NAME}
        kinds |= dict.fromkeys(application.msisdns, MaskKind.MSISDN)
        # A company's name is public, also where the name of its owner is a part of it.
        kinds[application.applicant_name] = MaskKind.NAME if is_person else None
        return cls(kinds={text: kind for text, kind in kinds.items() if len(text) >= _SHORTEST})

    def within(self, text: str) -> str:
        """Return a text with the names and numbers of the case's people masked, and whatever else looks like one."""
        if self.kinds and text:
            longest_first = sorted(self.kinds, key=len, reverse=True)
            text = re.sub("|".join(map(_whole, longest_first)), self._masked, text)
        return mask_digits_within(text)

    def _masked(self, match: re.Match[str]) -> str:
        kind = self.kinds[match.group()]
        return match.group() if kind is None else mask(kind, match.group())


def _whole(text: str) -> str:
    """Return the pattern of a text; Latin letters and digits at its ends are those of a whole word."""
    before = "(?<![0-9A-Za-z])" if re.match("[0-9A-Za-z]", text) else ""
    after = "(?![0-9A-Za-z])" if re.search("[0-9A-Za-z]$", text) else ""
    return f"{before}{re.escape(text)}{after}"
