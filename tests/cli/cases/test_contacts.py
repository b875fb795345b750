"""Contacts with the applicant: recorded by command, listed masked with the case, and part of its history."""

from tests.cli.framework.terminal import Terminal, refused


def test_a_contact_stands_in_the_case_and_its_history(terminal: Terminal) -> None:
    terminal.site.plant(1)

    result = terminal.as_person("a", "contact", "C-1", "phone", "测试人 says: call 13812345678")

    assert result.stderr == "C-000001: contact recorded.\n"
    shown = terminal.document("audit", "show", "C-1")
    [contact] = shown["contacts"]
    assert contact == {
        "channel": "phone",
        "text": "测•• says: call 138••••••78",
        "by": "a",
        "at": "2026-11-24T10:00:00+08:00",
    }
    assert [(line["action"], line["who"], line["text"]) for line in shown["history"]] == [
        ("contact", "a", "phone: 测•• says: call 138••••••78")
    ]
    assert terminal.site.actions(1) == ["contact"]


def test_a_contact_needs_a_reviewer_a_channel_a_text_and_a_case(terminal: Terminal) -> None:
    terminal.site.plant(1)
    for login, words, code in (
        ("audit", ("C-1", "phone", "hello"), 77),
        ("admin2", ("C-1", "phone", "hello"), 77),
        ("a", ("C-1", "pigeon", "hello"), 2),
        ("a", ("C-1", "phone", "  "), 2),
        ("a", ("C-9", "phone", "hello"), 66),
    ):
        refused(terminal.as_person(login, "contact", *words), code)

        assert "contact" not in terminal.site.actions(1)
