"""What the sample rows of every kind become."""

from datetime import UTC, date, datetime

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
from workbench.domain.evidence.evidence import LONG_TERM, ApplicationFacts, CardFacts, ComplaintFacts, CreditFacts
from workbench.domain.evidence.rows import CallRow, CardRow, DocumentRow, OptOutRow, RowValue

EXPECTED: dict[ImportKind, list[RowValue]] = {
    ImportKind.APPLICATIONS: [
        ApplicationFacts(
            agent="虚构渠道",
            application_no="A-0001",
            submitted_at=datetime(2026, 11, 2, 2, 30, tzinfo=UTC),
            received_at=datetime(2026, 11, 3, 1, 5, tzinfo=UTC),
            first_reviewed_on=date(2026, 11, 1),
            card_type="电销卡",
            applicant_kind=ApplicantKind.ENTERPRISE,
            applicant_name="虚构㐀号信息服务有限公司",
            uscc="91110000600037341L",
            registered_capital_fen=200_000_050,
            licence_valid_to=LONG_TERM,
            business_scope="信息咨询,客户回访",
            province="北京市",
            legal_rep_name="甲某某",
            legal_rep_id_no="11010519491231002X",
            handler_name="乙某某",
            handler_id_no="11010519491231002X",
            handler_id_issued_on=date(2020, 1, 1),
            handler_id_valid_to=date(2040, 1, 1),
            contact_phone="01012345678",
            industry="教育",
            stated_use="回访已购课程的客户",
            call_script="您好,这里是“虚构”公司",
            consent_source="客户在线登记",
            service_class=ServiceClass.STANDARD,
            language=Language.ZH,
            msisdns=("13800138000", "13900139000"),
        ),
        ApplicationFacts(
            application_no="A-0002",
            submitted_at=datetime(2026, 11, 2, 2, 30, tzinfo=UTC),
            received_at=datetime(2026, 11, 2, 2, 30, tzinfo=UTC),
            applicant_kind=ApplicantKind.INDIVIDUAL,
            applicant_name="丙某某",
            handler_name="丙某某",
            handler_id_no="11010519491231002X",
        ),
    ],
    ImportKind.CARDS: [
        CardRow(
            agent="虚构渠道",
            application_no="A-0001",
            card=CardFacts(
                msisdn="13800138000",
                iccid="89860070310112094320",
                carrier=Carrier.MOBILE,
                brand="虚构移动",
                activated_on=date(2026, 10, 1),
                daily_quota_calls=300,
                actual_user_name="丁某某",
                service_ended_on=date(2026, 11, 1),
            ),
        ),
        CardRow(agent="", application_no="A-0002", card=CardFacts(msisdn="13900139000")),
    ],
    ImportKind.DOCUMENTS: [
        DocumentRow(
            agent="",
            application_no="A-0001",
            kind=DocumentKind.BIZ_LICENSE,
            path="材料/执照.pdf",
            received_at=datetime(2026, 11, 1, 16, tzinfo=UTC),
            issued_on=date(2020, 1, 1),
            valid_to=LONG_TERM,
            sealed=True,
            quality=Quality.OK,
        ),
        DocumentRow(agent="虚构渠道", application_no="A-0001", kind=DocumentKind.CALL_SCRIPT, sha256="ab" * 32),
    ],
    ImportKind.CALLS: [
        CallRow(
            msisdn="13800138000",
            callee="02112345678",
            start_at=datetime(2026, 10, 8, 1, 0, 1, tzinfo=UTC),
            duration_s=35,
            answered=True,
            imei="356868000041418",
        ),
        CallRow(
            msisdn="13800138000",
            callee="02112345678",
            start_at=datetime(2026, 10, 8, 1, 30, tzinfo=UTC),
            duration_s=0,
            answered=False,
            direction=Direction.IN,
        ),
    ],
    ImportKind.OPTOUTS: [
        OptOutRow(callee="02112345678", since=datetime(2026, 9, 30, 16, tzinfo=UTC)),
        OptOutRow(callee="02112345678", since=datetime(2026, 10, 1, 4, tzinfo=UTC), msisdn="13800138000"),
    ],
    ImportKind.CREDIT: [
        CreditFacts(
            subject_no="91110000600037341L",
            list=CreditList.ARREARS,
            match=CreditMatch.EXACT,
            listed_on=date(2026, 5, 1),
            checked_on=date(2026, 11, 1),
            amount_fen=123_450,
            overdue_days=45,
            disputed=False,
            reference="(2026)虚01号",
        ),
        CreditFacts(
            subject_no="91110000600037341L",
            list=CreditList.COURT,
            match=CreditMatch.NONE,
            checked_on=date(2026, 11, 1),
        ),
    ],
    ImportKind.COMPLAINTS: [
        ComplaintFacts(
            msisdn="13800138000",
            received_at=datetime(2026, 10, 9, 3, tzinfo=UTC),
            source="12321",
            verified=True,
            summary="多次来电\n推销课程",
        ),
        ComplaintFacts(msisdn="13900139000", received_at=datetime(2026, 10, 8, 16, tzinfo=UTC)),
    ],
}
