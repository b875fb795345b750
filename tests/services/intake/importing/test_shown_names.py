"""Every name of a value that the program shows can be imported, in both languages."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from db.enums import DocumentKind, IdType, ImportKind, Language, Quality
from tests.policies import amend_policy
from tests.services.intake.importing.files import PDF, Desk, application
from workbench.domain.case.lifecycle import CLASS_WORDS
from workbench.domain.values.provinces import _NAMES as PROVINCES
from workbench.domain.values.provinces import province_key
from workbench.i18n import catalogue
from workbench.services.files.reading.kinds import COLUMN_TYPES, kind_spec
from workbench.wording.case.fields import _VALUES
from workbench.wording.case.labels import (
    APPLICANT_KIND_WORDS,
    CREDIT_MATCH_WORDS,
    ID_NUMBER_WORDS,
    QUALITY_WORDS,
)
from workbench.wording.findings import CREDIT_LIST_WORDS

SHOWN: dict[str, Mapping[object, str]] = {
    "applicant_kind": APPLICANT_KIND_WORDS,  # type: ignore[dict-item]  # a table of one enumeration
    "handler_id_type": {**ID_NUMBER_WORDS, IdType.RESIDENT: _VALUES[IdType.RESIDENT]},
    "service_class": CLASS_WORDS,  # type: ignore[dict-item]  # a table of one enumeration
    "language": {language: _VALUES[language] for language in Language},
    "quality": {
        Quality.OK: _VALUES[Quality.OK],
        **{quality: QUALITY_WORDS[quality] for quality in (Quality.BLURRED, Quality.INCOMPLETE)},
    },
    "list": CREDIT_LIST_WORDS,  # type: ignore[dict-item]  # a table of one enumeration
    "match": CREDIT_MATCH_WORDS,  # type: ignore[dict-item]  # a table of one enumeration
    "sealed": {True: "yes", False: "no"},
    "licence_valid_to": {None: "long-term"},
}


def test_every_word_that_is_shown_for_a_value_is_accepted() -> None:
    for language in Language:
        for column, words in SHOWN.items():
            kind = next(kind for kind, columns in COLUMN_TYPES.items() if {column, f"{column}*"} & set(columns))
            parse = kind_spec(kind, ZoneInfo("UTC")).columns[column].parse

            for value, word in words.items():
                found = parse(catalogue(language).gettext(word))
                assert value is None or found == getattr(value, "value", value)


def test_every_province_that_is_shown_is_known() -> None:
    for language in Language:
        assert all(province_key(catalogue(language).gettext(name)) == key for key, name in PROVINCES.items())


def test_every_name_that_the_policy_gives_to_a_document_is_accepted(desk: Desk) -> None:
    desk.applications(application())
    amend_policy(
        desk.site, ('en = "business licence"', 'en = "Trade  papers"'), ('zh = "近三个月通话记录"', 'zh = "外呼话术"')
    )
    services = desk.site.services("admin")
    with services.context.read() as session:
        documents = services.context.policy(session).documents
    named = [(kind, text) for names in (documents.names, documents.names_person) for kind, text in names.items()]
    wanted = {name: kind for kind, text in named for name in (text.en, text.zh)}
    # Several kinds of this policy have this name.
    del wanted["外呼话术"]
    rows = []
    for place, name in enumerate(wanted):
        (desk.folder / f"{place}.pdf").write_bytes(PDF + name.encode())
        rows.append({"application_no": "A-1", "kind": name.lower(), "path": f"{place}.pdf"})

    desk.run(ImportKind.DOCUMENTS, rows)

    found = [kind for (kind,) in desk.sql("SELECT kind FROM document ORDER BY id")]
    assert found == [kind.value for kind in wanted.values()]
    assert set(DocumentKind) == set(wanted.values())
