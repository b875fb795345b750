"""The command that prints the board."""

from tests.cli.framework.terminal import Terminal
from tests.languages import speaking
from tests.services.review.verdict_acts import take
from tests.sites import Site


def test_board_prints_the_office_the_people_and_the_days(site: Site, terminal: Terminal) -> None:
    site.plant(3, due_in_days=-1)
    take(site)
    site.services("admin").absences.away("b", site.clock.at.date(), None)

    found = terminal.document("sup", "board")

    counts = {figure["name"]: (figure["filter"], figure["count"]) for figure in found["figures"]}
    assert counts["overdue"] == ("due:overdue", 3)
    assert counts["unsent_letters"] == (None, 0)
    rows = {row["login"]: row for row in found["people"]}
    assert (rows["a"]["held"], rows["nobody"]["overdue"], rows["b"]["away"]) == (1, 2, True)
    assert (rows["nobody"]["held"], rows["nobody"]["assigned"]) == (0, 0)
    assert rows["b"]["away_until"] is None
    assert found["days"][-1] == {"date": "2026-11-24", "arrived": 3, "decided": 0}
    assert (found["ages"][0], len(found["ages"])) == ({"days": 0, "cases": 3}, 22)
    assert isinstance(found["days_to_clear"], float)
    assert "nobody" in terminal.as_person("sup", "board").output
    with speaking("zh"):
        assert "无人处理" in terminal.as_person("sup", "board").output
    assert [row["login"] for row in terminal.document("a", "board")["people"]] == ["a"]
