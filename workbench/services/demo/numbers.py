"""Made-up numbers that are right: their check digits fit, and nobody has them."""

from datetime import date

from stdnum import luhn
from stdnum.cn import ric, uscc

from workbench.domain.values.identifiers import uscc_valid

_ORGANISATION_DIGITS = "0123456789X"
_CHECK_DIGITS = "0123456789X"


def id_number(region: str, born: date, serial: int, *, is_wrong: bool = False) -> str:
    """Return an ID number; the serials from 996 on are kept for people above a hundred.

    Args:
        region: Six digits.
        born: The birth date in it.
        serial: From 996 to 999.
        is_wrong: Whether its check digit does not fit.
    """
    body = f"{region}{born:%Y%m%d}{serial:03d}"
    digit = ric.calc_check_digit(f"{body}?")
    if is_wrong:
        digit = _CHECK_DIGITS[(_CHECK_DIGITS.index(digit) + 1) % len(_CHECK_DIGITS)]
    return body + digit


def credit_code(sort: str, region: str, no: int) -> str:
    """Return a USCC with a made-up organisation in it.

    Args:
        sort: Whom it belongs to: 91 a company, 92 a sole proprietor.
        region: Six digits.
        no: A number that makes it this applicant's.
    """
    for digit in _ORGANISATION_DIGITS:
        body = f"{sort}{region}DEMX{no:04d}{digit}"
        code = body + uscc.calc_check_digit(body)
        if uscc_valid(code):
            return code
    raise ValueError(no)


def card_number(prefix: str, no: int, card: int) -> str:
    """Return the number of a card of an application: zeros stand behind the prefix."""
    return f"{prefix}00{no:04d}{card:02d}"


def sim_number(no: int, card: int) -> str:
    """Return an ICCID with its Luhn digit."""
    body = f"898603{no:09d}{card:04d}"
    return body + str(luhn.calc_check_digit(body))
