"""Removes the exclusions from business scopes, so that rules check only what a company does."""

import re
import unicodedata

_BRACKETS = str.maketrans("【〔[{】〕]}", "(((())))")
_INNERMOST = re.compile(r"\(([^()]*)(?:\)|$)")
_MOST_LEVELS = 8

_SENTENCE_END = re.compile(r"[;。\n]|\.(?!\d)")
_CLAUSE_END = re.compile(r",|(?=但)")

# Words such as 除尘 (dust removal) begin with the character that excludes, 除.
_EXCEPT = r"(?<![拆清消解扫排去废删免剔切根破])除(?!甲醛|[外尘湿草虫霉锈味雪冰臭垢渣油菌螨氧磷硫铁毛痣疤痘皱夕])"
_EXCEPT_FOR = re.compile(rf"{_EXCEPT}[^除]*?(?:以外|之外|(?<![户海国境室])外)")
_ALL_EXCEPTED = re.compile(
    r"^.*(?:除外|不得(?:经营|从事|销售|开展|生产)\s*$|\b(?:excluded|prohibited|not (?:included|allowed|permitted))\b)",
    re.I,
)
_ITEM_EXCEPTED = re.compile(r"^.*(?:以外|之外)")
_NEGATED = re.compile(
    r"(?P<list>不得|(?<![未非不])禁止|严禁|\b(?:except(?:ing)?|excluding|other than|not including)\b)"
    r"|不(?:再|可|能|准|许|允许)?(?:含|包含|包括|涉|从事|经营|销售|提供|开展|办理|承接|代理|生产|设|做)"
    rf"|^\s*{_EXCEPT}|\b(?:without|no|not)\b(?!\.| only)",
    re.I,
)
_INCLUDED = re.compile(r"\s*(?:含|可|包括|包含|仅|只|限|但|另|includ)", re.I)
_LIST_END = re.compile(r"等.{0,12}(?:业务|活动|行为)\s*$|\b(?:and|or)\b", re.I)


def without_exclusions(scope: str) -> str:
    """Return the part of a business scope that names what the company does.

    An exclusion, such as 不含药品 or 除贷款外, ends with its clause. An exclusion in brackets ends with the bracket, or
    at a clause that includes something again. A prohibition, such as 不得从事A，B等业务, also covers its whole list.
    """
    text = unicodedata.normalize("NFKC", scope).translate(_BRACKETS)
    for _level in range(_MOST_LEVELS):
        text, count = _INNERMOST.subn(_bracket_as_clause, text)
        if not count:
            break
    return _without_excluded_clauses(text, is_bracket=False)


def _bracket_as_clause(bracket: re.Match[str]) -> str:
    """Return the kept text of a bracket as a part of the clause around it."""
    return f" {re.sub('[;,]', '、', _without_excluded_clauses(bracket[1], is_bracket=True))} "


def _without_excluded_clauses(text: str, *, is_bracket: bool) -> str:
    return ";".join(
        _without_excluded_in_sentence(sentence, is_bracket=is_bracket) for sentence in _SENTENCE_END.split(text)
    )


def _without_excluded_in_sentence(sentence: str, *, is_bracket: bool) -> str:
    """Return a sentence without its exclusions.

    In brackets, an exclusion covers all further clauses. Elsewhere, a prohibition covers its list. Any other exclusion
    covers its own clause. A clause that includes something again ends the exclusion.
    """
    clauses = _CLAUSE_END.split(sentence)
    list_end = max((index for index, clause in enumerate(clauses) if _LIST_END.search(clause)), default=0)
    kept: list[str] = []
    excluded_to = -1
    for index, clause in enumerate(clauses):
        if index <= excluded_to and not _INCLUDED.match(clause):
            continue
        rest = _ALL_EXCEPTED.sub("", _EXCEPT_FOR.sub("", clause))
        rest = "、".join(_ITEM_EXCEPTED.sub("", item) for item in rest.split("、"))
        negated = _NEGATED.search(rest)
        excluded_to = -1
        if negated:
            rest = rest[: negated.start()]
            last_excluded = list_end if negated["list"] else index
            excluded_to = len(clauses) if is_bracket else last_excluded
        kept.append(rest)
    return ",".join(kept)
