"""Letters as pages: what people typed stays text, whatever it looks like."""

from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from typing import Any

from db.enums import ApplicantKind, Language
from tests.services.notices.sample_letters import SUPPLIER, a_letter, every_letter
from workbench.services.notices.bulk_letters import facts_of, stored_letter
from workbench.services.notices.letter_facts import Sender
from workbench.services.notices.rendering import LetterText, letter_environment, letter_pages, render

HOSTILE = """<script>a</script>"><img src=x onerror=a>' style='x' {{7*7}} {% raw %} &amp; & </p></title></style>"""
NO_TEXTS = {"language", "zone", "kind", "what"}
RECIPIENT = ("recipient_name", "recipient_handler", "recipient_phone")


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


def hostile(value: Any) -> Any:
    """Return a value in which each text that is not empty is hostile."""
    if type(value) is str:
        return HOSTILE if value else value
    if hasattr(value, "_fields"):
        return value._replace(**{name: hostile(own) for name, own in value._asdict().items() if name not in NO_TEXTS})
    if isinstance(value, tuple):
        return tuple(map(hostile, value))
    if is_dataclass(value) and not isinstance(value, type):
        names = (field.name for field in fields(value) if field.name not in NO_TEXTS)
        return replace(value, **{name: hostile(getattr(value, name)) for name in names})
    return value


def page_of(letter: LetterText, language: Language, recipient: str) -> Page:
    notice = {"language": language.value, "notice": 8, "subject": letter.subject, "body": letter.body}
    sender = Sender.of(SUPPLIER, language)
    sender = hostile(sender) if recipient == HOSTILE else sender
    return Page(letter_pages({**notice, **dict.fromkeys(RECIPIENT, recipient)}, sender)[".html"])


def test_no_element_of_a_letter_comes_from_data() -> None:
    for language, kind in [(Language.ZH, ApplicantKind.INDIVIDUAL), (Language.EN, ApplicantKind.ENTERPRISE)]:
        # One letter of each pair differs only in its facts, not in its sentences.
        for letter in list(every_letter(language, kind))[::2]:
            plain = page_of(render(letter), language, "虚构")
            page = page_of(render(hostile(letter)), language, HOSTILE)

            assert page.elements == plain.elements
            assert page.text.count(HOSTILE) > len(RECIPIENT)


def test_a_letter_rendered_again_from_its_stored_facts_has_the_same_texts() -> None:
    for language in list(Language):
        for letter in every_letter(language, ApplicantKind.ENTERPRISE):
            for one in (letter, hostile(letter)):
                stored = stored_letter(facts_of(one))

                assert stored == one
                assert stored is not None
                assert render(stored) == render(one)


def test_the_line_of_the_recipient_shows_each_name_as_it_was_typed() -> None:
    for language in list(Language):
        letter = render(a_letter(language))

        page = page_of(letter, language, HOSTILE)

        line = next(line for line in page.text.splitlines() if line.startswith(("收件人：", "To: ")))
        assert HOSTILE in line


def test_no_element_of_a_dossier_comes_from_data() -> None:
    template = letter_environment(is_html=True).get_template("dossier.html.jinja")

    def rendered(text: str) -> Page:
        section = {"title": text, "columns": [text], "rows": [[text, text]]}
        return Page(template.render(language="en", title=text, sections=[section]))

    assert rendered(HOSTILE).elements == rendered("plain").elements
