"""The tables. Importing this package registers them all."""

from db.models.calendar_day import CalendarDayRow, CalendarOverrideRow, SuspensionNoticeRow, SuspensionRow
from db.models.calls import CallDayRow, CallHourRow, CallWindowRow, OptOutRow
from db.models.case import CaseRow, FindingRow, SkipRow, SubmissionRow
from db.models.decision import (
    DecisionReasonRow,
    DecisionRow,
    DelayNoticeRow,
    NoticeRow,
    RectificationItemRow,
    RectificationRow,
)
from db.models.desk import ActRow, ChecklistAnswerRow, CommentRow, DraftRow, InquiryRow, VerificationRow
from db.models.event import EventRow
from db.models.evidence import ApplicationRow, CardRow, ComplaintRow, CreditRecordRow, DocumentRow
from db.models.import_batch import ImportBatchRow, ImportFileRow
from db.models.life_cycle import AppealRow, CampaignCaseRow, CampaignRow, ContactRow, MeasureOrderRow
from db.models.people import AbsenceRow, DutyRow, ReviewerRoleRow, ReviewerRow
from db.models.quality import (
    AdjudicationRow,
    GoldenAnswerRow,
    OpinionRow,
    SampledDecisionRow,
    SampleRow,
)
from db.models.retention import ErasureRow, ExportReasonRow, LegalHoldRow
from db.models.site import PolicyVersionRow, SettingRow
