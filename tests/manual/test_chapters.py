"""The chapters of the manual name only what exists, and are the same in every language."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from db.enums import ImportKind
from tests.languages import MANUALS
from tests.manual.chapter_text import KEYS, Source, sources, unknown_part, words_and_code
from tests.manual.letter_kinds import WHEN
from tests.manual.policy_keys import SENTENCES, policy_keys
from workbench.keys.command import PLACES
from workbench.services.files.reseller_sheets.conversions import ColumnRule
from workbench.services.files.reseller_sheets.sheet_map import MapContent, RowRules, parse_map
from workbench.services.site.policies import read_supplier
from workbench.settings.user_settings import UserSettings, load_settings
from workbench.wording.letters import FAIL_KIND_WORDS, LETTER_KIND_WORDS

MOST_LINES = 250
every_chapter = pytest.mark.parametrize(
    "chapter", [each for language in MANUALS for each in sources(language)], ids=lambda each: str(each.path.stem)
)


def test_every_language_has_the_same_chapters() -> None:
    names = {language: {chapter.path.name for chapter in sources(language)} for language in MANUALS}

    assert {language: own ^ names["en"] for language, own in names.items() if own != names["en"]} == {}


@pytest.mark.parametrize("english", sources("en"), ids=lambda chapter: chapter.path.stem)
def test_a_chapter_has_the_same_headings_commands_and_keys_in_every_language(english: Source) -> None:
    for other in (one for language in MANUALS for one in sources(language) if one.path.name == english.path.name):
        assert english.outline == other.outline
        assert english.text.splitlines()[0] == other.text.splitlines()[0]


@every_chapter
def test_a_chapter_begins_with_its_screens_and_its_title(chapter: Source) -> None:
    first, second = chapter.text.splitlines()[:2]

    assert set(re.fullmatch(r"<!-- screens:(.*) -->", first)[1].split()) <= set(PLACES)  # type: ignore[index]  # fails
    assert second.startswith("# ")
    assert [level for level, _words in chapter.headings].count("#") == 1


def test_no_screen_has_two_chapters() -> None:
    named = [place for chapter in sources("en") for place in chapter.text.splitlines()[0].split()[2:-1]]

    assert len(named) == len(set(named))


@every_chapter
def test_a_chapter_is_short(chapter: Source) -> None:
    assert len(chapter.text.splitlines()) <= MOST_LINES


@every_chapter
def test_the_headings_of_a_chapter_differ(chapter: Source) -> None:
    assert len(chapter.headings) == len(set(chapter.headings))


# Not to a heading: Textual makes no anchors of Chinese words.
@every_chapter
def test_every_link_leads_to_a_chapter(chapter: Source) -> None:
    names = {each.path.name for each in sources(chapter.path.parent.name)}

    assert [link for link in chapter.links if link not in names] == []


@every_chapter
def test_every_key_that_a_chapter_names_exists(chapter: Source) -> None:
    assert chapter.keys - KEYS == set()


@every_chapter
def test_every_command_that_a_chapter_names_exists(chapter: Source) -> None:
    named = [*chapter.named_commands, *chapter.examples]

    assert {command: unknown for command in named if (unknown := unknown_part(command)) is not None} == {}


@pytest.mark.parametrize("chapter", sources("zh"), ids=lambda chapter: chapter.path.stem)
def test_chinese_has_no_blank_beside_code_where_a_line_would_break(chapter: Source) -> None:
    assert re.findall(r"[\u4e00-\u9fff] `[^`]*`|`[^`]*` [\u4e00-\u9fff]", chapter.written) == []


def test_an_unknown_option_is_found() -> None:
    assert unknown_part("workbench queue --filtr x") == "--filtr"
    assert unknown_part("workbench audit heads") == "heads"
    assert unknown_part("workbench quue") == "quue"
    assert unknown_part("workbench forecast C-000001 --reviewers 5") is None
    assert words_and_code("workbench show C-9  # exit code 66") == (["show", "C-9"], 66)


@pytest.mark.parametrize("language", MANUALS)
def test_the_supplier_that_the_chapter_on_setting_up_shows_is_accepted(language: str, tmp_path: Path) -> None:
    [chapter] = [each for each in sources(language) if each.path.stem.endswith("-setting-up")]
    file = tmp_path / "supplier.toml"
    file.write_text("\n".join(chapter.blocks("toml")), encoding="utf-8")

    assert read_supplier(file).name.zh


@pytest.mark.parametrize("language", MANUALS)
def test_the_map_that_the_chapter_on_resellers_shows_is_accepted_and_every_key_is_explained(language: str) -> None:
    [chapter] = [each for each in sources(language) if each.path.stem.endswith("-resellers-sheets")]
    keys = {field.name for values in (MapContent, RowRules, ColumnRule) for field in fields(values)}

    parse_map("\n".join(chapter.blocks("toml")), "map", ImportKind.APPLICATIONS, "map.toml", {})
    assert keys == set(re.findall(r"^\| `(\w+)` \|", chapter.text, re.MULTILINE))


@pytest.mark.parametrize("language", MANUALS)
def test_the_settings_chapter_names_every_setting_and_its_examples_are_valid(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [chapter] = [each for each in sources(language) if each.path.stem.endswith("-settings")]
    # The viewer of the example must be a command that exists.
    (tmp_path / "xdg-open").touch(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    file = tmp_path / "settings.toml"
    file.write_text("\n".join(chapter.blocks("toml")), encoding="utf-8")

    assert load_settings(file).problems == ()
    assert {field.name for field in fields(UserSettings)} <= set(
        re.findall(r"^\| `\[?(\w+)", chapter.text, re.MULTILINE)
    )


def test_the_policy_chapter_has_a_sentence_for_every_key_and_for_nothing_else() -> None:
    keys = policy_keys()

    assert {name for key in keys for name in (key.path, key.header)} == set(SENTENCES)
    assert all({"en", "zh"} <= sentence.keys() for sentence in SENTENCES.values())


def test_the_letters_chapter_says_when_each_kind_of_letter_is_written() -> None:
    assert set(WHEN) == (LETTER_KIND_WORDS.keys() - {"fail"}) | FAIL_KIND_WORDS.keys()
