"""Any order of commands of several admins gives nobody rights that only one of them agreed to."""

from collections import defaultdict
from random import Random

import pytest
from sqlalchemy import text

from db.enums import Role
from tests.cli.framework.terminal import Terminal
from tests.sites import Site
from tests.sizes import sample, sized

STEPS = sized(ci=120, full=300)
PEOPLE = ("admin", "second", "a", "sup", "new1", "new2")


def roles_now(site: Site) -> tuple[dict[str, set[str]], set[str]]:
    """Return the roles of each person, and the active admins."""
    held: dict[str, set[str]] = defaultdict(set)
    admins = set[str]()
    joined = "SELECT login, role, is_active FROM reviewer JOIN reviewer_role ON reviewer_id = reviewer.id"
    with site.services("admin").context.database.read() as session:
        for row in session.execute(text(joined)):
            held[row.login].add(row.role)
            if row.role == Role.ADMIN.value and row.is_active:
                admins.add(row.login)
    return held, admins


def command(dice: Random, requests: dict[str, str]) -> list[str]:
    """Return the words of a random command about roles."""
    whom, role = dice.choice(PEOPLE), dice.choice(list(Role)).value
    number = dice.choice(list(requests)[-6:] or ["1"])
    return dice.choice(
        [
            ["role", whom, dice.choice(["--add", "--remove"]), role],
            ["role", whom, "--add", role, "--remove", dice.choice(list(Role)).value],
            ["approve", number],
            ["approve", number],
            ["reject", number],
            ["add", whom, "--role", role],
            [dice.choice(["deactivate", "activate"]), whom],
        ]
    )


@pytest.mark.proof
@pytest.mark.promise("A7")
@pytest.mark.parametrize("seed", sample(range(20), ci=1))
def test_any_order_of_commands_changes_roles_by_two_admins_while_there_are_two(terminal: Terminal, seed: int) -> None:
    dice, requests = Random(seed), dict[str, str]()
    terminal.document("admin", "reviewers", "add", "second", "--role", "admin")
    changes = 0
    for _step in range(STEPS):
        before, admins = roles_now(terminal.site)
        # Most acts are those of admins.
        who = dice.choice(PEOPLE) if dice.random() < 0.3 else dice.choice(sorted(admins))
        words = command(dice, requests)
        if dice.random() < 0.02:
            terminal.site.clock.advance(days=3)

        result = terminal.as_person(who, "reviewers", *words, "--json")

        after, left = roles_now(terminal.site)
        changed = {login for login in before | after if before[login] != after[login]}
        assert left
        if changed:
            changes += 1
            assert who in admins
            assert not after[who] - before[who]
            assert len(admins) < 2 or (words[0] == "approve" and requests[words[1]] != who)
        elif result.exit_code == 0 and '"number": ' in result.stdout:
            number = result.stdout.split('"number": "')[1].split('"')[0]
            requests.setdefault(number, who)
    assert changes > STEPS / 50
    assert terminal.as_person(sorted(roles_now(terminal.site)[1])[0], "audit", "verify").exit_code == 0
