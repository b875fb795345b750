"""Words that a second reading found odd occur neither on screens nor in letters nor in the default policy."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.messages import ROOT, catalogue
from workbench.policies import default_policy_text

ODD = (
    *("已转派给你", "已转派给", "领取剩余", "（下限60）", "小时呼出频次整改方案", "实际使用人未填写", "填写不对"),
    *("有材料未加盖公章", "有卡的", "第0日", "或之前", "最迟", "办结予以撤销", "办结通知予以撤销", "这晚于"),
    *("服务等级", "号卡", "话单", "转派", "发起核实", "内部备注"),
    *("张审核单", "涉及{count}个审核单", "单待重开", "未结的", "未结审核单", "沟通记录"),
    "整改事项",
)
"""Odd phrases and second words for a thing; see the trade's wording list."""

CITING = ("source_zh",)
"""Keys of the policy whose texts are not ours, such as the refusals of other suppliers."""


def chinese_of(values: Any) -> Iterator[str]:
    """Yield the Chinese texts of a policy."""
    for key, value in values.items() if isinstance(values, dict) else enumerate(values):
        if isinstance(value, dict | list):
            yield from chinese_of(value)
        elif str(key).endswith("zh") and key not in CITING:
            yield value


def messages() -> list[str]:
    """Return the Chinese of the catalogue."""
    found = [message.string for message in catalogue() if message.id]
    return [text for one in found for text in ([one] if isinstance(one, str) else one or [])]


def test_codes_and_keys_stand_apart_from_chinese_words() -> None:
    code = r"(?:\{(?:case|key|(?:desk|go|verdict|queue)\.\w+|help|batch|login)\}|Esc|C-\d+|`[^`]+`)"
    touching = re.compile(f"[一-鿿]{code}|{code}[一-鿿]")
    assert [text for text in messages() if touching.search(text)] == []


def templates() -> list[str]:
    folder = ROOT / "workbench" / "letters"
    return [line for path in sorted(folder.glob("*.zh.jinja")) for line in Path(path).read_text("utf-8").splitlines()]


POLICY = tomllib.loads(default_policy_text())


def test_an_odd_phrase_is_written_nowhere() -> None:
    written = [*messages(), *templates(), *chinese_of(POLICY)]
    for odd in ODD:
        assert [text for text in written if odd in text] == []


def test_a_finding_has_one_name() -> None:
    assert [text for text in messages() if re.search("(?<!风险)提示", text)] == []


def test_colleagues_are_addressed_without_a_pronoun() -> None:
    assert [text for text in messages() if re.search("[你您]", text)] == []


def test_applicants_are_addressed_with_the_polite_pronoun_only() -> None:
    assert [text for text in (*templates(), *chinese_of(POLICY)) if "你" in text] == []


def test_a_company_is_never_addressed_as_a_person() -> None:
    own = (reason.get(key, {}).get("zh", "") for reason in POLICY["reasons"].values() for key in ("letter", "item"))
    assert [text for text in own if "您" in text] == []


def test_the_complaint_office_has_one_english_name() -> None:
    paths = sorted((ROOT / "workbench" / "letters").glob("*.en.jinja"))
    texts = [*(path.read_text("utf-8") for path in paths), str(POLICY["supplier"]["complaint"]["en"])]
    names = {name for text in texts for name in re.findall(r"the ([a-z' ]+ office) \(?(?:phone )?12300", text)}
    assert names == {"telecom users' complaint office"}
