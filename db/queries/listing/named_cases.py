"""The conditions that a text is the whole number or name of a case, each answered by an index."""

import unicodedata

from db.dialects import search
from db.queries.listing.case_conditions import NO_RECHECK, application_has, width_variants
from db.queries.listing.case_list import CaseCondition


def has_number(number: str, prefix: str) -> CaseCondition:
    """Return the condition that the application number is `number`."""
    return CaseCondition(
        check=search.NUMBER_IS.format(case="c", bound=prefix),
        values={prefix: unicodedata.normalize("NFKC", number).strip()},
        hits=f'SELECT k.id AS id FROM "case" AS k WHERE {search.NUMBER_IS.format(case="k", bound=prefix)}',
        recheck=NO_RECHECK,
    )


def has_applicant(name: str, prefix: str) -> CaseCondition:
    """Return the condition that the applicant has this whole name. No index answers it, so combine it with another."""
    return CaseCondition(check=f"c.applicant_name = :{prefix} COLLATE NOCASE", values={prefix: name.strip()})


def has_handler(name: str, prefix: str) -> CaseCondition:
    """Return the condition that the handler has this name.

    A part of the name finds nothing: the name is shown masked, and parts would reveal it character by character.
    """
    return application_has(search.HANDLER_NAME, width_variants(name.strip()), prefix)
