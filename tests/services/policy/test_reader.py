"""Reading a policy file, and the messages for its errors."""

import re
from collections.abc import Iterator

import pytest

from tests.languages import speaking
from workbench.errors import BadConfiguration, ExitCode
from workbench.policies import default_policy_text
from workbench.services.policy.reader import parse_policy

RULE = """
[rules.ACT-EXTRA]
leg = "activity"
source = "a test"
told = false
text = { en = "{observed} calls", zh = "呼出{observed}次" }

[reasons.ACT-EXTRA]
verdicts = ["fail"]
title = { en = "extra", zh = "额外" }
letter = { en = "Not in line.", zh = "不符。" }
item = { en = "a plan", zh = "方案" }
rectify_days = 5
"""
LIMIT = """
[[rules.ACT-EXTRA.limits]]
observes = "peak_hour_calls"
op = ">"
value = 60
unit = "calls"
severity = "block"
min_calls = 20
"""

# For each case: the text replaced in the default file, its replacement, and what the error names.
MENDS = (
    ("grace_s = 60", "grace_s = 60\ngrace_min = 1", "desk.grace_min"),
    ("max_held = 3", "max_helt = 3", "desk.max_helt"),
    ("[desk]", "[extra]\na = 1\n[desk]", "extra"),
    ('version = "2026-11"', "", "version"),
    ('version = "2026-11"', 'version = " "', "version"),
    ("Asia/Shanghai", "Asia/Shanghi", "zone"),
    ("Asia/Shanghai", "../etc/passwd", "zone"),
    ('["09:00", "12:00"]', '["09:00", "25:00"]', "hours.periods"),
    ('["13:00", "18:00"]', '["11:00", "18:00"]', "hours.periods"),
    ('["13:00", "18:00"]', '["18:00", "13:00"]', "hours.periods"),
    ('default = ["08:00", "21:00"]', 'default = ["08:15", "21:00"]', "windows.default"),
    ('default = ["08:00", "21:00"]', 'default = ["08:00"]', "windows.default"),
    ('default = ["08:00", "21:00"]', "default = [8, 21]", "windows.default"),
    ('names = ["保险", "insurance"]', 'names = ["保险", "保险"]', "windows.industries[1].names"),
    ("[retention.periods]", '[retention.periods]\ncalls = "2 weeks"', "retention.periods.calls"),
    ("[retention.periods]", '[retention.periods]\nletters = "1 day"', "retention.periods.letters"),
    ('keep_in_service = ["passed"', 'keep_in_service = ["queued"', "retention.keep_in_service[1]"),
    ("company's seal, by {deadline}", "company's seal, by {day}", "texts.missing-papers"),
    ("hold_minutes = 30", "hold_minutes = -1", "desk.hold_minutes"),
    ("hold_minutes = 30", 'hold_minutes = "30"', "desk.hold_minutes"),
    ("hold_minutes = 30", "hold_minutes = true", "desk.hold_minutes"),
    ("override = true", "override = 1", "check.override"),
    ("rectify_days = 3", 'rectify_days = "3"', "reasons.ID-RIC.rectify_days"),
    ("default_days = 5", "default_days = 16", "rectify.default_days"),
    ("rectify_days = 3", "rectify_days = 2026-11-26", "reasons.ID-RIC.rectify_days"),
    ("rectify_hours = 24", "rectify_hours = 9\nrectify_days = 1", "reasons.ID-REVERIFY.rectify_hours"),
    ("[reasons.WAIT-CARRIER]", "[reasons.WAIT-CARRIER]\nrectify_hours = 24", "reasons.WAIT-CARRIER.rectify_hours"),
    ("rectify_hours = 24", "rectify_hours = 169", "reasons.ID-REVERIFY.rectify_hours"),
    ("cap_days = 15", "max_rounds = 0\ncap_days = 15", "rectify.max_rounds"),
    ("cap_days = 15", "cooldown_days = 0\ncap_days = 15", "rectify.cooldown_days"),
    ('country = "CN"', "country = 2026-11-26", "country"),
    ('name = { en = "Fictional Telecom Ltd", zh = "虚构通信有限公司" }', 'name = "x"', "supplier.name"),
    ("[rules.ID-RIC]", f"[rules.{'X' * 33}]", f"rules.{'X' * 33}"),
    ("[rules.ID-RIC]", '[rules.ID-RIC]\ncode = "X"', "rules.ID-RIC.code"),
    ('verdicts = ["fail"]', 'verdicts = ["fail", "fail"]', "reasons.ACT-PEAK-HOUR.verdicts"),
    ('periods = [["09:00", "12:00"], ["13:00", "18:00"]]', "periods = []", "hours.periods"),
    ('["09:00", "12:00"]', '["09:00", "09:00"]', "hours.periods[1]"),
    ('["09:00", "12:00"]', '["09:00:30", "12:00"]', "hours.periods[1]"),
    ('["09:00", "12:00"]', '["09:00Z", "12:00"]', "hours.periods[1]"),
    ("ratio = 0.05", "ratio = 5", "sampling.ratio"),
    ('default = "standard"', 'default = "fast"', "classes.default"),
    ("expedited = 1\n", "", "classes.days.expedited"),
    ('risk = { high = "high" }', 'risk = { high = "top" }', "priority.risk.high"),
    ('risk = { high = "high" }', 'risk = { huge = "high" }', "priority.risk.huge"),
    ('individual = ["AGENT_ID_FRONT"', 'individual = ["PASSPORT"', "documents.required.individual"),
    (
        'individual = ["AGENT_ID_FRONT", "AGENT_ID_BACK"',
        'individual = ["AGENT_ID_FRONT", "AGENT_ID_FRONT"',
        "documents.required.individual",
    ),
    ('INDUSTRY_PERMIT = { en = "industry permit", zh = "行业许可证" }', "", "documents.names.INDUSTRY_PERMIT"),
    (
        'INDUSTRY_PERMIT = { en = "industry permit", zh = "行业许可证" }',
        'INDUSTRY_PERMIT = { en = "industry permit" }',
        "documents.names.INDUSTRY_PERMIT.zh",
    ),
    ('pending = ["none", "bar-out"]', 'pending = ["cancel"]', "measures.pending"),
    ('pending = ["none", "bar-out"]', "pending = []", "measures.pending"),
    ("cap_days = 15", "cap_days = 4", "reasons.ID-CARD-COUNT.rectify_days"),
    ('kinds = ["enterprise", "sole_proprietor"]', 'kinds = "enterprise"', "questions[1].kinds"),
    ('code = "HANDHELD"', 'code = "NAMES-EQUAL"', "questions"),
    ("[reasons.OK]", "[reasons.OKAY]", "reasons.OK"),
    ("[reasons.CR-STALE]", "[reasons.CR-OLD]", "reasons.CR-STALE"),
    ('yields_to = "ID-RIC-EXPIRED"', 'yields_to = "ID-RIC-GONE"', "ID-RIC-EXPIRING.yields_to"),
    (
        'letter.en = "The number of calls in one hour is',
        'letter.en = "The number of calls in one hour[ ({observed})] is',
        "reasons.ACT-PEAK-HOUR.letter",
    ),
    (
        'letter.en = "Documents are missing[: {subject}]."',
        'letter.en = "Documents are missing: {subject}."',
        "reasons.DOC-MISSING.letter",
    ),
    ("{observed:document|documents} missing", "{count} missing", "rules.DOC-MISSING.text"),
    ("{observed:document|documents} missing", "{observed.__class__} missing", "rules.DOC-MISSING.text"),
    ("{observed:document|documents} missing", "{observed missing", "rules.DOC-MISSING.text"),
    ('source = "GB/T 2260', 'source = "' + "x" * 300 + "GB/T 2260", "rules.ID-REGION.source"),
)
# For each case: the text replaced in the default file, and another valid text.
AT_THE_LIMIT = (
    ("default_days = 5", "default_days = 15"),
    ('["09:00", "12:00"]', '["09:01", "13:00"]'),
    ('default = ["08:00", "21:00"]', 'default = ["08:30", "21:00"]'),
)
# Errors of form and of sense, of which those of form are told alone.
LIMITS = (
    (
        ('">"', '"=>"', "op"),
        ('"block"', '"fatal"', "severity"),
        ('"calls"', '"rings"', "unit"),
        ("min_calls = 20", "min_rings = 20", "min_rings"),
        ("min_calls = 20", "min_calls = 0", "min_calls"),
        ("value = 60", "value = [60]", "value"),
        ("min_calls = 20", "when = { industry = { a = 1 } }", "when.industry"),
        ("min_calls = 20", 'scope = "agent"', "scope"),
    ),
    (
        ('"peak_hour_calls"', '"peak_hour_call"', "observes"),
        ('"peak_hour_calls"', '"quality"', "observes"),
        ("min_calls = 20", "min_calls = 20\nmin_answered = 20", "min_answered"),
        ("value = 60", 'value = "60"', "value"),
        ("value = 60", "value = true", "value"),
        ("value = 60", "", "value"),
        ("value = 60", 'value = 60\nvalue_of = "calls"', "value"),
        ("value = 60", "value = nan", "value"),
        ("value = 60", "value = inf", "value"),
        ("value = 60", "value = 99999999999999999999", "value"),
        ("value = 60", 'value_of = "quota"', "value_of"),
        ("value = 60", 'value_of = "industry"', "value_of"),
        ("min_calls = 20", 'when = { trade = "保险" }', "when.trade"),
        ("min_calls = 20", "when = { industry = [1] }", "when.industry"),
        ("min_calls = 20", 'subject_of = "calls"', "subject_of"),
        (
            'observes = "peak_hour_calls"\nop = ">"\nvalue = 60',
            'observes = "uscc_valid"\nop = ">"\nvalue = false',
            "op",
        ),
    ),
)


def refusal(text: str) -> str:
    with pytest.raises(BadConfiguration) as refused:
        parse_policy(text, "site.toml")
    assert refused.value.exit_code is ExitCode.CONFIG
    return str(refused.value)


def replaced(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def advice_in_chinese(text: str, places: list[str]) -> None:
    """Check that each error has advice in Chinese, so that no sentence of a library is taken for one of the program."""
    with speaking("zh"):
        message = refusal(text)
    for place in places:
        assert re.search(rf"(?m)^site\.toml 第\d+行：[^：]*{re.escape(place)}[^：]*：.*[一-鿿].*。$", message), place


def in_few_texts() -> Iterator[tuple[str, list[str]]]:
    """Yield the default text with several mends, at most one in each table, and what their errors name."""
    left = list(MENDS)
    while left:
        text, mended = default_policy_text(), dict[str, str]()
        for old, new, where in tuple(left):
            table = re.split(r"[.\[]", where)[0]
            if table not in mended and text.count(old) == default_policy_text().count(old):
                text, mended[table] = replaced(text, old, new), where
                left.remove((old, new, where))
        yield text, list(mended.values())


def test_the_error_for_a_malformed_policy_names_file_and_key() -> None:
    for text, places in in_few_texts():
        advice_in_chinese(text, places)


def test_the_error_for_a_malformed_limit_names_its_number_and_key() -> None:
    for limits in LIMITS:
        text = default_policy_text() + RULE + "".join(replaced(LIMIT, old, new) for old, new, _ in limits)
        places = [f"rules.ACT-EXTRA.limits[{at}].{key}" for at, (_, _, key) in enumerate(limits, start=1)]
        advice_in_chinese(text, places)


def test_the_error_for_a_wrong_fact_lists_facts_of_the_same_type() -> None:
    message = refusal(default_policy_text() + RULE + replaced(LIMIT, "value = 60", 'value_of = "industry"'))
    known = message.removesuffix(".").partition("known: ")[2].split(", ")
    assert "peak_day_calls" in known
    assert "industry" not in known


def test_an_error_names_the_line_of_the_key_and_what_is_right() -> None:
    text = default_policy_text()
    for wrong, told in [
        (
            replaced(text, "[rules.ID-RIC]", '[rules.ID-RIC]\ncode = "X"'),
            "code: must be “ID-RIC”, the name of its table.",
        ),
        (replaced(text, "grace_s = 60", "grace_s = 60\nmax_hold = 1"), "“max_held”"),
        (
            text + RULE + replaced(LIMIT, '"calls"', '"rings"'),
            "unit: “rings” must be one of: days, years, fen, cards, ",
        ),
        ("version =\nzone = 1\n", "line 1"),
    ]:
        assert told in refusal(wrong)
    wrong = replaced(text, "grace_s = 60", "grace_s = -60")
    line = wrong.split("\n").index("grace_s = -60") + 1
    assert refusal(wrong) == f"site.toml, line {line}: desk.grace_s: must be a whole number from 0 to 86400."
    assert refusal("version =\n") == "site.toml, line 1, column 10: this is not TOML; correct it."
    many = refusal(text.replace('op = "', 'op = "~')).splitlines()
    assert len(many) == 51
    assert re.fullmatch(r"… and \d+ more errors\.", many[-1])


def test_all_errors_are_told_in_one_go_in_the_order_of_the_file() -> None:
    text = default_policy_text()
    wrong = {
        "grace_s = 60": "grace_s = -60",
        "max_held = 3": "max_helt = 3",
        '"AGENT_ID_BACK", "COMMITMENT_LETTER"]': '"AGENT_ID_BACK", "COMMITMENT_LETTER", "PASSPORT"]',
        'yields_to = "ID-RIC-EXPIRED"': 'yields_to = "ID-RIC-GONE"',
        'verdicts = ["fail"]': 'verdicts = ["fale"]',
    }
    for old, new in wrong.items():
        text = replaced(text, old, new)
    text += RULE + replaced(LIMIT, "min_calls = 20", "min_rings = 20")

    told = refusal(text).splitlines()

    marks = [*wrong.values(), "min_rings"]
    lines = [next(at for at, line in enumerate(text.split("\n"), start=1) if mark in line) for mark in marks]
    keys = (
        *("desk.grace_s", "desk.max_helt", "documents.required.individual[4]"),
        *(
            "rules.ID-RIC-EXPIRING.yields_to",
            "reasons.ACT-PEAK-HOUR.verdicts[1]",
            "rules.ACT-EXTRA.limits[1].min_rings",
        ),
    )
    assert [sentence.split(": ")[:2] for sentence in told] == [
        [f"site.toml, line {line}", key] for line, key in zip(lines, keys, strict=True)
    ]


def test_examples_of_the_design_and_values_at_their_limits_are_accepted() -> None:
    for old, new in AT_THE_LIMIT:
        assert parse_policy(replaced(default_policy_text(), old, new), "site.toml")
    limit = parse_policy(default_policy_text() + RULE + LIMIT, "site.toml").rules["ACT-EXTRA"].limits[0]
    assert (limit.samples, limit.value) == ({"calls": 20}, 60)
    # A condition may hold one value or several.
    for written in ('"保险"', '["保险"]'):
        mended = LIMIT.replace("min_calls = 20", f"when = {{ industry = {written} }}")
        policy = parse_policy(default_policy_text() + RULE + mended, "site.toml")
        assert policy.rules["ACT-EXTRA"].limits[0].conditions == {"industry": ("保险",)}


def test_a_policy_without_keys_of_later_versions_means_what_it_meant() -> None:
    text = default_policy_text()
    without = re.sub(r"\[notices\][^\[]*", "", text)
    assert without != text
    assert parse_policy(without, "old.toml").notices.send_days == 1
    later = text.replace("send_days = 1", "send_days = 2")
    assert parse_policy(later, "new.toml").notices.send_days == 2

    rectify = parse_policy(re.sub(r"(?m)^hours_end_on_days_off.*\n", "", text), "old.toml").rectify
    assert (rectify.hours_end_on_days_off, rectify.max_rounds, rectify.cooldown_days) == (False, None, None)
