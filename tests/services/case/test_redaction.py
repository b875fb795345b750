"""Masking people inside texts about a case, in all spellings of their names."""

import sys
import time
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Text
from sqlmodel import SQLModel

from db.columns import ERASED, personal_columns
from db.enums import ApplicantKind, ImportKind
from db.models import ApplicationRow, CardRow, ComplaintRow, CreditRecordRow
from tests.screens.cases import application, evidence
from tests.services.intake.importing.files import Desk
from tests.services.intake.importing.files import application as cells
from tests.sites import Site
from workbench.domain.case.changes import RoundChange, RoundChanges
from workbench.domain.case.reason_scope import EvidencePart
from workbench.domain.case.vocabulary import CreditList, CreditMatch, PanelKind, Severity
from workbench.domain.evidence.evidence import CardFacts, ComplaintFacts, CreditFacts
from workbench.domain.findings.finding import Finding
from workbench.domain.text.mask import _PLAIN, MaskKind, mask
from workbench.domain.text.redaction import BETWEEN_TEXTS, Redaction, rows_to_mask
from workbench.domain.values.spelling import folded_and_key
from workbench.services.case.masking import masked_changes, masked_evidence, masked_finding

PERSON = Redaction.of([("110101199003070038", MaskKind.ID_NO), ("虚构甲", MaskKind.NAME), ("施样本", MaskKind.NAME)])


def names(*people: str, company: str = "") -> Redaction:
    """Return the masks for people of a case and for its company."""
    return Redaction.of([*((name, MaskKind.NAME) for name in people), (company, None)])


@pytest.fixture
def desk(site: Site, tmp_path: Path) -> Desk:
    folder = tmp_path / "files"
    folder.mkdir()
    return Desk(site, folder)


def test_a_text_shows_no_name_or_number_of_the_cases_people() -> None:
    for text, shown in [
        ("我是施样本的客服专员", "我是施••的客服专员"),
        ("电话13800000078,虚构甲接", "电话138••••••78,虚••接"),
        ("证件 110101199003070038", "证件 1•••••••••••••••38"),
        ("与人无关 40 次", "与人无关 40 次"),
    ]:
        assert PERSON.mask_in(text) == shown


def test_a_name_is_found_however_it_is_spaced_and_in_capitals() -> None:
    for name, text, shown in [
        ("Zhang San", "ask ZHANG SAN, zhang san.", "ask Z••••••••, z••••••••."),
        ("Zhang San", "Zhang  San, Zhang\tSan, Zhang-San", "Z•••••••••, Z••••••••, Z••••••••"),
        ("Zhang San", "ZhangSan@example.com zhang.san", "Z•••••••@example.com z••••••••"),
        ("Zhang San", "Ｚｈａｎｇ Ｓａｎ; Zhāng Sān", "Ｚ••••••••; Z••••••••"),
        ("ZHANGSAN", "Zhang San", "Z••••••••"),
        ("张三", "找张 三,张　三,张·三,张\u200b三", "找张••,张••,张••,张••"),
        ("张 三", "张三", "张•"),
        ("欧阳三", "欧\n阳 三", "欧\n•••"),
        ("阿卜拉·买提", "阿卜拉•买提 阿卜拉买提 阿卜拉.买提", "阿••••• 阿•••• 阿•••••"),
        ("J. Li", "J. Li j li", "J•••• j•••"),
    ]:
        assert names(name).mask_in(text) == shown


def test_text_that_only_resembles_a_name_stays() -> None:
    for name, text in [
        ("Zhang San", "Zhang Sander, Xizhang San, Zhang Sa"),
        ("张三", "开张。三天后,张(三)"),
        ("张三", "张•• 三"),
        ("李", "李子"),
        ("Li", "Limited"),
    ]:
        assert names(name).mask_in(text) == text


def test_a_company_name_stays_in_clear_if_it_contains_the_name_of_its_owner() -> None:
    for company, text, shown in [
        ("虚构甲商行", "虚构甲商行的虚构甲", "虚构甲商行的虚••"),
        ("虚构甲(北京)商行", "虚构甲（北京） 商行的虚 构甲", "虚构甲（北京） 商行的虚•••"),
        ("大虚构甲", "大虚构甲,虚构甲", "大虚构甲,虚••"),
        ("北京虚", "北京虚构甲", "北京虚••"),
    ]:
        assert names("虚构甲", company=company).mask_in(text) == shown


def test_a_name_inside_a_longer_name_shows_nothing_of_the_longer_one() -> None:
    assert names("张三丰", "三丰").mask_in("张三丰 三丰") == "张•• 三•"


LETTERS = st.text(alphabet="张三李四AbzZ \n·•.-0\u0301", max_size=40)


@given(before=LETTERS, after=LETTERS, name=st.text(alphabet="张三李四王五", min_size=2, max_size=6), data=st.data())
def test_no_text_shows_a_chinese_name_with_gaps_in_it(before: str, after: str, name: str, data: st.DataObject) -> None:
    gaps = data.draw(st.lists(st.sampled_from(["", " ", "　", "·", "\n"]), min_size=len(name), max_size=len(name)))
    written = "".join(char + gap for char, gap in zip(name, [*gaps[1:], ""], strict=True))

    shown = names(name).mask_names_in(before + written + after)

    assert len(shown) == len(before + written + after)
    assert shown[len(before) + 1 : len(before + written)].strip("•\n") == ""


@given(people=st.lists(st.text(alphabet="张三李Ab ", max_size=4), max_size=4), text=LETTERS)
def test_a_masked_text_differs_from_the_text_only_by_dots(people: list[str], text: str) -> None:
    shown = names(*people, company="张三商行").mask_names_in(text)

    assert all(now in {was, "•"} for was, now in zip(text, shown, strict=True))


@pytest.mark.promise("I9")
def test_the_time_grows_linearly_with_the_text() -> None:
    for unit in ["张 ", " ", "张", "Zhang ", "a", "张三商", "张\n"]:
        people = names("张张三", "Zhang Zhang San", "aaab", "张三", company="张三商行")
        text = "张" + unit * (100_000 // len(unit)) + "三"
        started = time.process_time()

        people.mask_names_in(text)

        # Linear time takes a tenth of a second; quadratic time would take minutes.
        assert time.process_time() - started < 5


def test_the_newest_version_decides_for_a_name_of_both_a_person_and_a_company() -> None:
    assert Redaction.of([("虚构甲", None), ("虚构甲", MaskKind.NAME)]).mask_in("虚构甲") == "虚••"
    assert Redaction.of([("虚构甲", MaskKind.NAME), ("虚构甲", None)]).mask_in("虚构甲") == "虚构甲"


def people_columns(model: type[SQLModel], part: Any) -> list[str]:
    """Return the fields of a part of the evidence that hold names and numbers of people, or texts that people wrote."""
    columns: Iterable[Column[Any]] = SQLModel.metadata.tables[str(model.__tablename__)].columns
    texts = [column.name for column in columns if isinstance(column.type, Text) and ERASED in column.info]
    # The others, such as hashes, are for searches only.
    return [name for name in (*personal_columns(model), *texts) if hasattr(part, name)]


def test_every_personal_column_and_every_free_text_of_the_evidence_is_masked() -> None:
    made, clear = application(applicant_kind=ApplicantKind.INDIVIDUAL, applicant_name="施样本"), "施样本13800000078"
    rows: dict[type[SQLModel], Any] = {
        ApplicationRow: made,
        CardRow: CardFacts(msisdn=""),
        ComplaintRow: ComplaintFacts(msisdn="", received_at=made.received_at),
        CreditRecordRow: CreditFacts(subject_no="", list=CreditList.COURT, match=CreditMatch.EXACT),
    }
    columns = {model: people_columns(model, row) for model, row in rows.items()}
    form, card, complaint, record = (
        replace(row, **{name: (clear,) if name == "msisdns" else clear for name in columns[model]})
        for model, row in rows.items()
    )
    changes = tuple(
        RoundChange(part=part, subject="", field=name, old=getattr(row, name), new=getattr(row, name))
        for part, model, row in (
            (EvidencePart.APPLICATION, ApplicationRow, form),
            (EvidencePart.CARDS, CardRow, card),
        )
        for name in columns[model]
    )
    compared = RoundChanges(since_round=1, decision_id=1, named={}, changes=changes, unchanged=())

    shown = masked_evidence(
        evidence(application=form, cards=(card,), complaints=(complaint,), credit=(record,)), PERSON
    )
    parts = zip(columns, (shown.application, *shown.cards, *shown.complaints, *shown.credit), strict=True)
    values = [(f"{model.__tablename__}.{name}", getattr(row, name)) for model, row in parts for name in columns[model]]
    values += [(f"changed {change.field}", change.new) for change in masked_changes(compared, form, PERSON).changes]

    in_clear = [name for name, value in values if value in (clear, (clear,))]

    assert not in_clear, (
        f"Screens show {', '.join(in_clear)} in clear. Add one of an application to PERSONAL_FIELDS in"
        " workbench/domain/text/redaction.py, or to FREE_TEXTS there if people write sentences in it; mask one of"
        " another table in masked_evidence and masked_changes of workbench/services/case/masking.py."
    )


def test_the_source_of_a_complaint_and_the_number_of_a_judgment_name_nobody() -> None:
    made = application()
    complaint = ComplaintFacts(msisdn="17100000001", received_at=made.received_at, source="施样本说")
    record = CreditFacts(
        subject_no="1", list=CreditList.COURT, match=CreditMatch.EXACT, reference="(2025)闽0203执123456789012号 施样本"
    )

    shown = masked_evidence(evidence(application=made, complaints=(complaint,), credit=(record,)), PERSON)

    assert shown.complaints[0].source == "施••说"
    assert shown.credit[0].reference == "(2025)闽0203执123456789012号 施••"


def test_a_finding_about_a_malformed_number_shows_it_masked() -> None:
    people = Redaction.of([("1380013800O", MaskKind.MSISDN)])

    found = Finding(
        rule="ID-MSISDN",
        leg=PanelKind.IDENTITY,
        severity=Severity.WARN,
        observed=True,
        op="=",
        limit=True,
        unit="",
        subject="1380013800O",
    )

    assert masked_finding(found, people).subject == "138••••••0O"


def test_a_case_shows_its_people_in_no_comment_note_or_text_until_all_is_revealed(desk: Desk) -> None:
    desk.queued()
    services, case_id = desk.site.services("a"), desk.case().id or 0
    name = services.casefiles.show_revealed(case_id).evidence.application.handler_name
    services.remarks.comment(case_id, f"spoke with {name}")

    shown, revealed = services.casefiles.show(case_id), services.casefiles.show_revealed(case_id)

    assert name not in repr(replace(shown, draft={}))
    assert any(line.text == f"spoke with {name}" for line in revealed.history)
    assert services.casefiles.reveal_identity(case_id)["call_script"] == revealed.evidence.application.call_script


def test_people_of_earlier_versions_are_masked_too_and_earlier_names_of_the_company_stay(desk: Desk) -> None:
    desk.queued(handler_name="早先甲", legal_rep_name="早先乙", applicant_name="早先甲商行")
    desk.run(ImportKind.CARDS, [{"application_no": "A-1", "msisdn": "13800138000", "actual_user_name": "早先丙"}])
    services, case_id = desk.site.services("a"), desk.case().id or 0
    services.remarks.comment(case_id, "早先甲和早先乙都说,卡由早先丙用;13800138000 另有其人")
    desk.applications(cells("A-1", handler_name="后来丁", applicant_name="后来商行", legal_rep_name=""))
    desk.run(ImportKind.CARDS, [{"application_no": "A-1", "msisdn": "13800138000", "actual_user_name": "后来丁"}])
    services.remarks.comment(case_id, "早先甲商行改名后来商行")

    shown = desk.site.services("audit").casefiles.show(case_id)

    assert shown.evidence.application.handler_name == mask(MaskKind.NAME, "后来丁")
    assert {line.text for line in shown.history if line.action == "comment"} == {
        "早••和早••都说,卡由早••用;138••••••00 另有其人",
        "早先甲商行改名后来商行",
    }


def test_a_text_names_several_people_and_their_numbers_at_once() -> None:
    people = Redaction.of([("张虚构", MaskKind.NAME), ("虚构人", MaskKind.NAME), ("13800000011", MaskKind.MSISDN)])

    shown = people.mask_in("致虚构人:请用138 0000 0011联系张虚构,代码91350211M000100Y43")

    assert shown == "致虚••:请用138••••••••11联系张••,代码91350211M000100Y43"


PIECES = (
    *(
        "张三",
        "张 三",
        "阿卜拉·买提",
        "Li",
        "LI",
        "Zhāng",
        "x",
        "X",
        ";",
        ")",
        "-",
        " ",
        "1",
        "０",
        "①",
        "٣",
        "\u00ad",
        "。",
    ),
    *("13800138000", "138 0013 8000", "(010)6505 1234", "110101199003070038", "11010119900307003X", "12345"),
    *("2026-12-16", "91110000600037341L", "EA1234567"),
)
CELL = st.lists(st.sampled_from(PIECES), max_size=3).map("".join)


@given(st.lists(st.tuples(CELL, CELL, CELL, CELL, CELL), min_size=1, max_size=5))
def test_texts_in_which_nothing_is_masked_are_recognised_many_at_once(rows: list[tuple[str, ...]]) -> None:
    named, numbered = rows_to_mask(
        [row[0] for row in rows],
        [BETWEEN_TEXTS.join(row[1:3]) for row in rows],
        [BETWEEN_TEXTS.join(row[3:]) for row in rows],
    )

    for place, (name, *numbers, first, second) in enumerate(rows):
        people = Redaction.of([(name, MaskKind.NAME), *((number, MaskKind.ID_NO) for number in numbers)])
        for text, key in zip((first, second), named.get(place, BETWEEN_TEXTS).split(BETWEEN_TEXTS), strict=True):
            if not people.may_be_named_in(key):
                assert people.mask_names_in(text) == text
                if place not in numbered:
                    assert people.mask_in(text) == text


def test_folding_keeps_what_a_number_consists_of() -> None:
    # Whether a text has a number to mask is decided on its folded form.
    letters = {"Lo", "Cn", "Co", "Cs"}
    text = "".join(filter(lambda char: unicodedata.category(char) not in letters, map(chr, range(sys.maxunicode + 1))))
    for char, plain in zip(folded_and_key(text)[0], text.translate(_PLAIN), strict=True):
        if plain in "0123456789":
            assert char == plain
        elif plain in "- ":
            assert char == " "
        elif plain in ")":
            assert char == ")"
        else:
            assert char not in "0123456789"
