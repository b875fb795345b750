"""Who may sample, mark right answers, read, adjudicate and see figures: by commands and by keys."""

import pytest

from db.enums import Role
from tests import tables
from tests.cli.framework.terminal import Terminal
from tests.cli.quality.office import SAMPLE, pass_all
from tests.prepared import prepared
from tests.sites import Site
from workbench.errors import ExitCode
from workbench.keys.quality import ADJUDICATE, GOLDEN, READ
from workbench.keys.quality import SAMPLE as DRAW

REVIEWER, SUPERVISOR, ADMIN, AUDITOR, VERIFIER = Role
PERSON = {REVIEWER: "c", SUPERVISOR: "sup", ADMIN: "keeper", AUDITOR: "audit", VERIFIER: "ver"}
"""The person who acts for each role; each has this role only. Who checks a verdict is a reviewer too."""

ACTS = (
    (("quality", "list"), None, {SUPERVISOR, AUDITOR}),
    ((*SAMPLE, "--dry-run"), DRAW, {SUPERVISOR}),
    (("quality", "golden", "C-3", "pass", "--reason", "OK"), GOLDEN, {SUPERVISOR}),
    (("quality", "report"), None, {REVIEWER, SUPERVISOR, AUDITOR}),
    (("quality", "review"), READ, {REVIEWER}),
    (("quality", "review", "pass", "--reason", "OK"), READ, {REVIEWER}),
    (("quality", "adjudicate", "{case}", "first", "--note", "x"), ADJUDICATE, {SUPERVISOR}),
)
"""Each act as a command, the command of its key, and the roles that may do it."""


REFUSALS = "SELECT count(*) FROM event WHERE is_refused AND actor_login = ?"


@prepared
def sample_and_differ(site: Site) -> str:
    """Let a pass cases, and b differ on a sampled one; add a verifier and an admin; return the number of the case."""
    pass_all(site, 3)
    people, terminal = site.services("admin").roles, Terminal(site)
    people.add("ver", (Role.VERIFIER,), "fraud")
    people.add("keeper", (Role.ADMIN,))
    terminal.document("sup", *SAMPLE)
    terminal.document("b", "quality", "review")
    case: str = terminal.document("b", "quality", "review", "fail", "--reason", "USE-TRADE")["case"]
    return case


@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_what_the_table_says(role: Role, terminal: Terminal) -> None:
    case, login = sample_and_differ(terminal.site), PERSON[role]
    for words, key, roles in ACTS:
        result = terminal.as_person(login, *(word.format(case=case) for word in words), "--json")
        expected = ExitCode.OK if role in roles else ExitCode.NOT_ALLOWED
        assert (words, result.exit_code) == (words, expected), result.output
        if key is not None:
            assert (key.refusal(terminal.site.services(login).actor) is None) == (role in roles), words
    with tables.opened(terminal.site.path) as connection:
        [refusals] = connection.execute(REFUSALS, (login,)).fetchone()
    assert refusals == sum(role not in roles for _words, _key, roles in ACTS)


def test_only_supervisors_and_auditors_see_the_opinions_of_others(terminal: Terminal) -> None:
    case = sample_and_differ(terminal.site)

    def seen_by(login: str) -> list[str]:
        return [look["case"] for look in terminal.document(login, "quality", "report")["differing"]]

    # The maker sees the own decision once it is adjudicated; the reader and others never do.
    everybody = ("sup", "audit", "a", "b", "c")
    assert list(map(seen_by, everybody)) == [[case], [case], [], [], []]
    terminal.document("sup", "quality", "adjudicate", case, "second", "--note", "x")
    assert list(map(seen_by, everybody)) == [[case], [case], [case], [], []]
    pairs = [terminal.document(login, "quality", "report")["verdicts"]["pairs"] for login in everybody]
    assert pairs == [1, 1, 1, 0, 0]
