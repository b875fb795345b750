"""Acts on cases count the version and write the event in one place."""

import re

import pytest

from tests.architecture.test_layers import ROOT
from workbench.domain.case.lifecycle import Action
from workbench.services.acts.declarations import ACTS, EXTEND_DEADLINE

OF_ACTS = "acts/act.py"
ELSEWHERE = {
    r"version \+= 1|col\(CaseRow\.version\)": {
        # Another case of the holder comes to the desk or goes aside; nobody acts on it, so it has no event.
        *("queue/claims.py", "review/undo.py"),
        # The columns are emptied before the events of their parts.
        "records/retention/erasing.py",
        # The act of each case would take a hundred times as long.
        "review/evidence_by_sets.py",
    },
    r"\.log_case\(|\.log\([^)]*case_id=": {
        # Imports, campaigns and policies log what they do to cases.
        *("review/new_evidence.py", "time/campaigns/opening.py", "time/deadlines/policy_changes.py"),
        # A quality review changes nothing of a case.
        *("quality/figures.py", "quality/opinions.py", "quality/samples.py"),
        # Nor does a reading.
        "records/auditing/readings.py",
        # The way to the log, also of refused attempts.
        "foundation/context.py",
    },
    # Reading a case in clear or its documents is an event of its own transaction.
    r"\.log_alone\([^)]*case_id=": {
        *(
            "case/casefiles.py",
            "case/documents.py",
            "review/inquiries.py",
            "records/auditing/seen_cases.py",
            "records/auditing/dossiers.py",
        ),
    },
}
"""The services besides `acts` that write a version or an event of a case, by how they do it."""


@pytest.mark.parametrize("how", ELSEWHERE)
def test_only_acts_count_versions_and_write_events_of_cases(how: str) -> None:
    services = ROOT / "workbench" / "services"
    texts = {str(path.relative_to(services)): path.read_text(encoding="utf-8") for path in services.rglob("*.py")}

    assert {name for name, text in texts.items() if re.search(how, text)} - {OF_ACTS} == ELSEWHERE[how]


def test_every_act_is_declared() -> None:
    assert sorted(ACTS) == sorted({*Action, EXTEND_DEADLINE})
