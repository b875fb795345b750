"""Facts computed from the evidence of a case."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from db.enums import ApplicantKind, CreditList, CreditMatch, DocumentKind, Quality
from tests.domain.facts.sample_evidence import (
    MSISDN,
    OTHER_MSISDN,
    RECEIVED,
    TODAY,
    application,
    card,
    complaints,
    credit,
    default_policy,
    document,
    evidence,
    id_number,
    with_calls,
)
from workbench.domain.evidence.evidence import CallFacts, ComplaintFacts, CreditFacts, Evidence
from workbench.domain.facts.all_facts import (
    FACTS,
    CaseFacts,
    activity_view,
    calling_hours_for,
    observe,
    off_hours_calls,
)
from workbench.domain.facts.credit import credit_facts, uncleared_hits
from workbench.domain.facts.documents import words_found
from workbench.domain.facts.fact import FactType, groups_of
from workbench.domain.findings.evaluate import findings_of
from workbench.domain.policy.policy import FactValue
from workbench.domain.policy.settings import CallingWindow

ACTIVITY_KEYS = """
calls answered distinct_callees mean_duration_s short_call_ratio peak_hour_calls peak_day_calls off_hours_calls
max_same_callee_day max_same_callee_5min max_same_callee_window handsets complaints opt_out_calls off_hours_ratio
answer_ratio out_ratio distinct_callee_ratio window_from window_to
"""
TYPES = {FactType.NUMBER: (int, float), FactType.FLAG: (bool,), FactType.TEXT: (str,)}


def seen(given: Evidence) -> CaseFacts:
    return observe(given, default_policy(), TODAY)


def case(given: Evidence) -> dict[str, FactValue]:
    return dict(seen(given).case)


def is_of_type(value: FactValue, fact_type: FactType) -> bool:
    return value is None or (
        isinstance(value, TYPES[fact_type]) and isinstance(value, bool) == (fact_type is FactType.FLAG)
    )


def test_the_computed_facts_are_those_that_a_policy_may_use() -> None:
    for given in [
        evidence(),
        evidence(complaints=complaints(2, 1)),
        evidence(calls=(), all_calls=CallFacts(), cards=(), documents=(), credit=()),
        evidence(credit=(credit(CreditList.ARREARS, CreditMatch.EXACT, disputed=True),)),
    ]:
        facts = seen(given)
        everything = [("case", facts.case)]
        everything += [("card", own) for _msisdn, own in facts.cards]
        everything += [("document", own) for _kind, own in facts.documents]
        for scope, own in everything:
            known = FACTS["case" if scope == "case" else "card" if scope == "card" else "document"]
            assert set(own) == set(known)
            assert sum(map(len, groups_of(own))) == len(known)
            assert all(is_of_type(own[name], sort) for name, sort in known.items())


def test_the_activity_has_its_fixed_keys() -> None:
    given = evidence(cards=(card(), card(msisdn=OTHER_MSISDN)))
    view = activity_view(given, seen(given))
    assert set(ACTIVITY_KEYS.split()) < set(view)
    assert [own["msisdn"] for own in view["cards"]] == [MSISDN, OTHER_MSISDN]
    assert all(set(ACTIVITY_KEYS.split()) < set(own) for own in view["cards"])
    assert (view["window_from"], view["window_to"]) == ("2026-10-26", "2026-11-24")
    assert (view["cards"][1]["calls"], view["cards"][1]["window_to"]) == (0, None)


def test_a_ratio_without_a_denominator_is_unknown() -> None:
    facts = case(evidence(calls=(), all_calls=CallFacts()))
    names = [name for name in facts if name.endswith("_ratio")]
    assert len(names) == 6
    assert all(facts[name] is None for name in (*names, "mean_duration_s", "data_age_days"))
    assert facts["calls"] == facts["peak_hour_calls"] == 0


def call_at(moment: time) -> CallFacts:
    halves = [0] * 48
    halves[moment.hour * 2 + moment.minute // 30] = 1
    return CallFacts(calls=1, half_hours=tuple(halves))


def test_calls_outside_the_window_count_from_its_closing_minute_on() -> None:
    for moment, outside in [
        (time(7, 59), 1),
        (time(8), 0),
        (time(8, 1), 0),
        (time(20, 59), 0),
        (time(21), 1),
        (time(21, 1), 1),
        (time(0), 1),
    ]:
        assert off_hours_calls(call_at(moment), CallingWindow(opens=time(8), closes=time(21))) == outside


def test_insurance_may_call_later_than_others() -> None:
    for industry, opens in [
        ("保险", 9),
        ("人寿保险代理", 9),
        ("Life Insurance", 9),
        ("reinsurances", 8),
        ("教育", 8),
        ("", 8),
    ]:
        assert calling_hours_for(industry, default_policy()).opens == time(opens)


def test_the_calls_of_an_industry_use_its_own_window() -> None:
    figures = replace(call_at(time(8, 30)), msisdn=MSISDN)
    assert case(with_calls(figures))["off_hours_calls"] == 0
    insured = with_calls(figures, application=application(industry="保险"))
    assert case(insured)["off_hours_calls"] == 1
    assert dict(seen(insured).cards)[MSISDN]["off_hours_calls"] == 1


def complained(received_at: datetime, msisdn: str = MSISDN) -> ComplaintFacts:
    return ComplaintFacts(msisdn=msisdn, received_at=received_at, verified=True)


def test_complaints_before_the_window_are_shown_but_not_counted() -> None:
    # The window begins on 26 October in Shanghai, eight hours before it does in UTC.
    before, after = datetime(2026, 10, 25, 15, 59, tzinfo=UTC), datetime(2026, 10, 25, 16, tzinfo=UTC)
    facts = seen(evidence(complaints=(complained(before), complained(after), *complaints(0, 1))))
    assert (facts.case["complaints"], facts.case["complaints_unverified"], facts.case["complaints_old"]) == (1, 1, 1)
    assert facts.case["complaint_ratio"] == 0.001
    assert facts.complaints == ("old", "counted", "counted")


def test_complaints_outside_the_service_of_a_card_are_shown_but_not_counted() -> None:
    served = card(activated_on=date(2026, 11, 10), service_ended_on=date(2026, 11, 20))
    days = [datetime(2026, 11, day, 15, 59, tzinfo=UTC) for day in (9, 10, 20, 21)]
    facts = seen(evidence(cards=(served,), complaints=tuple(complained(day) for day in days)))
    assert facts.complaints == ("outside_service", "counted", "counted", "outside_service")
    for own in (facts.case, facts.cards[0][1]):
        assert (own["complaints"], own["complaints_outside_service"]) == (2, 2)


def test_complaints_are_counted_per_card() -> None:
    given = evidence(
        cards=(card(), card(msisdn=OTHER_MSISDN)),
        complaints=(complained(RECEIVED), complained(RECEIVED, OTHER_MSISDN), complained(RECEIVED, OTHER_MSISDN)),
    )
    own = dict(seen(given).cards)
    assert (own[MSISDN]["complaints"], own[OTHER_MSISDN]["complaints"]) == (1, 2)
    assert own[OTHER_MSISDN]["complaint_ratio"] is None


def test_only_the_last_delivery_of_a_document_counts() -> None:
    early = document(DocumentKind.BIZ_LICENSE, quality=Quality.BLURRED, received_at=RECEIVED - timedelta(hours=1))
    late = document(DocumentKind.BIZ_LICENSE, quality=Quality.OK)
    second_page = document(DocumentKind.BIZ_LICENSE, quality=Quality.INCOMPLETE)
    for given in ((early, late), (late, early)):
        assert [own["quality"] for _kind, own in seen(evidence(documents=given)).documents] == ["ok"]
    pages = seen(evidence(documents=(early, late, second_page))).documents
    assert [(kind, own["quality"]) for kind, own in pages] == [("BIZ_LICENSE", "ok"), ("BIZ_LICENSE", "incomplete")]


def test_missing_documents_are_in_the_order_of_the_policy() -> None:
    facts = case(evidence(documents=()))
    assert facts["documents_missing"] == 8
    assert str(facts["missing_kinds"]).startswith("BIZ_LICENSE;AGENT_ID_FRONT;")
    individual = evidence(documents=(), application=application(applicant_kind=ApplicantKind.INDIVIDUAL, uscc=""))
    assert case(individual)["documents_missing"] == 3


def test_a_policy_without_trade_words_finds_no_trade() -> None:
    assert words_found("loans", ()) == ()


def test_the_validity_of_a_residence_permit_is_not_checked() -> None:
    permit = application(
        handler_id_no=id_number(date(1990, 6, 15), "810000"),
        handler_id_issued_on=date(2020, 1, 1),
        handler_id_valid_to=date(2025, 1, 1),
    )
    assert case(evidence(application=permit))["id_validity_fits_age"] is None


def test_cards_that_are_only_listed_are_counted_once() -> None:
    listed = application(msisdns=(MSISDN, OTHER_MSISDN))
    facts = seen(evidence(application=listed))
    assert facts.case["cards"] == 2
    assert [msisdn for msisdn, _own in facts.cards] == [MSISDN, OTHER_MSISDN]
    assert dict(facts.cards)[OTHER_MSISDN]["actual_user_named"] is None


def arrears(match: CreditMatch, days_ago: int | None, **changes: object) -> CreditFacts:
    checked = None if days_ago is None else TODAY - timedelta(days=days_ago)
    return credit(CreditList.ARREARS, match, checked_on=checked, **changes)


def test_a_later_check_that_found_nothing_clears_a_hit() -> None:
    hit = arrears(CreditMatch.EXACT, 10, overdue_days=40, amount_fen=500)
    assert uncleared_hits((hit, arrears(CreditMatch.NONE, 9))) == ()
    for other in (
        arrears(CreditMatch.NONE, 10),
        arrears(CreditMatch.NONE, 11),
        arrears(CreditMatch.NONE, 1, subject_no="another"),
        credit(CreditList.COURT, CreditMatch.NONE),
    ):
        assert uncleared_hits((hit, other)) == (hit,)
    undated = arrears(CreditMatch.EXACT, None)
    assert uncleared_hits((undated, arrears(CreditMatch.NONE, 1))) == (undated,)


def test_arrears_are_summed_and_the_longest_overdue_counts() -> None:
    facts = credit_facts(
        (
            arrears(CreditMatch.EXACT, 1, overdue_days=3, amount_fen=150),
            arrears(CreditMatch.EXACT, 1, overdue_days=31, amount_fen=50),
            arrears(CreditMatch.NAME_ONLY, 1, overdue_days=99, amount_fen=9),
        ),
        TODAY,
    )
    assert (facts["arrears_fen"], facts["overdue_days"], facts["name_only_records"]) == (200, 31, 1)


def test_arrears_are_overdue_since_their_listing_unless_they_say_for_how_long() -> None:
    rows: list[tuple[dict[str, object], int | None, str, str | None]] = [
        ({"amount_fen": 1, "listed_on": TODAY}, 0, "", None),
        ({"amount_fen": 1, "listed_on": TODAY + timedelta(days=1)}, 0, "", None),
        ({"amount_fen": 1, "listed_on": TODAY - timedelta(days=30)}, 30, "", "warn"),
        ({"amount_fen": 1, "listed_on": TODAY - timedelta(days=31)}, 31, "", "block"),
        ({"amount_fen": 1, "listed_on": TODAY - timedelta(days=99), "overdue_days": 2}, 2, "", "warn"),
        ({"amount_fen": 1, "overdue_days": 0}, 0, "", None),
        ({"amount_fen": 1}, None, "unknown", "block"),
        ({"listed_on": TODAY - timedelta(days=2)}, 2, "", "warn"),
        ({"amount_fen": 0}, 0, "", None),
        ({"amount_fen": 0, "overdue_days": 400, "listed_on": date(2020, 1, 1)}, 0, "", None),
    ]
    for record, days, since, severity in rows:
        facts = seen(evidence(credit=(arrears(CreditMatch.EXACT, 1, **record),)))
        assert (facts.case["overdue_days"], facts.case["overdue_since"]) == (days, since)
        found = {finding.rule: finding.severity for finding in findings_of(facts, default_policy())}
        assert found.get("CR-ARREARS") == severity


def test_arrears_are_unknown_if_their_list_was_never_checked() -> None:
    facts = credit_facts((credit(CreditList.COURT, CreditMatch.NONE),), TODAY)
    assert facts["arrears_fen"] is None
    assert facts["overdue_days"] is None
    assert credit_facts((arrears(CreditMatch.NONE, 1),), TODAY)["arrears_fen"] == 0


def test_the_age_of_the_checks_is_that_of_the_oldest_one() -> None:
    facts = credit_facts(
        (
            arrears(CreditMatch.NONE, 90),
            arrears(CreditMatch.NONE, 5),
            credit(CreditList.COURT, CreditMatch.NONE, checked_on=TODAY - timedelta(days=40)),
        ),
        TODAY,
    )
    assert (facts["credit_age_days"], facts["lists_checked"]) == (40, 2)


def test_a_disputed_hit_counts_in_full_and_is_marked() -> None:
    facts = credit_facts((credit(CreditList.COURT, CreditMatch.EXACT, disputed=True),), TODAY)
    assert (facts["court_exact"], facts["court_disputed"], facts["disputed_records"]) == (1, 1, 1)
