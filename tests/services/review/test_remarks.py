"""Comments, verifications and checklist answers."""

import pytest
from sqlalchemy import insert

from db.dialect import insert_rows
from db.enums import ChecklistValue, VerificationKind
from db.models import ReviewerRow
from tests.sites import Site
from workbench.domain.case.casefile import CaseFile
from workbench.errors import BadData, StorageFailed, WrongUsage


def shown(site: Site, case: int) -> CaseFile:
    return site.services("a").casefiles.show(case)


def test_a_comment_is_in_the_history_of_the_case(site: Site) -> None:
    (case,) = site.plant()

    site.services("b").remarks.comment(case, "called, nobody there [/b]")

    (line, _arrival) = shown(site, case).history
    assert (line.who, line.action, line.text) == ("b", "comment", "called, nobody there [/b]")


def test_a_later_answer_to_a_question_replaces_the_earlier_one(site: Site) -> None:
    (case,) = site.plant()
    question = shown(site, case).checklist[0].question

    site.services("a").remarks.checklist(case, question, ChecklistValue.NO)
    site.services("b").remarks.checklist(case, question, ChecklistValue.YES, "seen the original")

    line = shown(site, case).checklist[0]
    assert (line.answer, line.note, line.by) == ("yes", "seen the original", "b")


def test_the_refusal_of_an_unknown_question_lists_the_known_ones(site: Site) -> None:
    (case,) = site.plant()

    with pytest.raises(WrongUsage, match=shown(site, case).checklist[0].question):
        site.services("a").remarks.checklist(case, "NO-SUCH", ChecklistValue.NO)


def test_a_verification_has_its_kind_and_author(site: Site) -> None:
    (case,) = site.plant()

    site.services("a").remarks.verify(case, VerificationKind.PHONE, "the company confirmed")

    (line,) = shown(site, case).verifications
    assert (line.kind, line.result, line.by) == ("phone", "the company confirmed", "a")


def test_a_storage_failure_has_a_readable_message(site: Site) -> None:
    (case,) = site.plant()
    context = site.services("a").context

    with pytest.raises(StorageFailed, match="nothing was written"), context.read() as session:
        session.connection().exec_driver_sql("UPDATE event SET action = 'x'")
    assert site.state(case) == "queued"


def test_a_text_with_a_nul_is_refused(site: Site) -> None:
    [case] = site.plant()

    with pytest.raises(BadData, match="NUL"):
        site.services("b").remarks.comment(case, "before\0after")
    context, skills = site.services("b").context, [{"skills": words} for words in ("before", "before\0after")]
    row = {"login": "x", "is_active": True, "created_at": site.clock.at, "department": ""}
    for rows in (skills, skills[1:]):
        with pytest.raises(BadData, match="NUL"), context.write(is_bulk=True) as session:
            insert_rows(session, "reviewer", [{**row, **one} for one in rows])
        with pytest.raises(BadData, match="NUL"), context.write() as session:
            insert_rows(session, "reviewer", [row], **rows[-1])
        with pytest.raises(BadData, match="NUL"), context.write() as session:
            session.execute(insert(ReviewerRow), [{**row, **one} for one in rows])
    assert site.actions(case) == []
