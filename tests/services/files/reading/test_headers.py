from dataclasses import replace

from db.enums import (
    ApplicantKind,
    Carrier,
    CreditList,
    CreditMatch,
    Direction,
    DocumentKind,
    ImportKind,
    Language,
    Quality,
    ServiceClass,
)
from tests.languages import speaking
from tests.services.files.reading.samples import KINDS
from workbench.domain.values.values import folded_word
from workbench.services.files.reading.headers import (
    IGNORED,
    column_names,
    columns_file,
    header_problems,
    normalised_name,
    value_names,
)
from workbench.services.files.reading.kinds import COLUMN_TYPES
from workbench.services.files.reading.problems import RowProblem

PLACE = RowProblem(file="cards.csv", line=1, message="")
CARDS = column_names(ImportKind.CARDS)
REQUIRED = (frozenset({"application_no"}), frozenset({"msisdn"}))

WORDS = {
    "applicant_kind": ApplicantKind,
    "service_class": ServiceClass,
    "language": Language,
    "document_kind": DocumentKind,
    "quality": Quality,
    "carrier": Carrier,
    "direction": Direction,
    "credit_list": CreditList,
    "credit_match": CreditMatch,
}


def problems(*names: str) -> list[tuple[str, str]]:
    return [(problem.column, problem.message) for problem in header_problems(names, CARDS, REQUIRED, PLACE)]


def test_every_column_that_is_read_has_its_names_and_no_other() -> None:
    for kind in KINDS:
        assert set(column_names(kind).chinese) == {name.removesuffix("*") for name in COLUMN_TYPES[kind]}


def test_no_name_means_two_columns_of_a_kind() -> None:
    for kind in KINDS:
        sections = (columns_file()["columns"][kind.value], columns_file()["ignored"])
        spelled = [
            normalised_name(name)
            for section in sections
            for column, names in section.items()
            for name in (column, names["zh"], *names.get("also", ()))
        ]

        assert sorted(spelled) == sorted(set(spelled))


def test_every_word_of_an_enumeration_has_a_chinese_name_and_no_name_means_two() -> None:
    for section, words in WORDS.items():
        named = columns_file()["values"][section]
        spelled = [folded_word(name) for names in named.values() for name in names]

        assert set(named) == {word.value for word in words}
        assert sorted(spelled) == sorted(set(spelled))
        assert all(any(not name.isascii() for name in names) for names in named.values())
        assert set(value_names(section, words).values()) == set(words)


def test_width_capitals_blanks_and_a_required_mark_do_not_count() -> None:
    for name in [
        "application_no",
        " Application No ",
        "APPLICATION-NO",
        "ａｐｐｌｉｃａｔｉｏｎ＿ｎｏ",
        "申请编号*",
        "申请编号＊",
    ]:
        assert CARDS.meaning(name) == "application_no"


def test_the_cause_of_a_rejected_row_is_known_and_not_read() -> None:
    assert CARDS.meaning("cause") == CARDS.meaning("原因") == IGNORED
    assert problems("cause", "application_no", "msisdn") == []


def test_unknown_columns_are_told_with_near_ones_of_the_language_in_use_and_many_as_a_number() -> None:
    ((column, message),) = problems("application_no", "msisdn", "msisdm")
    assert column == "msisdm"
    assert message.startswith("The column “msisdm” is not known; did you mean msisdn")
    with speaking("en"):
        ((_column, message),) = problems("application_no", "msisdn", "激活日")
    assert message.endswith("did you mean activated_on?")
    assert problems("application_no", "msisdn", "zzzzzz") == [
        ("zzzzzz", "The column “zzzzzz” is not known; rename or remove it.")
    ]
    told = problems("application_no", "msisdn", *(f"zzz{number}" for number in range(100)))
    assert (len(told), "80 more columns" in told[-1][1]) == (21, True)


def test_the_columns_of_another_kind_are_told_in_one_sentence_without_guesses() -> None:
    for names in (
        column_names(ImportKind.APPLICATIONS).chinese,
        column_names(ImportKind.APPLICATIONS).chinese.values(),
    ):
        message = "These are the columns of applications; use `workbench import applications FILE`."
        assert problems(*names, "zzz") == [("", message)]
    assert problems(*CARDS.chinese) == []


def test_a_header_is_shown_in_clear_and_a_record_in_its_place_is_outlined() -> None:
    columns = [column for column, _message in problems("企业全称", "号码1", "开户日")]
    assert columns[:3] == ["企…称 (4 characters)", "号码1", "开户日"]
    for number in ("16200000301", "2026-11-03", "EX-0001"):
        (name, *_others) = [column for column, _message in problems("王样本", number)]
        assert name == "王…本 (3 characters)"
    row = ("张样本", "张样本", "虚构失信人", "\ufeff样本人", "msisdm")
    for cells in (row[:3], row[2:]):
        assert not [problem for problem in problems(*cells) if any(cell in str(problem) for cell in row[:4])]
    assert "msisdm" in [column for column, _message in problems("张样本", "msisdm")]


def test_a_problem_is_one_line_although_its_header_has_line_breaks() -> None:
    message = "The column “zz\nzz” is not known."

    assert str(replace(PLACE, column="zz\nzz", message=message)) == (
        "cards.csv, line 1, column zz zz: The column “zz zz” is not known."
    )


def test_two_columns_of_one_meaning_are_both_named() -> None:
    for twin in ["MSISDN", "手机号", " msisdn"]:
        ((column, message),) = problems("application_no", "msisdn", twin)

        assert column == twin
        assert "“msisdn”" in message
        assert f"“{twin}”" in message


def test_a_missing_required_column_is_named() -> None:
    assert problems("application_no", "iccid") == [("msisdn", "The column msisdn is missing; add it.")]


def test_too_many_columns_too_long_names_and_hidden_marks_are_told() -> None:
    assert "more than 200" in problems(*(f"c{number}" for number in range(10_000)))[0][1]
    assert "longer than 256" in problems("application_no", "msisdn", "x" * 257)[0][1]
    assert "byte order mark" in problems("application_no", "\ufeffmsisdn")[0][1]
