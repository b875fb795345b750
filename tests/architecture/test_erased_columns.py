"""Each text about a case says by its declaration whether retention empties it."""

from sqlalchemy import String, Table, Text
from sqlmodel import SQLModel

import db.models  # noqa: F401 - registers the tables
from db.columns import ERASED

_OF_A_CASE = {"case_id", "application_no", "msisdn_hash", "subject_hash"}
"""A table with one of these columns is about a case, or about a number or a subject of one."""

_REMOVED = {
    "act",
    "draft",
    "skip",
    "call_window",
    "call_day",
    "call_hour",
    "complaint",
    "credit_record",
    "suspension_notice",
}
"""Tables whose rows are removed, or have no texts of people."""

_KEPT = {
    "application": "agent application_no card_type applicant_kind province legal_rep_id_type handler_id_type industry"
    " service_class language",
    "card": "agent application_no carrier brand",
    "document": "agent application_no kind sha256 quality media_type",
    "case": "agent application_no trigger state priority service_class risk waits_for reopen_for arrived_without",
    "finding": "rule leg severity op limit_value unit source observes",
    "checklist_answer": "question answer",
    "verification": "kind",
    "contact": "channel",
    "opinion": "verdict fail_kind reasons",
    "adjudication": "stands",
    "golden_answer": "verdict fail_kind reasons",
    "sampled_decision": "stratum",
    "inquiry": "department status outcome document_type",
    "decision": "verdict fail_kind measure waits_for status before waived",
    "notice": "kind language channel",
    "appeal": "state_before status outcome to_state waived before",
    "measure_order": "measure",
    "event": "actor_login identity action state body prev_hash hash",
    "erasure": "part reason pending",
}
"""What stays of an erased case: codes, days, states and numbers of cases; `reopen_for` is emptied by hand."""


def _is_about_a_case(table: Table) -> bool:
    return not _OF_A_CASE.isdisjoint(table.columns.keys()) and table.name not in _REMOVED


def test_every_text_of_a_case_is_emptied_or_known_to_stay() -> None:
    undeclared = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.tables.values()
        if _is_about_a_case(table)
        for column in table.columns
        if isinstance(column.type, String | Text)
        and not {ERASED, "personal"} & column.info.keys()
        and column.name not in _KEPT.get(table.name, "").split()
    }

    assert undeclared == set()
