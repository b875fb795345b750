"""Whoever reads a case blindly finds its verdict nowhere: by commands, by keys on the case, and on other screens."""

from collections.abc import Iterator

import pytest

from screens.desk.blind_screen import BlindScreen
from tests.cli.framework.terminal import Terminal
from tests.cli.quality.office import LETTER, MAKER, NOTE, SAMPLE, pass_tellingly
from tests.screens.driver import KeyDriver, site_workbench
from workbench.errors import ExitCode

REFUSED, FREE, TOLD, SHOWN, LISTED = "refused command", "command", "key on the case", "keys", "keys to a list"
"""How a way ends: refused, answered or shown without the verdict, in a sentence, in a list without the case."""

WAYS_TO_A_VERDICT: tuple[tuple[str, ...], ...] = (
    (REFUSED, "show", "{case}"),
    (REFUSED, "show", "{case}", "--json"),
    (REFUSED, "show", "{case}", "--at", "{decision}"),
    (REFUSED, "show", "{case}", "--reveal"),
    (REFUSED, "explain", "{case}"),
    (REFUSED, "clock", "{case}"),
    (REFUSED, "comment", "{case}", "x"),
    (REFUSED, "contact", "{case}", "phone", "x"),
    (REFUSED, "documents", "{case}", "--to", "{folder}"),
    (REFUSED, "dossier", "{case}", "--output", "{folder}"),
    (REFUSED, "reopen", "{case}", "--reason", "x"),
    (REFUSED, "hold", "{case}", "--reason", "x"),
    (REFUSED, "undo", "{case}"),
    (REFUSED, "notices", "list"),
    (REFUSED, "notices", "list", "{case}"),
    (REFUSED, "measures", "list"),
    (REFUSED, "inquiries", "{case}"),
    (REFUSED, "forecast", "{case}"),
    (REFUSED, "take", "{case}", "--reason", "x"),
    (REFUSED, "export", "applications", "--output", "{folder}.csv"),
    (REFUSED, "export", "decisions", "--output", "{folder}.csv"),
    (REFUSED, "export", "events", "--output", "{folder}.csv"),
    (REFUSED, "export", "notices", "--output", "{folder}.csv"),
    (REFUSED, "export", "queue", "--output", "{folder}.csv", "--filter", "state:closed"),
    (REFUSED, "events", "--by", MAKER, "--since", "2026-11-01"),
    (REFUSED, "quality", "golden", "{case}", "pass"),
    (FREE, "queue", "--filter", "{case} state:closed", "--json"),
    (FREE, "queue", "--filter", "reason:OK state:closed", "--json"),
    (FREE, "queue", "--filter", "{application} state:closed", "--json"),
    (FREE, "quality", "review", "--json"),
    (FREE, "quality", "report", "--json"),
    # The panel of the history, the dialog with its drafts, and the fields to copy are those of this case.
    (SHOWN, "4"),
    (SHOWN, "p"),
    (SHOWN, "f", "t"),
    (SHOWN, "question_mark"),
    (SHOWN, "o", "1", "w"),
    *((TOLD, key) for key in ("L", "i", "d", "u", "full_stop", "slash")),
    # The palette offers neither history nor undo, and what it finds leads to the screens below.
    (SHOWN, "colon", "*lett", "enter"),
    (LISTED, "g", "n"),
    (LISTED, "g", "q"),
    (SHOWN, "g", "n", "enter"),
    (SHOWN, "g", "q", "slash", "*{case} state:closed", "enter", "enter"),
    (SHOWN, "g", "q", "number_sign"),
    *((LISTED, "g", letter) for letter in "moac"),
    (SHOWN, "g", "d", "u"),
    (SHOWN, "g", "d", "slash", "*{case}", "enter", "enter"),
    (SHOWN, "escape"),
)


@pytest.fixture
def reading(terminal: Terminal) -> tuple[Terminal, str]:
    """Return an office in which b reads a case blindly, with the number of the case."""
    pass_tellingly(terminal.site)
    terminal.document("sup", *SAMPLE)
    return terminal, terminal.document("b", "quality", "review")["case"]


def words_of(case: str) -> tuple[str, str]:
    """Return the note and the letter of the verdict on a case."""
    return f"{NOTE} {int(case[2:])}", f"{LETTER} {int(case[2:])}"


def test_no_command_tells_the_verdict(reading: tuple[Terminal, str]) -> None:
    terminal, case = reading
    application = terminal.document("b", "quality", "review")["application_no"]
    values = {"case": case, "decision": f"D-{case[2:]}", "application": application}
    values["folder"] = str(terminal.site.path.parent / "out")
    for kind, *words in WAYS_TO_A_VERDICT:
        if kind not in {REFUSED, FREE}:
            continue
        result = terminal.as_person("b", *(word.format(**values) for word in words))
        if kind == REFUSED:
            assert (words, result.exit_code, result.stdout) == (words, ExitCode.NOT_ALLOWED, "")
            assert f"You read {case} for a second opinion" in result.stderr, (words, result.stderr)
        else:
            assert (words, result.exit_code) == (words, 0), result.output
            assert not [part for part in (*words_of(case), MAKER) if part in result.output], words


def tells(desk: KeyDriver, case: str) -> Iterator[str]:
    """Yield what the terminal shows of the verdict on a case."""
    yield from (part for part in words_of(case) if part in desk.text)
    on_the_case = any(isinstance(screen, BlindScreen) for screen in desk.app.screen_stack)
    for line in desk.text.splitlines():
        if case in line or on_the_case:
            yield from (part for part in (MAKER, "passed" if case in line else MAKER) if part in line)


async def back_to_the_case(desk: KeyDriver) -> None:
    """Close dialogs, and go back to the case that is read blindly."""
    while desk.app.screen.is_modal:
        await desk.press("escape")
    if desk.app.current_mode != "quality":
        await desk.go("l")
    if desk.dialog == "QualityScreen":
        await desk.press("n")
    assert desk.dialog == "BlindScreen", desk.text


@pytest.mark.proof
async def test_no_key_shows_the_verdict(reading: tuple[Terminal, str]) -> None:
    terminal, case = reading
    terminal.document("b", "quality", "review", "--give-back")
    async with site_workbench(terminal.site, "b", size=(80, 24)) as desk:
        # The screens were opened before, and show the next case with its verdict.
        await desk.go("n")
        await desk.press("enter")
        assert LETTER in desk.text
        await desk.press("escape")
        await desk.go("q")
        await desk.press("slash")
        await desk.type("state:closed")
        await desk.press("enter")
        case = f"C-{int(case[2:]) + 1:06d}"
        assert case in desk.text
        await desk.go("l")
        await desk.press("n")
        for kind, *keys in WAYS_TO_A_VERDICT:
            if kind not in {TOLD, SHOWN, LISTED}:
                continue
            await back_to_the_case(desk)
            assert case in desk.text.splitlines()[0]
            desk.app.clear_notifications()
            for key in keys:
                if key.startswith("*"):
                    await desk.type(key[1:].format(case=case))
                else:
                    await desk.press(key)
                assert not list(tells(desk, case)), (keys, desk.text)
            # Messages may name the case.
            lines = [line for line in desk.text.splitlines() if "▌" not in line]
            assert kind != LISTED or case not in "".join(lines), (keys, desk.text)
            if kind == TOLD:
                assert desk.dialog == "BlindScreen", keys
                assert "Blind second opinion" in desk.notes[-1], keys
