"""The kinds of letters, each with when it is written: the list in the chapter of the manual about letters."""

from tests.languages import COLON, said
from tests.manual.tables import Words
from workbench.i18n import _
from workbench.wording.letters import FAIL_KIND_WORDS, LETTER_KIND_WORDS

WHEN: dict[str, Words] = {
    "pass": {"en": "a case is passed", "zh": "审核通过"},
    "fixable": {"en": "a case fails, and the applicant can rectify", "zh": "审核不通过，可以整改"},
    "final": {"en": "a case fails for good", "zh": "审核不通过，不可整改"},
    "pending": {"en": "a case waits for somebody", "zh": "审核单待审核，在等人答复"},
    "receipt": {"en": "all required documents are there, and the clock starts", "zh": "所需材料齐全，开始计算时限"},
    "incomplete": {
        "en": "documents are missing; released at the end of the day, because many come a little later",
        "zh": "所需材料没有交齐；当天结束时放行，因为材料往往稍后就到",
    },
    "still-incomplete": {
        "en": "they are still missing at the date of that letter; once",
        "zh": "到期仍不齐；只催告一次",
    },
    "delay": {
        "en": "the due date moves later or will not be kept",
        "zh": "截止时间推迟，或者到时办不完",
    },
    "deadline": {"en": "a supervisor extends a deadline to rectify", "zh": "主管延长了整改期限"},
    "deadline-near": {"en": "the working day before a deadline to rectify", "zh": "整改期限的前一个工作日"},
    "deadline-moved": {
        "en": "a suspension or a day off moves a deadline of the applicant",
        "zh": "因中止或休息日，申请人的期限顺延",
    },
    "lapsed": {
        "en": "a deadline to rectify has passed; released at the end of the day",
        "zh": "整改期限已过；当天结束时放行",
    },
    "lapse-undone": {
        "en": "a lapse is taken back: the answer had come in time, or a letter was late",
        "zh": "材料其实在期限内已收到，或通知发晚了",
    },
    "waived": {"en": "a supervisor waives an item to rectify", "zh": "主管豁免了整改项"},
    "expired": {"en": "a pending case goes on without the applicant's answer", "zh": "未收到答复，继续审核"},
    "withdrawn": {"en": "the application is withdrawn", "zh": "申请人撤回申请"},
    "reopened": {"en": "a closed case is opened again", "zh": "已办结的审核单重开"},
    "re-review": {
        "en": "a passed case is reviewed again after a change of policy",
        "zh": "政策改变后，已通过的再次审核",
    },
    "policy": {"en": "a change of policy changes something in an open case", "zh": "政策改变，影响未办结的审核单"},
    "resumed": {"en": "work goes on after a suspension", "zh": "中止结束，恢复审核"},
    "appeal-received": {"en": "an appeal is filed", "zh": "申请人提出申诉"},
    "appeal-decided": {"en": "the answer to an appeal is checked", "zh": "申诉答复经过复核"},
    "appeal-withdrawn": {"en": "an appeal is withdrawn", "zh": "申请人撤回申诉"},
}
"""When a letter of each kind is written; a fail is fixable or final."""


def letter_kind_list() -> str:
    """Return each kind of letter in the words of the screens, and when it is written."""
    words = {**LETTER_KIND_WORDS, **FAIL_KIND_WORDS}
    colon = said(COLON)
    return "\\\n".join(f"**{_(words[kind])}**{colon}{said(when)}" for kind, when in WHEN.items())
