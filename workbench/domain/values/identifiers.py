"""Checks the form of identity, company, phone and card numbers; no check proves that a number exists.

Every function accepts any text, ignores blanks, hyphens, letter case and full width, and never raises. `stdnum` is slow
to import, so it is imported by the first check. `ric` is a resident ID number, `uscc` a unified social credit code.
"""

import re
import unicodedata
from datetime import date
from functools import lru_cache
from operator import mul

from db.enums import Carrier
from workbench.domain.evidence.evidence import LONG_TERM

_RIC = re.compile(r"[0-9]{17}[0-9X]")
_ICCID = re.compile(r"89[0-9]{17,18}")
_MSISDN = re.compile(r"1[0-9]{10}")
_PHONE_DECORATION = str.maketrans("", "", "()+")
_COUNTRY_PREFIX = re.compile(r"(?:00)?86(?=1[0-9]{10}$)")
# (age, years): a card issued below this age is valid for these years; from 46 on, without limit.
_VALIDITY_YEARS = ((16, 5), (26, 10), (46, 20))
_REGION_DIGITS = 6
_FIRST_BIRTHDAY = date(1900, 1, 1)

_USCC_ALPHABET = "0-9A-HJ-NPQRTUWXY"
# The standard allows letters in positions 1 and 2 (the issuer), which stdnum's own check refuses.
_USCC = re.compile(rf"[{_USCC_ALPHABET}]{{2}}[0-9]{{6}}[{_USCC_ALPHABET}]{{10}}")
_USCC_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUES = bytes.maketrans(_USCC_DIGITS.encode(), bytes(range(len(_USCC_DIGITS))))
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_VALUES = bytes.maketrans(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", bytes(range(36)))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

# Residence permits of people from Hong Kong, Macau and Taiwan: their codes are not counties.
_PERMIT_REGIONS = frozenset({"81", "82", "83"})

# The network that each range was assigned to. Numbers are portable since 2019-12-01, so a range proves no carrier.
# Source: github.com/VincentSit/ChinaMobilePhoneNumberRegex, and the ranges assigned since.
_CARRIER_BY_PREFIX: dict[str, Carrier] = {
    prefix: carrier
    for carrier, prefixes in {
        Carrier.MOBILE: (
            "165 1703 1705 1706 "
            "1340 1341 1342 1343 1344 1345 1346 1347 1348 135 136 137 138 139 147 150 151 152 157 158 159 "
            "172 178 182 183 184 187 188 195 197 198"
        ),
        Carrier.UNICOM: "167 1704 1707 1708 1709 171 130 131 132 145 155 156 166 175 176 185 186 196",
        Carrier.TELECOM: (
            "162 1700 1701 1702 "
            "133 1349 149 153 173 17400 17401 17402 17403 17404 17405 177 180 181 189 190 191 193 199"
        ),
        Carrier.BROADNET: "192",
    }.items()
    for prefix in prefixes.split()
}
_LONGEST_PREFIX = max(map(len, _CARRIER_BY_PREFIX))


def comparable_number(text: str) -> str:
    """Return the comparable form of a number: NFKC, upper case, without blanks, hyphens and invisible characters."""
    if text.isascii() and text.isalnum():
        return text.upper()
    folded = unicodedata.normalize("NFKC", text)
    kept = (char for char in folded if unicodedata.category(char) not in {"Zs", "Zl", "Zp", "Cc", "Cf", "Pd"})
    return unicodedata.normalize("NFKC", "".join(kept).upper())


def normal_msisdn(text: str) -> str:
    """Return a phone number as digits only, without +86 or 0086; a text with other characters keeps them.

    Letters and asterisks are kept, so that a damaged number never becomes another person's.
    """
    number = comparable_number(text)
    digits = number.translate(_PHONE_DECORATION)
    return _COUNTRY_PREFIX.sub("", digits, count=1) if digits.isascii() and digits.isdigit() else number


def ric_check_digit(number: str) -> str:
    """Return the check digit of the first 17 digits of a resident ID number (GB 11643, mod 11-2)."""
    # The standard weighs the digits by powers of 2 modulo 11. Base 13 does the same, because 13 is 2 modulo 11.
    check = (1 - 2 * int(number[:17], 13)) % 11
    return "X" if check == 10 else str(check)  # noqa: PLR2004 - the eleventh digit is written X


@lru_cache(maxsize=1024)
def ric_birth_date(text: str) -> date | None:
    """Return the birth date in an ID number; None if its form, check digit or date is invalid."""
    number = comparable_number(text)
    if not _RIC.fullmatch(number) or ric_check_digit(number) != number[-1]:
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def ric_valid(text: str, today: date) -> bool:
    """Say whether an ID number is valid: check digit, and a birth date since 1900 and before today.

    The region is not checked: the region of the first issue may be missing from every list, and residence permits (81,
    82, 83) have no region. Source: GB 11643.
    """
    birth = ric_birth_date(text)
    return birth is not None and _FIRST_BIRTHDAY <= birth < today


def is_residence_permit(text: str) -> bool:
    """Say whether an ID number belongs to a residence permit for people from Hong Kong, Macau or Taiwan."""
    number = comparable_number(text)
    return bool(_RIC.fullmatch(number)) and number[:2] in _PERMIT_REGIONS


@lru_cache(maxsize=8192)
def _is_county(region: str) -> bool:
    """Say whether a region code is or was that of a county (GB/T 2260, including abolished ones)."""
    from stdnum import numdb

    return any("county" in facts for _part, facts in numdb.get("cn/loc").info(region))


def ric_region_known(text: str) -> bool:
    """Say whether an ID number begins with the code of a county, current or abolished, or of a residence permit.

    The number of a foreigner's permanent residence card begins with 9 and the code of a province instead.
    """
    region = comparable_number(text)[:_REGION_DIGITS]
    if len(region) < _REGION_DIGITS or not (region.isascii() and region.isdigit()):
        return False
    if region.startswith("9"):
        # Every province has a county whose code ends with 0101.
        return _is_county(f"{region[1:3]}0101")
    return region[:2] in _PERMIT_REGIONS or _is_county(region)


def age_on(birth: date, day: date) -> int:
    """Return the age in full years on a day; outside leap years, a birthday on 29 February counts as 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _possible_last_days(issued_on: date, years: int) -> frozenset[date]:
    """Return the possible last days of a card valid for `years` years; if issued on 29 February, there may be two."""
    year = issued_on.year + years
    if (issued_on.month, issued_on.day) == (2, 29):
        try:
            return frozenset({date(year, 2, 29)})
        except ValueError:
            return frozenset({date(year, 2, 28), date(year, 3, 1)})
    return frozenset({issued_on.replace(year=year)})


def id_validity_fits_age(birth: date | None, issued_on: date | None, valid_to: date | None) -> bool | None:
    """Say whether the validity of an ID card fits the age at issue; None if anything is unknown.

    A card is valid for 5 years if issued before age 16, for 10 years before 26, for 20 years before 46, and without
    limit from 46. Residence permits are not covered. Source: law on resident identity cards, art. 5.
    """
    if birth is None or issued_on is None or valid_to is None:
        return None
    # Python has no dates after the year of LONG_TERM, and a card may be valid for 20 years.
    if issued_on < birth or issued_on.year > LONG_TERM.year - 20:
        return False
    age = age_on(birth, issued_on)
    years = next((years for below, years in _VALIDITY_YEARS if age < below), None)
    if years is None:
        return valid_to == LONG_TERM
    return valid_to in _possible_last_days(issued_on, years)


def _organisation_digit(code: str) -> str:
    """Return the check digit of an organisation code of eight characters (GB 11714, mod 11)."""
    total = sum(map(mul, code.encode().translate(_ORGANISATION_VALUES), _ORGANISATION_WEIGHTS))
    return "0123456789X"[-total % 11]


def _uscc_digit(code: str) -> str:
    """Return the check digit of the first 17 characters of a USCC (GB 32100, mod 31)."""
    return _USCC_DIGITS[-sum(map(mul, code.encode().translate(_USCC_VALUES), _USCC_WEIGHTS)) % 31]


def uscc_letters_fit(text: str) -> bool:
    """Say whether a USCC has none of the letters I, O, S, V and Z, which look like digits or others (GB 32100)."""
    return set("IOSVZ").isdisjoint(comparable_number(text))


def uscc_valid(text: str) -> bool:
    """Say whether a USCC is valid: 18 characters, and correct check digits of the USCC and its organisation code.

    Source: GB 32100-2015 (mod 31) and GB 11714 (positions 9 to 17).
    """
    number = comparable_number(text)
    if not _USCC.fullmatch(number) or _uscc_digit(number[:17]) != number[17]:
        return False
    return _organisation_digit(number[8:16]) == number[16]


def is_uscc_of_self_employed(text: str) -> bool:
    """Say whether a USCC belongs to a self-employed person; only its first two characters are checked."""
    return comparable_number(text).startswith("92")


def carrier_of_range(text: str) -> Carrier | None:
    """Return the network that the range of a number was assigned to, None if the range is unknown.

    The ranges are those of networks and virtual operators with 11 digits, without those of IoT numbers. The number may
    have been ported to another network since.
    """
    number = text if _MSISDN.fullmatch(text) else normal_msisdn(text)
    return _carrier_of_start(number[:_LONGEST_PREFIX]) if _MSISDN.fullmatch(number) else None


@lru_cache(maxsize=8192)
def _carrier_of_start(start: str) -> Carrier | None:
    """Return the network of the longest known prefix."""
    prefixes = (start[:length] for length in range(_LONGEST_PREFIX, 0, -1))
    return next((_CARRIER_BY_PREFIX[prefix] for prefix in prefixes if prefix in _CARRIER_BY_PREFIX), None)


def iccid_luhn(text: str) -> bool:
    """Say whether a SIM number has 19 or 20 digits, begins with 89 and passes the Luhn check.

    Some correct numbers fail: those printed without the check digit, and those of China Unicom with a letter. Source:
    ITU-T E.118.
    """
    from stdnum import luhn

    number = comparable_number(text)
    return bool(_ICCID.fullmatch(number)) and luhn.is_valid(number)
