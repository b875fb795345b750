"""The command checklist, which lists the questions of a case and answers one."""

from tests.cli.framework.terminal import Terminal, refused


def test_without_a_question_the_questions_are_listed_with_their_answers(terminal: Terminal) -> None:
    terminal.site.plant(1)

    unanswered = terminal.document("a", "checklist", "C-1")["checklist"]
    assert "Missing ANSWER (yes|no|n/a)." in refused(terminal.as_person("a", "checklist", "C-1", "NAMES-EQUAL"), 2)
    terminal.document("a", "checklist", "C-1", "NAMES-EQUAL", "no", "--note", "another name")
    answered = terminal.document("audit", "checklist", "C-1")["checklist"]

    assert [line["answer"] for line in unanswered] == [None] * len(unanswered)
    assert terminal.document("a", "show", "C-1")["checklist"] == answered
    [line] = [line for line in answered if line["question"] == "NAMES-EQUAL"]
    assert (line["answer"], line["by"], line["note"]) == ("no", "a", "another name")
    shown = terminal.as_person("a", "checklist", "C-1").stdout
    assert line["text"] in shown
    assert [row.split()[:2] for row in shown.splitlines()[1:3]] == [
        ["NAMES-EQUAL", "no"],
        [unanswered[1]["question"], "unanswered"],
    ]
