"""Previews of a verdict read the case once, and again after every change."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from db.enums import ChecklistValue
from tests.offices import Site
from tests.services.review.verdict_acts import failing, take
from workbench.domain.case.casefile import CaseFile, ItemRequest

MOST_STATEMENTS = 8
"""The statements that read the stamp of the case and the calendar edition, and begin each transaction."""


class Reads:
    """Counts how often a whole case and how many statements are read."""

    def __init__(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cases = self.statements = 0
        services = site.services("a")
        show = services.casefiles.show

        def counted(case_id: int) -> CaseFile:
            self.cases += 1
            return show(case_id)

        def count(*_statement: Any) -> None:
            self.statements += 1

        monkeypatch.setattr(services.verdicts.casefiles, "show", counted)
        event.listen(services.context.database.reader, "before_cursor_execute", count)


def test_typing_a_note_does_not_read_the_case_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    (case,) = site.plant()
    take(site)
    reads = Reads(site, monkeypatch)
    preview = site.services("a").verdicts.preview
    preview(failing(case))
    assert reads.cases == 1
    reads.statements = 0

    for length in range(1, 11):
        preview(failing(case, note="a" * length))

    assert reads.cases == 1
    assert reads.statements <= 10 * MOST_STATEMENTS


def test_the_next_preview_has_every_change_of_the_case(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    (case,) = site.plant()
    seen = take(site).header.evidence_no
    reads = Reads(site, monkeypatch)
    services = site.services("a")
    first_preview = services.verdicts.preview(failing(case, evidence_no=seen))
    assert not first_preview.news

    services.remarks.checklist(case, first_preview.open_questions[0], ChecklistValue.YES)
    next_preview = services.verdicts.preview(failing(case, evidence_no=seen))
    site.services("sup").assigning.assign([case], "b", "hers")

    assert next_preview.open_questions == first_preview.open_questions[1:]
    services.verdicts.preview(failing(case, evidence_no=seen - 1))
    assert reads.cases == 3


def test_the_next_preview_has_the_findings_of_another_day(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    (case,) = site.plant(severity="block")
    site.clock.on(hours=13, minutes=50)
    take(site)
    reads = Reads(site, monkeypatch)
    preview = site.services("a").verdicts.preview
    preview(failing(case))

    site.clock.on(minutes=20)
    take(site)
    reads.cases = 0
    preview(failing(case))

    assert site.actions(case) == ["next"]
    assert reads.cases == 1


def test_a_preview_has_the_policy_s_texts_of_the_items_beside_the_edited_ones(site: Site) -> None:
    (case,) = site.plant()
    take(site)
    preview = site.services("a").verdicts.preview
    own = preview(failing(case, items=())).items
    written = tuple(replace(item, text="mine") for item in own)

    previewed = preview(failing(case, items=written))

    assert [item.text for item in previewed.items] == ["mine"] * len(own)
    assert previewed.own_items == own
    assert own
    assert isinstance(own[0], ItemRequest)
