"""The pinyin initials of Chinese text, for finding names without an input method."""

import re
import unicodedata
from functools import cache, lru_cache

SEVERAL_INITIALS = frozenset(
    "万不丱么乐乘乜仇从仿会传伺伽侗侥侧便俟信倘傀傍僪免其兹冯凹刨券刹剿匙匮卒单卡厦参句叨叶吁合吓吖否吭呲呵呷咖咯咳咶哕哦喔"
    "喳嗒嘲噱囤圈圜圩坏坻埏埔埶堕堡壳大夯奇姥婑宿射将尉尾尿屏属岂巷干弄弟強弹强彊徼忪恶惓房扁扒扛扞扢折拂拗括挝挟捰提揭撮擿攒於"
    "无景暴曝曾朘朝期术杓枞枸柚查栅栖校棬椎楛槛欹殖殽氏汤沈沓泊泌浍浒涡混溃漯澄澹炰焯燋燵犍狧猲率玢瑱畜番疟痡盛省眴瞿矜石碡磅"
    "祕禅秘稽窨粘粥系絜纚红纤纥纶给缉耆耙腊腌膀膻臭般艾艿芥苕苣茄茜荑荠荤莘莞莩菹葚蔓蔚蕃藏虾蛇蛤螫行被袷裨裳裼褎褚见解识说调"
    "谷豉贾趄蹊车轧辗辟遗適邪郄酖重鐀铅铛铤镐长閒阿陂降隗靓革鞘鞞颈颉颤食騃驮骠鸟鹄鹘麇齐龈龟"
)
"""The characters whose initial depends on the word. A test compares them with `pypinyin`."""

_WITH_SEVERAL = re.compile(f"[{''.join(sorted(SEVERAL_INITIALS))}]")

_IN_NO_WORD = "\u3447"
"""A Chinese character that is in no known word."""


@lru_cache(maxsize=4096)
def initials(text: str) -> str:
    """Return the first letter of each character's pinyin. Letters and digits are kept, the rest is dropped.

    A character with several readings gets the reading that it has in its word: 银行 is `yh`, 行走 is `xz`.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    if SEVERAL_INITIALS.isdisjoint(folded):
        return folded.translate(_INITIALS)
    # Only the piece around such a character is split into words. It grows as long as each two adjacent characters of it
    # stand together in some known word, so it contains the whole word of the character.
    known_pairs, done = _pairs_in_words(), 0
    parts: list[str] = []
    for ambiguous in _WITH_SEVERAL.finditer(folded):
        start, end = ambiguous.span()
        if start < done:
            continue
        while start > done and folded[start - 1 : start + 1] in known_pairs:
            start -= 1
        while end < len(folded) and folded[end - 1 : end + 1] in known_pairs:
            end += 1
        goes_on = end < len(folded) and _is_han(folded[end])
        parts += (folded[done:start].translate(_INITIALS), _initials_of_piece(folded[start:end], goes_on=goes_on))
        done = end
    return "".join((*parts, folded[done:].translate(_INITIALS)))


@cache
def _pairs_in_words() -> frozenset[str]:
    from pypinyin.constants import PHRASES_DICT

    return frozenset(word[start : start + 2] for word in PHRASES_DICT for start in range(len(word) - 1))


@lru_cache(maxsize=8192)
def _is_han(character: str) -> bool:
    from pypinyin.constants import RE_HANS

    return RE_HANS.match(character) is not None


@lru_cache(maxsize=8192)
def _initials_of_piece(piece: str, *, goes_on: bool) -> str:
    """Return the initials of a piece of a text; `goes_on` says that another Chinese character follows the piece."""
    from pypinyin.seg.simpleseg import seg

    # The segmenter splits the last characters of a text differently, so another character is appended.
    words = seg(piece + _IN_NO_WORD)[:-1] if goes_on else seg(piece)
    return "".join(map(_initials_of_word, words))


@lru_cache(maxsize=4096)
def _initials_of_word(word: str) -> str:
    from pypinyin import Style, lazy_pinyin

    readings = "".join(lazy_pinyin(word, style=Style.FIRST_LETTER))
    return "".join(letter for letter in readings if letter.isascii() and letter.isalnum())


class _Initials(dict[int, str]):
    """The initials of characters outside words, for `str.translate`; one is looked up when it is first used."""

    def __missing__(self, code: int) -> str:
        initial = self[code] = _initials_of_word(chr(code))
        return initial


_INITIALS = _Initials()
