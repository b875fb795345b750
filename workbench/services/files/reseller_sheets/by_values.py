"""Recognises columns by their values, if their names are unknown."""

import re
from collections.abc import Callable, Sequence, Set

from db.enums import ApplicantKind, ImportKind
from workbench.domain.values.bad_value import BadValue
from workbench.domain.values.identifiers import comparable_number, iccid_luhn
from workbench.domain.values.moments import parse_day_or_long_term
from workbench.domain.values.provinces import province_key
from workbench.domain.values.values import folded_word
from workbench.services.files.reading.headers import value_names
from workbench.services.files.reading.kinds import DAY, PHONES
from workbench.services.files.reseller_sheets.conversions import ColumnRule, Order, import_text
from workbench.services.files.reseller_sheets.sheet_map import UNDECIDED
from workbench.services.files.reseller_sheets.words import sheet_words

_LEAST_SHARE = 0.9
"""The share of the values of a column that must fit, from 0 to 1."""

_SMALL_AMOUNT = 100_000
"""The amount, in an unknown unit, below which the unit is probably not the yuan."""

# Only the form is tested; the review finds wrong check digits.
_ID_NUMBER = re.compile(r"\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dX]")
_USCC = re.compile(r"[159NY][1-9A]\d{6}[0-9A-HJ-NP-RTUW-Y]{10}")
_CODE = re.compile(r"(?=.*\d)(?=.*[A-Za-z_/-]|\d{6})[\w/-]{3,32}", re.ASCII)
_MOBILE = re.compile(r"(?:\+?86)?1[3-9]\d{9}")
_RESOLD = re.compile(r"(?:\+?86)?1(?:6[257]|7[01])\d{8}")
_LONG_NUMBER = re.compile(r"(?:[\W_]*\d){6}[\W\d_]*")
_NAME = re.compile(r"[\u4e00-\u9fff·]{2,4}")
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆汪范廖石贾韦夏付方邹熊孟秦邱侯江尹薛闫段雷龙陶贺顾毛郝龚邵万覃武钱戴严莫孔向汤"
)

_Test = Callable[[str], bool]


def applicant_kind_in(text: str) -> str:
    """Return the kind of applicant that a word means, '' if it is unknown."""
    exact = value_names("applicant_kind", ApplicantKind).get(folded_word(text))
    if exact is not None:
        return exact.value
    words = sheet_words()["words"]["applicant_kind"]
    found = [
        kind for kind in ("sole_proprietor", "individual", "enterprise") if any(word in text for word in words[kind])
    ]
    return found[0] if found else ""


def guess_column(texts: Sequence[str], kind: ImportKind, taken: Set[str]) -> str:
    """Return the column that most of these values fit, without the columns in `taken`; '' if there is none."""
    if not texts:
        return ""
    tests = {ImportKind.APPLICATIONS: _TESTS, ImportKind.CARDS: _TESTS_OF_CARDS}
    for column, test in tests.get(kind, ()):
        fits = column not in taken and sum(map(test, texts)) >= _LEAST_SHARE * len(texts)
        if fits and (column != "application_no" or len(set(texts)) == len(texts)):
            return column
    return ""


def is_value(text: str) -> bool:
    """Say whether a text is a date or a long number, so that it cannot be the name of a column."""
    tests = (_LONG_NUMBER.fullmatch, _is_day, _is_id_number, _is_uscc)
    return any(map(str.isdigit, text)) and any(test(text) for test in tests)


def _is_uscc(text: str) -> bool:
    return _USCC.fullmatch(comparable_number(text)) is not None and not _is_id_number(text)


def _is_id_number(text: str) -> bool:
    return _ID_NUMBER.fullmatch(comparable_number(text)) is not None


def _has_numbers(text: str) -> bool:
    """Say whether a cell has several mobile numbers, or one of a reseller's range."""
    try:
        parts = import_text(text, PHONES, ColumnRule(means="msisdns")).split(";")
    except BadValue:
        return True
    return all(map(_MOBILE.fullmatch, parts)) and (len(parts) > 1 or _RESOLD.fullmatch(parts[0]) is not None)


def _is_mobile(text: str) -> bool:
    return _MOBILE.fullmatch(comparable_number(text)) is not None


def _is_day(text: str) -> bool:
    try:
        parse_day_or_long_term(text)
    except BadValue:
        return False
    return not text.isdecimal()


def is_company(text: str) -> bool:
    """Say whether a name is the name of a company, not of a person."""
    return text.strip().endswith(tuple(sheet_words()["words"]["companies"]))


def _is_code(text: str) -> bool:
    return _CODE.fullmatch(text.strip()) is not None


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text.strip()) is not None and text.strip()[0] in _SURNAMES


_TESTS: Sequence[tuple[str, _Test]] = (
    ("uscc", _is_uscc),
    ("handler_id_no", _is_id_number),
    ("msisdns", _has_numbers),
    ("contact_phone", _is_mobile),
    ("applicant_name", is_company),
    ("applicant_kind", lambda text: bool(applicant_kind_in(text)) and not is_company(text)),
    ("province", lambda text: bool(province_key(text))),
    ("submitted_at", _is_day),
    ("application_no", _is_code),
    ("handler_name", _is_name),
)
_TESTS_OF_CARDS: Sequence[tuple[str, _Test]] = (
    ("iccid", lambda text: iccid_luhn(comparable_number(text))),
    ("msisdn", _is_mobile),
    ("activated_on", _is_day),
    ("application_no", _is_code),
    ("actual_user_name", _is_name),
)


def unit_to_decide(values: Sequence[str]) -> str | None:
    """Return UNDECIDED for amounts without a unit that are too small to be in yuan, else None."""
    plain = [value.replace(",", "") for value in values]
    amounts = [float(value) for value in plain if value.replace(".", "", 1).isdecimal()]
    return UNDECIDED if amounts and max(amounts) < _SMALL_AMOUNT else None


def order_of(values: Sequence[str]) -> Order | None:
    """Return the order of dates that end with the year; None if the year is first or the order is not clear."""
    if not values or _are_days(values, None):
        return None
    fitting: list[Order] = [order for order in ("dmy", "mdy") if _are_days(values, order)]
    return fitting[0] if len(fitting) == 1 else None


def _are_days(values: Sequence[str], order: Order | None) -> bool:
    rule = ColumnRule(means="", order=order)
    try:
        for value in values:
            parse_day_or_long_term(import_text(value.split(" ")[0], DAY, rule))
    except BadValue:
        return False
    return True
