"""Lists in a chosen order, compared with a plain Python sort."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from db.initials import initials
from db.queries.listing import case_order, case_pages
from tests.services.queue.many_cases import GROUP, Known, in_order, is_open, plant_many
from tests.sites import TUESDAY, Site
from workbench.domain.filter.ordering import ORDER_WORDS, reversed_order
from workbench.errors import WrongUsage
from workbench.services.queue.listing import Queue

COUNT = 160
FEW_SORTED = 30
LOGINS = {2: "a", 3: "b"}
LATE = TUESDAY.replace(year=9000)

KEYS: dict[str, Callable[[Known], Any]] = {
    "received": lambda _case: 0,
    "priority": lambda case: -("low", "normal", "high", "urgent").index(case.priority),
    "case": lambda case: -case.id,
    "applicant": lambda case: (initials(case.name), case.name),
    "agent": lambda case: case.agent or None,
    "province": lambda case: case.province,
    "state": lambda case: (GROUP[case.state], "in_review" if _is_expired(case) else case.state),
    "until": lambda _case: None,
    "round": lambda case: -case.round,
    "findings": lambda _case: 0,
    "who": lambda case: LOGINS.get(case.holder or case.assignee or 0),
    "class": lambda case: ("standard", "complex").index(case.service_class),
    "risk": lambda case: ("high", "medium", "low").index(case.risk),
}
"""The sort key of each order without an index, from its natural end; None comes last."""


def _is_expired(case: Known) -> bool:
    """Return whether the case is stored as in review, with a hold that is over."""
    return case.state == "queued" and case.id % 5 == 0


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> "tuple[Queue, list[Known]]":
    """The queue of reviewer a over cases of every kind."""
    folder: Path = tmp_path_factory.mktemp("order")
    site = Site(folder / "w.db").create()
    queue = site.services("a").queue
    return queue, plant_many(site, COUNT, seed=12)


def by_key(cases: list[Known], key: Callable[[Known], Any], *, is_reversed: bool) -> list[int]:
    """Return cases sorted by a key, those without one last, equal ones by number."""
    by_number = sorted(cases, key=lambda case: case.id)
    with_key = [case for case in by_number if key(case) is not None]
    with_key.sort(key=key, reverse=is_reversed)
    return [case.id for case in [*with_key, *(case for case in by_number if key(case) is None)]]


def test_each_order_has_words_and_sql() -> None:
    assert set(case_order.ORDERS) == set(ORDER_WORDS) == {"next", "due", "late", *KEYS}


@pytest.mark.parametrize("wanted", ["", "state:all 虚构", "-科技 priority>=normal due>yesterday"])
@pytest.mark.parametrize("is_scanned", [False, pytest.param(True, marks=pytest.mark.proof)])
def test_an_order_with_an_index_sorts_every_case(
    many: tuple[Queue, list[Known]], wanted: str, is_scanned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, known = many
    if is_scanned:
        monkeypatch.setattr(case_pages, "FEW", 0)
        monkeypatch.setattr(case_pages, "_GREATEST_WINDOW", 40)
    listed = set(queue.ids(wanted, COUNT))
    cases = sorted((case for case in known if case.id in listed), key=lambda case: (case.due_at or LATE, case.id))
    dated, undated = ([case.id for case in cases if (case.due_at is None) is is_none] for is_none in (False, True))
    backwards = list(queue.ids(wanted, COUNT))[::-1]
    for order, ids in (("due", dated + undated), ("-due", dated[::-1] + undated[::-1]), ("-next", backwards)):
        total = len(ids)
        pages = [queue.page(wanted, order=order, start=start, limit=45, total=total) for start in range(0, total, 45)]
        assert [row.id for page in pages for row in page] == ids
        # None: counting would take too long.
        assert queue.place_of(wanted, ids[total // 3], order) in {total // 3, None}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if at % 3 == 1 else pytest.mark.proof) for at, name in enumerate(KEYS)]
)
def test_an_order_without_an_index_sorts_the_first_cases_and_keeps_the_others(
    many: tuple[Queue, list[Known]], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, known = many
    monkeypatch.setattr(case_order, "MOST_SORTED", FEW_SORTED)
    usual = in_order(known, TUESDAY, is_open)
    first = [case for case in known if case.id in usual[:FEW_SORTED]]
    for order in (name, reversed_order(name)):
        ids = [*by_key(first, KEYS[name], is_reversed=order != name), *usual[FEW_SORTED:]]
        pages = [queue.page(order=order, start=start, limit=25) for start in range(0, len(ids) + 25, 25)]
        assert [row.id for page in pages for row in page] == ids
        assert [queue.place_of("", ids[at], order) for at in (7, FEW_SORTED + 3)] == [7, FEW_SORTED + 3]


def test_an_unknown_order_names_a_similar_one(many: tuple[Queue, list[Known]]) -> None:
    with pytest.raises(WrongUsage, match="choose from applicant"):
        many[0].page(order="aplicant")
