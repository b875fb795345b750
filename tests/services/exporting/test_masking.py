"""What leaves the house masked."""

from workbench.services.exporting.masking import masked_text, masked_value


def test_a_list_of_numbers_stays_a_list() -> None:
    assert masked_value("msisdns", "13800000011;13800000022") == "138••••••11;138••••••22"


def test_names_of_people_and_their_numbers_are_masked_in_a_text() -> None:
    assert masked_text("致虚构人:请用13800000011联系张虚构", ["张虚构", "虚构人"]) == "致虚••:请用138••••••11联系张••"


def test_a_longer_name_is_masked_before_a_shorter_one_inside_it() -> None:
    assert masked_text("张虚构人 张虚", ["张虚", "张虚构人"]) == "张••• 张•"


def test_a_company_and_its_credit_code_stay() -> None:
    text = "虚构科技有限公司 91350211M000100Y43"
    assert masked_text(text, ["张虚构"]) == text
