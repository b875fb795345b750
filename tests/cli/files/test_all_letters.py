"""The scripted site whose letters people read: `python -m tests.letters FOLDER`."""

import csv
from pathlib import Path

import pytest

from db.enums import Verdict
from tests.letters import LANGUAGES, write_letters
from workbench.services.notices.letter_facts import AppealLetterKind, ClockLetterKind

pytestmark = pytest.mark.proof


@pytest.mark.long(20)
def test_the_scripted_office_writes_every_kind_of_letter_in_each_language(tmp_path: Path) -> None:
    write_letters(tmp_path)

    for language in LANGUAGES:
        with (tmp_path / language / "notices.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert {row["kind"] for row in rows} == {*Verdict, *ClockLetterKind, *AppealLetterKind}
        assert {row["language"] for row in rows} == {language}
        for row in rows:
            letter = (tmp_path / language / f"{row['file']}.txt").read_text(encoding="utf-8")
            assert row["case"] in letter
