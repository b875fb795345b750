"""Pages, counts and positions for every kind of filter, compared with a plain Python implementation."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from db.queries.listing import case_pages
from tests.services.queue.many_cases import Known, in_order, is_open, plant_many
from tests.sites import TUESDAY, Site
from tests.sizes import sample
from workbench.domain.filter.parser import FilterProblem
from workbench.services.queue.listing import Queue

COUNT = 240
MIDNIGHT = TUESDAY.replace(hour=16)
"""The end of the local day."""

Test = Callable[[Known], bool]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> "tuple[Queue, list[Known]]":
    """The queue of reviewer a over cases of every kind."""
    folder: Path = tmp_path_factory.mktemp("queue")
    site = Site(folder / "w.db").create()
    # Services opened later would delete the unpublished batch.
    queue = site.services("a").queue
    return queue, plant_many(site, COUNT, seed=11)


@pytest.fixture(params=["hits", *(pytest.param(way, marks=pytest.mark.proof) for way in ("order", "table"))])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The ways to read a filtered list: sort the hits, or scan the order in small windows; or count the whole table."""
    if request.param == "table":
        monkeypatch.setattr(case_pages, "MOST_HITS_COUNTED", 0)
        monkeypatch.setattr(case_pages, "_MOST_LOOKED_UP", 0)
    if request.param == "order":
        monkeypatch.setattr(case_pages, "FEW", 0)
        monkeypatch.setattr(case_pages, "MOST_HITS_COUNTED", 0)
        monkeypatch.setattr(case_pages, "_FIRST_WINDOW", 7)
        monkeypatch.setattr(case_pages, "_GREATEST_WINDOW", 40)
    return str(request.param)


def due(test: Callable[[Known], bool]) -> Test:
    return lambda case: case.due_at is not None and test(case)


def runs(case: Known) -> bool:
    """Return whether the clock of a case runs."""
    is_with_others = case.state == "pending" and case.waits_for != "applicant"
    return is_with_others or case.state in {"queued", "in_review", "awaiting_check", "appealed"}


def is_late(case: Known) -> bool:
    return runs(case) and case.due_at is not None and case.due_at <= TUESDAY


def is_due_on_tuesday(case: Known) -> bool:
    return case.due_at is not None and MIDNIGHT - timedelta(days=1) <= case.due_at < MIDNIGHT


ME, B = 2, 3

FILTERS: dict[str, Test] = {
    "": lambda _case: True,
    "state:all": lambda _case: True,
    "state:closed": lambda case: not is_open(case),
    "state:queued": lambda case: case.state == "queued",
    "state:in_review": lambda case: case.state == "in_review",
    "state:pending,passed": lambda case: case.state in {"pending", "passed"},
    "-state:queued": lambda case: case.state != "queued",
    "state:pending state:passed": lambda _case: False,
    "priority:high": lambda case: case.priority == "high",
    "priority<=normal": lambda case: case.priority in {"low", "normal"},
    "priority<normal": lambda case: case.priority == "low",
    "priority>=high": lambda case: case.priority in {"high", "urgent"},
    "-priority:low,urgent": lambda case: case.priority in {"normal", "high"},
    "due:overdue": is_late,
    "state:all due:overdue": is_late,
    "state:pending due:overdue": lambda case: case.state == "pending" and is_late(case),
    "科技 due:overdue": lambda case: "科技" in case.name and is_late(case),
    "-due:overdue": lambda case: not is_late(case),
    "due:today": lambda case: runs(case) and is_due_on_tuesday(case),
    "due<today": due(lambda case: case.due_at < MIDNIGHT - timedelta(days=1)),  # type: ignore[operator]  # there is one
    "due<=2026-11-24": due(lambda case: case.due_at < MIDNIGHT),  # type: ignore[operator]  # there is one
    "due>tomorrow": due(lambda case: case.due_at >= MIDNIGHT + timedelta(days=1)),  # type: ignore[operator]  # there is one
    "due>=2026-11-25": due(lambda case: case.due_at >= MIDNIGHT),  # type: ignore[operator]  # there is one
    "due>=周三": due(lambda case: case.due_at >= MIDNIGHT),  # type: ignore[operator]  # there is one
    'due<="24 Nov"': due(lambda case: case.due_at < MIDNIGHT),  # type: ignore[operator]  # there is one
    "due>+1": due(lambda case: case.due_at >= MIDNIGHT + timedelta(days=1)),  # type: ignore[operator]  # there is one
    "due>=today due<tomorrow": due(lambda case: MIDNIGHT - timedelta(days=1) <= case.due_at < MIDNIGHT),  # type: ignore[operator]  # there is one
    "due:none": lambda case: case.due_at is None,
    "-due:none": lambda case: case.due_at is not None,
    "-due:today": lambda case: not (runs(case) and is_due_on_tuesday(case)),
    "due:2026-11-24": is_due_on_tuesday,
    "class:complex": lambda case: case.service_class == "complex",
    "risk:high,medium": lambda case: case.risk != "low",
    "-risk:high": lambda case: case.risk != "high",
    "round>1": lambda case: case.round > 1,
    "round:2": lambda case: case.round == 2,
    "kind:individual": lambda case: case.kind == "individual",
    "province:川": lambda case: case.province == "四川",
    "province:Sichuan": lambda case: case.province == "四川",
    "province:四川省": lambda case: case.province == "四川",
    "-province:sichuan": lambda case: case.province != "四川",
    '省:"inner mongolia"': lambda case: case.province == "内蒙古",
    "province:火星": lambda _case: False,
    "agent:代理": lambda case: bool(case.agent),
    "agent:代理二 -agent:一": lambda case: case.agent == "虚构代理二",
    "rule:act-peak-hour": lambda case: "ACT-PEAK-HOUR" in case.rules,
    "-rule:ID-REGION rule:CR-NO-DATA": lambda case: "ID-REGION" not in case.rules and "CR-NO-DATA" in case.rules,
    "applicant:科技": lambda case: "科技" in case.name,
    "applicant:cqxg": lambda case: "重庆虚构" in case.name,
    "-cdxgkj": lambda case: "成都虚构科技" not in case.name,
    "成都": lambda case: "成都" in case.name,
    "虚构": lambda case: "虚构" in case.name,
    "𠮷": lambda case: "𠮷" in case.name,
    "%": lambda case: "%" in case.name,
    "_虚": lambda case: "_虚" in case.name,
    "fiction": lambda case: "Fiction" in case.name,
    "ＦＩＣＴＩＯＮ": lambda case: "Fiction" in case.name,
    "-科技 虚构 网络": lambda case: "网络" in case.name,
    "SN-2026/0001": lambda case: case.number.startswith("SN-2026/0001"),
    "sn-2026": lambda _case: True,
    "application:00017": lambda case: "/00017." in case.number,
    "case:17,C-000018": lambda case: case.id in {17, 18},
    "c-19": lambda case: case.id == 19,
    "21": lambda case: case.id == 21 or "21" in case.name,
    "宁某7ning": lambda case: case.handler == "宁某7Ning",
    "handler:宁某7Ning": lambda case: case.handler == "宁某7Ning",
    "宁某": lambda _case: False,
    "handler:宁某": lambda _case: False,
    "phone:13900000007": lambda case: case.phone == "13900000007",
    "phone:13800000007": lambda case: case.card == "13800000007",
    '"138 0000 0007"': lambda case: case.card == "13800000007",
    "assignee:me": lambda case: case.assignee == ME,
    "assignee:nobody": lambda case: case.assignee is None,
    "holder:b": lambda case: case.holder == B,
    "holder:nobody": lambda case: case.holder is None,
    "who:me": lambda case: ME in {case.assignee, case.holder},
    "who:nobody": lambda case: case.assignee is None and case.holder is None,
    "-who:me": lambda case: ME not in {case.assignee, case.holder},
    "who:me,b": lambda case: bool({ME, B} & {case.assignee, case.holder}),
    "state:all 虚构 priority>low rule:ID-REGION due<2026-12-01": due(
        lambda case: case.priority != "low" and "ID-REGION" in case.rules and case.due_at < MIDNIGHT + timedelta(days=6)  # type: ignore[operator]  # there is one
    ),
}
NO_INDEX_KNOWS = {"-cdxgkj", "-province:sichuan", "holder:nobody", "who:nobody", "-who:me"}
ANY_STATE = (
    "c-19",
    "21",
    "宁某7ning",
    '"138 0000 0007"',
    "state:all",
    "state:closed",
    "state:pending,passed",
    "state:all due:overdue",
    "state:all 虚构 priority>low rule:ID-REGION due<2026-12-01",
)


def expected_ids(known: list[Known], wanted: str) -> list[int]:
    """Return the cases that a filter must find."""
    test = FILTERS[wanted]
    return in_order(known, TUESDAY, test if wanted in ANY_STATE else lambda case: is_open(case) and test(case))


def test_each_filter_finds_its_cases_in_the_order_of_next(many: tuple[Queue, list[Known]], way: str) -> None:
    queue, known = many
    for wanted in FILTERS if way == "hits" else sample([*FILTERS], ci=24):
        expected = expected_ids(known, wanted)
        assert list(queue.ids(wanted, COUNT)) == expected, wanted
        if way == "hits" and expected and wanted not in NO_INDEX_KNOWS:
            middle = len(expected) // 2
            assert queue.place_of(wanted, expected[middle]) == middle, wanted


def test_the_pages_of_a_filter_are_its_list(many: tuple[Queue, list[Known]], way: str) -> None:
    queue, known = many
    for wanted in sample([*FILTERS], ci=8):
        expected = expected_ids(known, wanted)
        total = queue.count(wanted)
        assert total == len(expected), wanted
        for known_total in (None, total):
            pages = [queue.page(wanted, start=start, limit=79, total=known_total) for start in range(0, total + 1, 79)]
            assert [row.id for page in pages for row in page] == expected, wanted
            assert queue.page(wanted, start=total + 100, total=known_total) == (), "behind the last page"
        for place in range(0, total, max(1, total // 3)):
            found = queue.place_of(wanted, expected[place])
            assert found == place or (found is None and (way == "order" or wanted in NO_INDEX_KNOWS))
    closed = next(case.id for case in known if not is_open(case))
    assert queue.place_of("", closed) is queue.place_of("", COUNT + 1) is None


def test_some_filters_of_the_table_find_something_and_some_cases_are_hidden(many: tuple[Queue, list[Known]]) -> None:
    _queue, known = many
    assert len(known) < COUNT
    assert sum(any(map(test, known)) for test in FILTERS.values()) > len(FILTERS) - 8


def test_an_expired_hold_is_shown_as_queued(many: tuple[Queue, list[Known]]) -> None:
    rows = many[0].page("state:queued", limit=COUNT)
    assert {row.state for row in rows} == {"queued"}
    assert all(row.held_by is None for row in rows)


def test_a_person_is_found_by_name_and_shown_masked(many: tuple[Queue, list[Known]]) -> None:
    rows = many[0].page("kind:individual 成都", limit=5)
    assert rows
    assert all("成都" not in row.applicant_name for row in rows)


def test_an_unclear_term_is_reported_with_its_position(many: tuple[Queue, list[Known]]) -> None:
    for wanted, words in (("成都 due<03/04/2026", "2026-04-03 or 2026-03-04"), ("成都 who:zoe", "zoe")):
        with pytest.raises(FilterProblem, match=words) as caught:
            many[0].count(wanted)
        assert (caught.value.start, caught.value.end) == (len("成都 "), len(wanted))


def test_the_counts_of_the_desk_header_agree_with_the_filters_and_rows(many: tuple[Queue, list[Known]]) -> None:
    queue, known = many
    counts = queue.counts()
    rows = queue.page("state:all", limit=COUNT)

    assert counts.overdue == queue.count("due:overdue") == sum(row.is_overdue for row in rows)
    assert counts.overdue == sum(map(is_late, known)) > 0
    assert counts.due_today == queue.count("due:today")
    assert {row.waits_for for row in rows if row.state == "pending"} == {"applicant", "carrier"}
