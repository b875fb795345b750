"""The comparison of two rounds lists exactly what differs, in both directions."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tests.screens.cases import NOW, TODAY, application, evidence, policy
from workbench.domain.case.changes import RoundBasis, SubmittedFile, compare_rounds
from workbench.domain.case.reason_scope import EvidencePart
from workbench.domain.evidence.evidence import CardFacts, Evidence
from workbench.domain.facts.all_facts import observe
from workbench.domain.findings.evaluate import findings_of

TEXTS = ("uscc", "business_scope", "handler_name", "contact_phone", "stated_use", "province")
Part = EvidencePart


def basis(found: Evidence) -> RoundBasis:
    facts = observe(found, policy(), TODAY)
    return RoundBasis(evidence=found, facts=facts.case, findings=findings_of(facts, policy()))


@given(
    fields=st.sets(st.sampled_from(TEXTS)),
    replaced=st.sets(st.integers(0, 5)),
    ended=st.sets(st.integers(0, 2)),
    has_new_card=st.booleans(),
)
def test_what_differs_and_nothing_else_is_listed(
    fields: set[str], replaced: set[int], ended: set[int], *, has_new_card: bool
) -> None:
    old = evidence()
    newer = [replace(old.documents[at], sha256="1" * 64, received_at=NOW) for at in replaced]
    cards = tuple(
        replace(card, service_ended_on=date(2026, 11, 1)) if at in ended else card for at, card in enumerate(old.cards)
    )
    new = replace(
        old,
        application=application(**{name: f"{getattr(old.application, name)}!" for name in fields}),
        documents=(*old.documents, *newer),
        cards=(*cards, CardFacts(msisdn="17100000009")) if has_new_card else cards,
    )
    changes, unchanged = compare_rounds(basis(old), basis(new), {"DOC-UNSEALED": {"BIZ_LICENSE"}})
    backwards, _same = compare_rounds(basis(new), basis(old), {})

    assert {
        (one.part, one.subject, one.field)
        for one in changes
        if one.part in {Part.APPLICATION, Part.CARDS, Part.DOCUMENTS}
    } == {
        *((Part.APPLICATION, "", name) for name in fields),
        *((Part.DOCUMENTS, old.documents[at].kind.value, "files") for at in replaced),
        *((Part.CARDS, old.cards[at].msisdn, "service_ended_on") for at in ended),
        *({(Part.CARDS, "17100000009", "msisdn")} if has_new_card else set()),
    }
    assert sorted(map(str, ((one.part, one.subject, one.field, one.new, one.old) for one in backwards))) == sorted(
        map(str, ((one.part, one.subject, one.field, one.old, one.new) for one in changes))
    )
    changed = {(one.part, one.subject or one.field) for one in changes}
    assert not changed & {(one.part, one.subject or one.field) for one in unchanged}
    licence = [one.codes for one in unchanged if one.subject == "BIZ_LICENSE"]
    assert licence == ([] if ("documents", "BIZ_LICENSE") in changed else [("DOC-UNSEALED",)])


def test_the_same_file_sent_again_is_no_change() -> None:
    old = evidence()
    again = replace(old, documents=tuple(replace(one, received_at=NOW) for one in old.documents))

    assert compare_rounds(basis(old), basis(again), {})[0] == []
    assert SubmittedFile("0", NOW) == SubmittedFile("0", NOW.replace(year=2025))
