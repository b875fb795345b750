"""The enumerations of what is imported, and the kinds of exports that events name."""

from enum import StrEnum


class ApplicantKind(StrEnum):
    """The kind of applicant."""

    ENTERPRISE = "enterprise"
    SOLE_PROPRIETOR = "sole_proprietor"
    INDIVIDUAL = "individual"


class IdType(StrEnum):
    """The kind of a person's identity document.

    RESIDENT includes the residence permits of people from Hong Kong, Macau and Taiwan, whose numbers have its form.
    HMT_PERMIT is the travel permit of people from Hong Kong and Macau, TW_PERMIT that of people from Taiwan.
    """

    RESIDENT = "resident"
    PASSPORT = "passport"
    HMT_PERMIT = "hmt_permit"
    TW_PERMIT = "tw_permit"
    FOREIGN_RESIDENCE = "foreign_residence"
    MILITARY = "military"
    POLICE = "police"


class ImportKind(StrEnum):
    """The kinds of files that can be imported; a workbook has a sheet, and a folder a file, for each of several kinds.

    A calendar is not evidence: it changes the working days, and is imported separately.
    """

    APPLICATIONS = "applications"
    CARDS = "cards"
    DOCUMENTS = "documents"
    CALLS = "calls"
    OPTOUTS = "optouts"
    CREDIT = "credit"
    COMPLAINTS = "complaints"
    APPEALS = "appeals"
    WORKBOOK = "workbook"
    FOLDER = "folder"
    CALENDAR = "calendar"


class DocumentKind(StrEnum):
    """The kinds of documents that a policy can require."""

    BIZ_LICENSE = "BIZ_LICENSE"
    LEGAL_ID_FRONT = "LEGAL_ID_FRONT"
    LEGAL_ID_BACK = "LEGAL_ID_BACK"
    AGENT_ID_FRONT = "AGENT_ID_FRONT"
    AGENT_ID_BACK = "AGENT_ID_BACK"
    AGENT_HANDHELD = "AGENT_HANDHELD"
    AUTH_LETTER = "AUTH_LETTER"
    NUMBER_APPLICATION = "NUMBER_APPLICATION"
    COMMITMENT_LETTER = "COMMITMENT_LETTER"
    RISK_NOTICE = "RISK_NOTICE"
    SERVICE_AGREEMENT = "SERVICE_AGREEMENT"
    USE_STATEMENT = "USE_STATEMENT"
    CALL_SCRIPT = "CALL_SCRIPT"
    CONSENT_PROOF = "CONSENT_PROOF"
    PREMISES_MEDIA = "PREMISES_MEDIA"
    CALL_RECORDS_3M = "CALL_RECORDS_3M"
    INDUSTRY_PERMIT = "INDUSTRY_PERMIT"


class AnswerDocument(StrEnum):
    """The kind of a document that no applicant submits: it came with the answer to an inquiry."""

    DEPARTMENT_ANSWER = "DEPARTMENT_ANSWER"


class Quality(StrEnum):
    """How readable a document is."""

    OK = "ok"
    BLURRED = "blurred"
    INCOMPLETE = "incomplete"


class CreditList(StrEnum):
    """The credit lists that are checked."""

    ARREARS = "arrears"
    COURT = "court"
    ABNORMAL = "abnormal"
    SERIOUS = "serious"
    TELECOM = "telecom"
    PUNISHMENT = "punishment"


class CreditMatch(StrEnum):
    """How a record matches its subject; `none` means that the list was checked without a hit."""

    EXACT = "exact"
    NAME_ONLY = "name_only"
    NONE = "none"


class Carrier(StrEnum):
    """The base carriers."""

    MOBILE = "mobile"
    UNICOM = "unicom"
    TELECOM = "telecom"
    BROADNET = "broadnet"


class Direction(StrEnum):
    """The direction of a call, as seen from the card."""

    OUT = "out"
    IN = "in"


class Language(StrEnum):
    """The applicant's language."""

    ZH = "zh"
    EN = "en"


class ExportKind(StrEnum):
    """What can be exported."""

    APPLICATIONS = "applications"
    CALLS = "calls"
    DECISIONS = "decisions"
    APPEALS = "appeals"
    NOTICES = "notices"
    EVENTS = "events"
    MEASURES = "measures"
    QUEUE = "queue"
