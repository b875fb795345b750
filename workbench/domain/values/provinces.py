"""The provinces of China, by the names used in files and shown to people (GB/T 2260)."""

import unicodedata
from functools import lru_cache

from workbench.i18n import N_, _

_NAMES: dict[str, str] = {
    "北京": N_("Beijing"),
    "天津": N_("Tianjin"),
    "河北": N_("Hebei"),
    "山西": N_("Shanxi"),
    "内蒙古": N_("Inner Mongolia"),
    "辽宁": N_("Liaoning"),
    "吉林": N_("Jilin"),
    "黑龙江": N_("Heilongjiang"),
    "上海": N_("Shanghai"),
    "江苏": N_("Jiangsu"),
    "浙江": N_("Zhejiang"),
    "安徽": N_("Anhui"),
    "福建": N_("Fujian"),
    "江西": N_("Jiangxi"),
    "山东": N_("Shandong"),
    "河南": N_("Henan"),
    "湖北": N_("Hubei"),
    "湖南": N_("Hunan"),
    "广东": N_("Guangdong"),
    "广西": N_("Guangxi"),
    "海南": N_("Hainan"),
    "重庆": N_("Chongqing"),
    "四川": N_("Sichuan"),
    "贵州": N_("Guizhou"),
    "云南": N_("Yunnan"),
    "西藏": N_("Tibet"),
    "陕西": N_("Shaanxi"),
    "甘肃": N_("Gansu"),
    "青海": N_("Qinghai"),
    "宁夏": N_("Ningxia"),
    "新疆": N_("Xinjiang"),
    "台湾": N_("Taiwan"),
    "香港": N_("Hong Kong"),
    "澳门": N_("Macau"),
}
_ENGLISH_ENDINGS = (
    " zhuang autonomous region",
    " hui autonomous region",
    " uygur autonomous region",
    " uyghur autonomous region",
    " autonomous region",
    " special administrative region",
    " sar",
    " province",
    " municipality",
    " city",
)
_ENDINGS = ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市")


PROVINCES = tuple(_NAMES)
"""The short Chinese names."""


def province_words(stored: str) -> str:
    """Return the name of a province in the current language; other text is returned unchanged."""
    short = _short(stored.strip(), _ENDINGS)
    return _(_NAMES[short]) if short in _NAMES else stored


def province_parts(typed: str) -> tuple[str, ...]:
    """Return the texts to search for in stored province names, given a typed name.

    The typed name may be Chinese or English, partial, and with or without its ending.
    """
    plain = unicodedata.normalize("NFKC", typed).strip()
    english = _short(plain.casefold(), _ENGLISH_ENDINGS)
    short = _short(plain, _ENDINGS)
    matching = {
        chinese: name
        for chinese, name in _NAMES.items()
        if (english and english in name.casefold()) or (short and short in chinese)
    }
    return tuple(dict.fromkeys([short, *matching, *matching.values()]))


@lru_cache(maxsize=1_000)
def province_key(name: str) -> str:
    """Return the short Chinese name (四川) of a province in any spelling, '' if it is not a province."""
    plain = unicodedata.normalize("NFKC", name).strip()
    short = _short(plain, _ENDINGS)
    if short in _NAMES:
        return short
    english = _short(plain.casefold(), _ENGLISH_ENDINGS)
    return next((chinese for chinese, known in _NAMES.items() if known.casefold() == english), "")


def _short(name: str, endings: tuple[str, ...]) -> str:
    """Return a name without its endings; a name that is only an ending is unchanged."""
    short = name
    for ending in endings:
        short = short.removesuffix(ending)
    return short or name
