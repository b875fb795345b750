"""The values that a case gives to the fields of canned texts."""

from datetime import date, datetime

from db.enums import Language
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CaseFile
from workbench.wording.letter_dates import letter_day, letter_instant


def field_values(case: CaseFile, applicant: str, deadline: date | datetime | None, language: str) -> dict[str, str]:
    """Return the values of the fields; unknown values are left out."""
    values = {
        "applicant": applicant,
        "application_no": case.header.application_no,
        "case": format_case(case.header.id),
    }
    if isinstance(deadline, datetime):
        values["deadline"] = letter_instant(deadline, case.policy.zone, Language(language))
    elif deadline is not None:
        values["deadline"] = letter_day(deadline, Language(language))
    return {name: value for name, value in values.items() if value}
