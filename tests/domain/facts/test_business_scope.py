"""The prohibited trades in a business scope are those that the company pursues, not those that it excludes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.facts.business_scopes import SCOPES
from tests.domain.facts.sample_evidence import application, default_policy, evidence
from workbench.domain.facts.business_scope import without_exclusions
from workbench.domain.facts.documents import use_facts
from workbench.domain.facts.fact import chained

TRADES = st.sampled_from([word for word in default_policy().use.prohibited_trades if not word.isascii()])
EXCLUSIONS = st.sampled_from(
    [
        "不含{}",
        "（不含{}）",
        "不得从事{}业务",
        "除{}外",
        "（除{}）",
        "（{}除外）",
        "{}除外",
        "禁止经营{}",
        "【不涉及{}】",
        "除{}以外的商品",
    ]
)


def trades_in(scope: str) -> str:
    found = evidence(application=application(business_scope=scope, industry=""))
    return str(chained(*use_facts(found, default_policy()))["prohibited_trades"])


def test_the_trades_of_a_scope_are_those_that_it_does_not_exclude() -> None:
    for scope, trades in SCOPES:
        assert trades_in(scope) == ";".join(trades)


@settings(max_examples=50)
@given(st.lists(TRADES, min_size=1, max_size=3), EXCLUSIONS, TRADES, st.sampled_from("；;。\n"))
def test_an_exclusion_covers_its_own_clause_only(excluded: list[str], form: str, pursued: str, end: str) -> None:
    exclusion = form.format("、".join(excluded))
    assert trades_in(f"软件开发，{exclusion}{end}会务服务") == ""
    assert trades_in(f"{exclusion}{end}{pursued}") == pursued
    assert trades_in(f"{pursued}{end}{exclusion}") == pursued


@settings(max_examples=50)
@given(st.text(alphabet="不含得除外禁止等业务但（）()【、，；。, 药品贷款a\n", max_size=60))
def test_any_scope_is_read_without_inventing_words(scope: str) -> None:
    assert set(without_exclusions(scope)) <= set(scope) | set("();,、 ")
