"""Acts on cases count the version and write the event in one place."""

import re

import pytest

from tests.architecture.test_layers import ROOT
from workbench.domain.case.lifecycle import Action
from workbench.services.review.undo import UNDOABLE

OF_ACTS = "acts/act.py"
ELSEWHERE = {
    r"version \+= 1|col\(CaseRow\.version\)": {
        # Another case of the holder comes to the desk or goes aside; nobody acts on it, so it has no event.
        *("queue/claims.py", "review/undo.py"),
        # The columns are emptied before the events of their parts.
        "retention/erasing.py",
    },
    r"\.log_case\(|\.log\([^)]*case_id=": {
        # Imports, campaigns and policies log what they do to cases.
        *("review/new_evidence.py", "campaigns/opening.py", "deadlines/policy_changes.py"),
        # The way to the log, also of refused attempts.
        "foundation/context.py",
    },
    # Reading a case in clear or its documents is an event of its own transaction.
    r"\.log_alone\([^)]*case_id=": {
        *("case/casefiles.py", "case/documents.py", "auditing/seen_cases.py", "auditing/dossiers.py"),
    },
}
"""The services besides `acts` that write a version or an event of a case, by how they do it."""


@pytest.mark.parametrize("how", ELSEWHERE)
def test_only_acts_count_versions_and_write_events_of_cases(how: str) -> None:
    services = ROOT / "workbench" / "services"
    texts = {str(path.relative_to(services)): path.read_text(encoding="utf-8") for path in services.rglob("*.py")}

    assert {name for name, text in texts.items() if re.search(how, text)} - {OF_ACTS} == ELSEWHERE[how]


NOT_UNDOABLE = {
    "it only reads": {Action.REVEAL, Action.DOCUMENTS, Action.DOSSIER, Action.FORECAST},
    "a remark stays, and a later one corrects it": {Action.COMMENT, Action.VERIFY, Action.CONTACT},
    "the next act of its kind replaces it": {
        *(Action.CHECKLIST, Action.JUDGE, Action.ASSIGN, Action.CLASS, Action.PRIORITY, Action.ASIDE, Action.EXTEND),
    },
    "another act ends it": {
        *(Action.NEXT, Action.TAKE, Action.RELEASE, Action.SKIP, Action.SUSPEND, Action.RESUME),
        *(Action.LEGAL_HOLD, Action.LEGAL_HOLD_END),
    },
    "what was undone is done again, never redone": {Action.UNDO},
}
"""Why acts cannot be undone."""


def test_an_act_can_be_undone_or_says_why_not() -> None:
    reasons = [action for actions in NOT_UNDOABLE.values() for action in actions]

    assert sorted(reasons) == sorted({*Action} - {*UNDOABLE})
