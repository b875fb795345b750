"""The supplier: made up or real, written into a policy, and put into letters that were written before."""

import re
from dataclasses import fields, replace

from hypothesis import given
from hypothesis import strategies as st

from tests.sites import SUPPLIER
from workbench.domain.policy.policy import BilingualText, Supplier
from workbench.policies import default_policy_text
from workbench.services.policy.reader import parse_policy, parse_supplier
from workbench.services.policy.supplier import is_made_up, made_up_supplier, supplier_toml, with_supplier

TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).filter(str.strip)
WORDS = st.builds(BilingualText, en=TEXTS, zh=TEXTS)
SUPPLIERS = st.builds(
    Supplier, name=WORDS, phone=TEXTS.map("400-00{}".format), hours=WORDS, address=WORDS, appeal=WORDS, complaint=WORDS
)


@given(SUPPLIERS)
def test_any_supplier_can_be_written_as_toml(supplier: Supplier) -> None:
    assert parse_supplier(supplier_toml(supplier), "given.toml") == supplier


def test_the_default_policy_takes_another_supplier_and_changes_in_nothing_else() -> None:
    default = parse_policy(default_policy_text(), "default.toml")

    changed = with_supplier(default_policy_text(), SUPPLIER)

    assert parse_policy(changed, "changed.toml") == replace(default, supplier=SUPPLIER)


def test_a_policy_without_a_complaint_channel_names_the_office_for_telecom_users() -> None:
    older = re.sub(r"\n\[supplier.complaint\]\n.*\n.*\n", "\n", default_policy_text())

    assert "12300" in parse_policy(older, "older.toml").supplier.complaint.zh


def test_a_supplier_is_made_up_while_one_telling_field_is() -> None:
    for field in ["name", "phone", "address"]:
        assert is_made_up(replace(SUPPLIER, **{field: getattr(made_up_supplier(), field)}))


def test_a_supplier_may_keep_the_usual_hours_and_channels() -> None:
    for field in [field.name for field in fields(Supplier)]:
        usual = {name: getattr(made_up_supplier(), name) for name in ("hours", "appeal", "complaint")}

        assert not is_made_up(replace(SUPPLIER, **({field: usual[field]} if field in usual else {})))
