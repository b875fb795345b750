"""The provinces of China, by the names used in files and shown to people (GB/T 2260)."""

import unicodedata

from workbench.i18n import _, marked

_NAMES: dict[str, str] = {
    "北京": marked("Beijing"),
    "天津": marked("Tianjin"),
    "河北": marked("Hebei"),
    "山西": marked("Shanxi"),
    "内蒙古": marked("Inner Mongolia"),
    "辽宁": marked("Liaoning"),
    "吉林": marked("Jilin"),
    "黑龙江": marked("Heilongjiang"),
    "上海": marked("Shanghai"),
    "江苏": marked("Jiangsu"),
    "浙江": marked("Zhejiang"),
    "安徽": marked("Anhui"),
    "福建": marked("Fujian"),
    "江西": marked("Jiangxi"),
    "山东": marked("Shandong"),
    "河南": marked("Henan"),
    "湖北": marked("Hubei"),
    "湖南": marked("Hunan"),
    "广东": marked("Guangdong"),
    "广西": marked("Guangxi"),
    "海南": marked("Hainan"),
    "重庆": marked("Chongqing"),
    "四川": marked("Sichuan"),
    "贵州": marked("Guizhou"),
    "云南": marked("Yunnan"),
    "西藏": marked("Tibet"),
    "陕西": marked("Shaanxi"),
    "甘肃": marked("Gansu"),
    "青海": marked("Qinghai"),
    "宁夏": marked("Ningxia"),
    "新疆": marked("Xinjiang"),
    "台湾": marked("Taiwan"),
    "香港": marked("Hong Kong"),
    "澳门": marked("Macau"),
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


def province_words(stored: str) -> str:
    """Return the name of a province in the current language; other text is returned unchanged."""
    short = _short(stored.strip(), _ENDINGS)
    return _(_NAMES[short]) if short in _NAMES else stored


def province_parts(typed: str) -> tuple[str, ...]:
    """Return the parts to search for in stored province names, for a typed name.

    The typed name may be Chinese or English, partial, and with or without its ending.
    """
    plain = unicodedata.normalize("NFKC", typed).strip()
    english = _short(plain.casefold(), _ENGLISH_ENDINGS)
    named = [chinese for chinese, name in _NAMES.items() if english and english in name.casefold()]
    return tuple(dict.fromkeys([_short(plain, _ENDINGS), *named]))


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
