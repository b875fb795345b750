from dataclasses import replace
from pathlib import Path

import pytest

from db.enums import ApplicantKind
from tests.offices import Site
from tests.screens.cases import application, evidence
from tests.services.importing.files import Desk
from workbench.domain.evidence import ComplaintFacts, Evidence
from workbench.services.hidden import Hidden
from workbench.services.masking import masked


def individual(**changes: str) -> Evidence:
    """Return the evidence of a made-up person who applies alone."""
    made = application(
        applicant_kind=ApplicantKind.INDIVIDUAL, applicant_name="施样本", uscc="", handler_name="施样本", **changes
    )
    return evidence(application=made)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("我是施样本的客服专员", "我是施••的客服专员"),
        ("电话13800000078,虚构甲接", "电话138••••••78,虚••接"),
        ("证件 110101199003070038", "证件 1•••••••••••••••38"),
        ("与人无关 40 次", "与人无关 40 次"),
    ],
)
def test_a_text_shows_no_name_or_number_of_the_cases_people(text: str, shown: str) -> None:
    assert Hidden.of(individual()).within(text) == shown


def test_a_companys_name_stays_whole_though_its_owners_name_is_a_part_of_it() -> None:
    made = evidence(application=application(applicant_name="虚构甲商行", legal_rep_name="虚构甲"))

    assert Hidden.of(made).within("虚构甲商行的虚构甲") == "虚构甲商行的虚••"


def test_a_name_of_one_character_and_a_name_inside_another_word_are_not_searched() -> None:
    made = evidence(application=application(handler_name="李", legal_rep_name="Li"))

    assert Hidden.of(made).within("李子 Limited Li") == "李子 Limited L•"


def test_every_free_text_of_the_evidence_is_masked() -> None:
    said = "施样本说"
    found = individual(business_scope=said, stated_use=said, call_script=said, consent_source=said)
    complaint = ComplaintFacts(
        msisdn="17100000001", received_at=found.application.received_at, verified=True, summary=said
    )

    shown = masked(replace(found, complaints=(complaint,)))

    kept = shown.application
    texts = (kept.business_scope, kept.stated_use, kept.call_script, kept.consent_source, shown.complaints[0].summary)
    assert set(texts) == {"施••说"}


def test_a_case_shows_its_people_in_no_comment_note_or_text_until_all_is_revealed(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    desk = Desk(site, folder)
    desk.queued()
    office, case_id = site.office("a"), desk.case().id or 0
    name = office.casefiles.show_revealed(case_id).evidence.application.handler_name
    office.remarks.comment(case_id, f"spoke with {name}")

    shown, revealed = office.casefiles.show(case_id), office.casefiles.show_revealed(case_id)

    assert name not in repr(replace(shown, draft={}))
    assert any(line.text == f"spoke with {name}" for line in revealed.history)
    assert office.casefiles.reveal_identity(case_id)["call_script"] == revealed.evidence.application.call_script
