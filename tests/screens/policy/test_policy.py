"""The policy screen: the version in force, another one, and what differs between two."""

import re
from pathlib import Path

import pytest

from tests.screens.driver import site_workbench
from tests.services.outbox.test_outbox import decide
from tests.sites import SUPPLIER, Site
from workbench.services.time.campaigns.campaigns import CampaignRequest

CHANGES = (
    ('version = "2026-11"', 'version = "2026-12"'),
    ("max_held = 3", "max_held = 4"),
    ('letter.zh = "正在等待相关部门的答复。"', 'letter.zh = "我司正在等待答复。"'),
)


@pytest.fixture
def two_versions(site: Site, tmp_path: Path) -> Site:
    """A site with a second version in force, and an open case."""
    site.plant(1)
    policies = site.services("admin").policies
    text = policies.in_force().text
    for old, new in CHANGES:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "second.toml"
    path.write_text(text, encoding="utf-8")
    policies.apply(path)
    return site


async def test_it_shows_the_version_in_force_with_rules_and_sources(site: Site) -> None:
    async with site_workbench(site, "audit", size=(80, 2000)) as desk:
        await desk.go("y")
        shown = desk.text
        assert "Policy 1 · 2026-11 · in force" in shown
        await desk.press("c")
        assert "There is no other version of the policy yet." in desk.text
        assert desk.dialog == "PolicyScreen"
        await desk.press("escape")
        assert desk.dialog == "DeskScreen"

    for part in (
        *(SUPPLIER.name.en, "expedited 1, standard 3", "ACT-PEAK-HOUR", "peak_hour_calls > 60 calls"),
        *("Hubei", "registered_capital_fen < ¥ 500,000.00", "WAIT-APPLICANT", "proof of the callees' consent"),
        *("Number management", "3 working days; sees ", "the carrier 3, a registry 7"),
        *("bar both ways", "restoring the cards", "letter  ", "missing-papers  Please send"),
    ):
        assert part in shown, part


async def test_two_chosen_versions_are_compared(two_versions: Site) -> None:
    async with site_workbench(two_versions, "sup", size=(120, 60)) as desk:
        await desk.go("y")
        assert "Policy 2 · 2026-12 · in force" in desk.text

        await desk.press("c", "enter", "down", "enter")
        assert "Policy 1 → Policy 2" in desk.text
        assert "desk.max_held" in desk.text
        assert re.search(r"正在等待相关部门的答复。 +我司正在等待答复。", desk.text)
        assert "Policy 1 · 2026-11 · earlier" in desk.text
        assert desk.text.count("Cases opened before keep their own version.") == 2
        assert "hold_minutes" not in desk.text
        await desk.until("0 of 1 open case would get other findings under Policy 2.")
        await desk.pilot.resize_terminal(80, 60)
        await desk.settle()
        assert "Policy 1  正在等待相关部门的答复。" in desk.text
        assert "Policy 2  我司正在等待答复。" in desk.text

        await desk.press("v", "down", "enter")
        assert "Policy 1 · 2026-11 · earlier" in desk.text
        await desk.press("n")
        assert "Policy 2 · 2026-12 · in force" in desk.text


@pytest.mark.proof
async def test_the_chosen_version_of_many_is_in_view_and_a_campaign_tells_how_far_it_is(
    site: Site, tmp_path: Path
) -> None:
    services, policies = site.services("admin"), site.services("admin").policies
    text, path = policies.in_force().text, tmp_path / "next.toml"
    for number in range(18):
        path.write_text(text.replace("max_held = 3", f"max_held = {4 + number % 2}"), encoding="utf-8")
        policies.apply(path)
    decide(site, 3)
    site.clock.advance(seconds=60)
    services.campaigns.start(CampaignRequest(filter="state:passed", per_day=1, reason="the limit was lowered"))
    async with site_workbench(site, "sup", size=(80, 24)) as desk:
        await desk.go("y")
        told = "Campaign 1: 1 of 3 passed cases opened again, 0 decided; the last opens Thu 26 Nov"
        assert told in " ".join(desk.text.split()), desk.text
        services.campaigns.stop(1, "enough")
        await desk.press("n")
        await desk.until("stopped")
        assert "0 decided; stopped Tue 24 Nov" in " ".join(desk.text.split())

        await desk.press("v", *["down"] * 16)
        await desk.until("Policy 3  ")
        await desk.press("enter")
        assert "Policy 3 · 2026-11" in desk.text
