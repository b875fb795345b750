"""The forgeries of the walk: somebody changes a row by SQL, the log names it, and the change is taken back."""

from collections.abc import Mapping
from random import Random

from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from tests.forgeries import ONLY_CHANGED, Forgery, cared_columns, forgery
from tests.lifecycle.acts import act
from tests.lifecycle.arrivals import ArrivalsMachine
from tests.lifecycle.walk import DONE
from workbench.services.foundation import audit_log
from workbench.services.site.log_checks.unexplained_rows import log_faults

NAMES: Mapping[str, str] = {
    "absence": "Absence {id} ",
    "adjudication": "Adjudication {id} ",
    "appeal": "Appeal {id} ",
    "calendar_day": "The calendar ",
    "calendar_override": "The calendar ",
    "campaign": "Campaign {id} ",
    "case": "C-{id:06d} ",
    "decision": "Decision D-{id:06d} ",
    "decision_reason": "Decision D-{decision_id:06d} ",
    "erasure": "Erasure {id} ",
    "golden_answer": "Golden answer {id} ",
    "import_batch": "Import B-{id:06d} ",
    "import_file": "Import B-{batch_id:06d} ",
    "inquiry": "Inquiry I-{id:06d} ",
    "legal_hold": "Legal hold {id} ",
    "measure_order": "Ordered measure {id} ",
    "notice": "Notice {id} ",
    "opinion": "Second opinion {id} ",
    "policy_version": "Policy version {id} ",
    "quality_sample": "Sample S-{id:04d} ",
    "rectification": "Rectification {id} ",
    "rectification_item": "Rectification item {id} ",
    "reviewer": "Person {id} ",
    "reviewer_role": "these roles: ",
    "sampled_decision": "Sampled decision {id} ",
    "suspension": "Suspension {id} ",
}
"""The beginning of the sentence that names a row, by its table."""


class ForgeriesMachine(ArrivalsMachine):
    """The walk in an office where somebody also writes into the database outside the program."""

    @act(12, table=st.sampled_from(sorted(cared_columns())), kind=st.sampled_from(["change", "insert", "delete"]))
    def forge(self, table: str, kind: str) -> None:
        """Change a row, see that the log names it, and take the change back."""
        kind = "change" if table in ONLY_CHANGED else kind
        with self.site.tampering() as session:
            made = forgery(session, table, cared_columns()[table], kind, Random(self.turn))
            if made is not None and _is_written(session, made):
                assert _is_named(session, made), made
                DONE[f"forge {kind}"] += 1
            session.rollback()


def _is_written(session: Session, made: Forgery) -> bool:
    try:
        session.execute(text(made.statement), dict(made.values))
    except DBAPIError:
        # The schema refuses it.
        return False
    return True


def _is_named(session: Session, made: Forgery) -> bool:
    """Say whether the log names the row of a forgery."""
    if made.table == "event":
        report = audit_log.verify(session)
        return report.broken_at in {made.row["seq"], made.row["seq"] + 1, made.values.get("new")}
    named = NAMES[made.table].format(**made.row)
    # A reason or a file that is given to nothing else refers to a row that is not there.
    orphan = f"A row of {made.table} refers to a row that does not exist"
    wanted = (named, orphan)
    return any(words in sentence for sentence in log_faults(session) for words in wanted)
