"""Previews of a verdict and the decision use the case as it was read, and read it again after every change."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from db.enums import ChecklistValue, VerificationKind
from db.models import DecisionRow
from tests.services.review.verdict_acts import failing, held, take
from tests.sites import Site
from workbench.domain.case.casefile import ItemRequest
from workbench.domain.policy.policy import Policy
from workbench.policies import default_policy_text
from workbench.services.policy.reader import parse_policy

MOST_STATEMENTS = 8
"""The statements that read the stamp of the case and the calendar edition, and begin each transaction."""

MOST_OF_CLAIM, MOST_OF_VERDICT = 8, 27
"""The statements of a claim and of a fixable fail under the write lock."""

MOST_READ = 120 if Site.uses_server else 40
"""The statements that read a case for the desk, and find it unchanged for its verdict. A server answers some once, but
they are asked for again."""


class Reads:
    """Counts how often a whole case and how many statements are read."""

    def __init__(self, site: Site) -> None:
        self.cases = self.statements = 0
        event.listen(site.services("a").context.database.reader, "after_cursor_execute", self._count)

    def _count(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self.statements += 1
        self.cases += "FROM finding" in statement


def test_neither_typing_nor_deciding_nor_the_acts_of_others_read_the_case_again(site: Site) -> None:
    site.shares_database = False
    case, _other = site.plant(2)
    take(site)
    reads = Reads(site)
    take(site, "b")
    verdicts = site.services("a").verdicts

    for length in range(1, 11):
        verdicts.preview(failing(case, note="a" * length))

    assert reads.statements <= 10 * MOST_STATEMENTS
    verdicts.decide(failing(case))
    assert reads.cases == 0


def test_the_acts_of_the_desk_run_few_statements_and_fewer_under_the_write_lock(site: Site) -> None:
    site.plant(2)
    services = site.services("a")
    database = services.context.database
    services.verdicts.decide(failing(take(site).header.id))
    # A time that is asked for again has moved on.
    times = iter([site.clock() + timedelta(microseconds=moved) for moved in range(200)])
    services.context.now = partial(next, times)
    counts: Counter[str] = Counter()
    for name, engine in (("read", database.reader), ("write", database.writer)):
        event.listen(engine, "after_cursor_execute", lambda *_statement, name=name: counts.update([name]))

    case = take(site).header.id
    of_claim = counts["write"]
    services.verdicts.decide(failing(case))

    assert of_claim <= MOST_OF_CLAIM
    assert counts["write"] - of_claim <= MOST_OF_VERDICT
    assert counts["read"] <= MOST_READ


def test_a_first_claim_parses_the_policy_before_it_keeps_others_from_writing_and_takes_one_applied_since(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.plant()
    services, other = site.services("a"), site.elsewhere().services("admin")
    services.context.cache.policies.clear()
    newer = tmp_path / "policy.toml"
    newer.write_text(default_policy_text().replace("hold_minutes = 30", "hold_minutes = 45"))
    writing: list[int] = []

    def parse(text: str, name: str) -> Policy:
        pool: Any = services.context.database.writer.pool
        writing.append(pool.checkedout())
        if len(writing) == 1:
            other.policies.apply(newer)
        return parse_policy(text, name)

    monkeypatch.setattr("workbench.services.foundation.context.parse_policy", parse)
    until = take(site).header.held_until

    assert writing[0] == 0
    assert until == site.clock() + timedelta(minutes=45)


def test_a_verdict_on_a_case_that_is_as_it_was_read_reads_nothing_outside_its_transaction(site: Site) -> None:
    case, other = site.plant(2)
    take(site)
    reads = Reads(site)

    site.services("a").verdicts.decide(failing(case))
    assert reads.statements == 0
    take(site)
    site.services("sup").remarks.verify(other, VerificationKind.PHONE, "answered")
    reads = Reads(site)
    site.services("a").verdicts.decide(failing(other))

    assert reads.cases == 1


def test_the_next_preview_has_every_change_of_the_case(site: Site) -> None:
    (case,) = site.plant()
    seen = take(site).header.evidence_no
    reads = Reads(site)
    services = site.services("a")
    first_preview = services.verdicts.preview(failing(case, evidence_no=seen))
    assert not first_preview.news

    services.remarks.checklist(case, first_preview.open_questions[0], ChecklistValue.YES)
    next_preview = services.verdicts.preview(failing(case, evidence_no=seen))
    site.services("sup").assigning.assign([case], "b", "hers")

    assert next_preview.open_questions == first_preview.open_questions[1:]
    services.verdicts.preview(failing(case, evidence_no=seen - 1))
    assert reads.cases == 2


def test_a_decision_keeps_what_others_added_since_the_case_was_taken(site: Site) -> None:
    case = held(site)
    site.services("sup").remarks.verify(case, VerificationKind.PHONE, "answered")

    site.services("a").verdicts.decide(failing(case))

    with site.services("a").context.read() as session:
        seen = json.loads(session.exec(select(DecisionRow.seen)).one())
    assert [line["result"] for line in seen["verifications"]] == ["answered"]


def test_the_next_preview_has_the_facts_of_another_day(site: Site) -> None:
    (case,) = site.plant(severity="block")
    site.clock.advance(hours=13, minutes=50)
    take(site)
    reads = Reads(site)
    preview = site.services("a").verdicts.preview
    preview(failing(case))
    assert reads.cases == 0

    site.clock.advance(minutes=20)
    preview(failing(case))

    assert site.actions(case) == ["next"]
    assert reads.cases == 1


def test_a_preview_has_the_policy_s_texts_of_the_items_beside_the_edited_ones(site: Site) -> None:
    case = held(site)
    preview = site.services("a").verdicts.preview
    own = preview(failing(case, items=())).items
    written = tuple(replace(item, text="mine") for item in own)

    previewed = preview(failing(case, items=written))

    assert [item.text for item in previewed.items] == ["mine"] * len(own)
    assert previewed.own_items == own
    assert own
    assert isinstance(own[0], ItemRequest)
