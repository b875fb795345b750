"""The differences between two policies, by the keys of the file."""

from workbench.domain.policy.comparison import PolicyChange, PolicyChangeKind, changes_between
from workbench.policies import default_policy_text
from workbench.services.policy.reader import parse_policy

CHANGES = [
    ("max_held = 3", "max_held = 4", PolicyChange("desk.max_held", 3, 4, PolicyChangeKind.SETTING)),
    ('"13:00", "18:00"', '"13:00", "17:30"', ("hours.periods", "09:00–12:00, 13:00–17:30", PolicyChangeKind.SETTING)),
    ("value = 50_000_000", "value = 1", ("rules.ID-CAPITAL.limits[1].value", 1, PolicyChangeKind.THRESHOLD)),
    ('"AGENT_ID_BACK", "COMMITMENT_LETTER"]', '"AGENT_ID_BACK"]', (
        "documents.required.individual", "AGENT_ID_FRONT, AGENT_ID_BACK", PolicyChangeKind.DOCUMENT)),
    ('zh = "营业执照副本"', 'zh = "执照"', ("documents.names.BIZ_LICENSE.zh", "执照", PolicyChangeKind.TEXT)),
    ("400-000-0000", "400-000-0009", ("supplier.phone", "400-000-0009", PolicyChangeKind.SETTING)),
    ("rectify_days = 3", "rectify_days = 4", ("reasons.ID-RIC.rectify_days", 4, PolicyChangeKind.REASON)),
    ("expedited = 1\n", "expedited = 2\n", ("classes.days.expedited", 2, PolicyChangeKind.SETTING)),
]  # fmt: skip


def test_a_changed_value_is_named_by_its_key() -> None:
    for old, new, expected in CHANGES:
        text = default_policy_text()
        assert old in text

        [change] = changes_between(parse_policy(text, "a"), parse_policy(text.replace(old, new, 1), "b"))

        assert expected in (change, (change.key, change.new, change.kind))


def test_a_question_put_before_others_changes_only_itself() -> None:
    text, first = default_policy_text(), "[[questions]]\n"
    added = text.replace(
        first, f'{first}code = "NEW"\nleg = "identity"\ntext = {{ en = "New?", zh = "新？" }}\n\n{first}', 1
    )

    changes = changes_between(parse_policy(text, "a"), parse_policy(added, "b"))

    assert {change.key.partition("]")[0] for change in changes} == {"questions[NEW"}
    assert all(change.old is None for change in changes)
