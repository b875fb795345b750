"""A search finds exactly what LIKE finds, whatever characters the names have."""

from random import Random

import pytest
from sqlalchemy import text

from db.queries.listing import case_pages
from db.queries.search_index import index_cases, terms_of
from tests.sites import Site
from workbench.services.wiring import Services

CHARACTERS = "成都重庆银行长科技有限公司虚构𠮷𠀀龘㈱ＡＢaAbBéÉ ß12%_'\"*\\-()[]{}^$:;,.\ue025\uf8ff"
CASES = 100


def name(rng: Random) -> str:
    return "".join(rng.choices(CHARACTERS, k=rng.randrange(1, 12))).strip() or "虚构"


def renamed(site: Site, seed: int) -> tuple[Services, list[str]]:
    """Plant cases with random names, and return them."""
    rng = Random(seed)
    names = [name(rng) for _case in site.plant(CASES)]
    services = site.services("a")
    with services.context.write() as session:
        for number, written in enumerate(names, start=1):
            session.execute(
                text('UPDATE "case" SET applicant_name = :name WHERE id = :id'), {"name": written, "id": number}
            )
            index_cases(session, [{**terms_of(written, f"Z-{number}"), "id": number}])
    return services, names


def liked(services: Services, part: str) -> set[int]:
    """Return what LIKE finds."""
    escaped = part.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    with services.context.read() as session:
        rows = session.execute(
            text("""SELECT id FROM "case" WHERE applicant_name LIKE :part ESCAPE '\\'"""), {"part": f"%{escaped}%"}
        )
        return {row.id for row in rows}


def quoted(part: str) -> str:
    return '"' + part.replace('"', '""') + '"'


def has_other_spellings(part: str) -> bool:
    """Return whether a text is also searched in another width, or as initials."""
    return any(char.isascii() or char in "㈱ＡＢ" for char in part)


@pytest.mark.parametrize("few", [case_pages.FEW, pytest.param(0, marks=pytest.mark.proof)])
def test_a_search_finds_exactly_what_like_finds(site: Site, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(case_pages, "FEW", few)
    services, names = renamed(site, seed=5)
    rng = Random(6)
    found_some = 0
    for _search in range(50):
        written = rng.choice(names)
        start = rng.randrange(len(written))
        part = rng.choice([written[start : start + rng.randrange(1, 4)], "".join(rng.choices(CHARACTERS, k=2))])
        if not part.strip():
            continue
        expected = liked(services, part)
        for wanted in (quoted(part), f"applicant:{quoted(part)}"):
            found = set(services.queue.ids(wanted, CASES))
            assert expected <= found, part
            if not has_other_spellings(part):
                assert found == expected, part
                assert services.queue.count(wanted) == len(expected)
        found_some += bool(expected)
    assert found_some > 25


def test_letters_are_found_in_either_width_and_case(site: Site) -> None:
    services, _names = renamed(site, seed=9)
    with services.context.write() as session:
        for number, written in ((1, "ＡＢＣ商贸"), (2, "abc商贸"), (3, "商贸")):
            session.execute(
                text('UPDATE "case" SET applicant_name = :name WHERE id = :id'), {"name": written, "id": number}
            )
            index_cases(session, [{**terms_of(written, f"Z-{number}"), "id": number}])
    for typed in ("abc商贸", "ABC商贸", "ＡＢＣ商贸"):
        assert set(services.queue.ids(typed, CASES)) == {1, 2}
    assert set(services.queue.ids("abcsm", CASES)) == {1, 2}
