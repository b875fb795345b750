"""The page cache of long lists."""

from screens.widgets.page_cache import MAX_PAGES, PAGE_ROWS, PageCache
from tests.screens.doubles.queue import MemoryQueue
from workbench.domain.case.records import DeskCounts


def queue(count: int) -> MemoryQueue:
    counts = DeskCounts(queued=0, due_today=0, overdue=0, held_by_me=0, to_check=0)
    made = MemoryQueue(lambda: counts, lambda: "rev1")
    made.fill(count)
    return made


async def test_an_uncounted_list_is_one_page_longer_than_its_loaded_rows() -> None:
    pages = PageCache(queue(950), "")
    assert await pages.begin(None, 0) == 0
    assert pages.length == 2 * PAGE_ROWS

    await pages.count_all()
    assert pages.length == 950


async def test_a_short_or_empty_page_ends_a_list() -> None:
    short, full = PageCache(queue(7), ""), PageCache(queue(PAGE_ROWS), "")
    await short.begin(None, 0)
    await full.begin(None, 0)
    assert full.missing(0, 2 * PAGE_ROWS) == 1
    await full.read(1)

    assert (short.length, full.length) == (7, PAGE_ROWS)
    assert full.missing(0, 2 * PAGE_ROWS) is None


async def test_the_number_of_cached_pages_is_limited() -> None:
    pages = PageCache(queue(40 * PAGE_ROWS), "")
    await pages.begin(None, 0)
    await pages.count_all()
    for number in range(40):
        assert pages.missing(number * PAGE_ROWS, number * PAGE_ROWS) in {number, None}
        await pages.read(number)

    assert len(pages._pages) == MAX_PAGES
    assert pages.row(0) is None
    assert pages.row(40 * PAGE_ROWS - 1) is not None


async def test_reading_begins_at_the_case_or_at_the_end_of_a_shorter_list() -> None:
    made = queue(2_500)
    assert await PageCache(made, "").begin(1_700, 3) == 1_699
    made.fill(230)

    assert await PageCache(made, "").begin(1_700, 1_699) == 229
    assert await PageCache(made, "").begin(None, 250) == 229


async def test_an_empty_list_has_no_rows() -> None:
    pages = PageCache(queue(0), "")

    assert await pages.begin(5, 7) == 0
    assert pages.length == 0
