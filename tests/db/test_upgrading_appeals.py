"""An upgrade from the schema before appeals kept what their deciders saw loses neither a date nor an answer."""

from tests.cli.appeals.filed_appeals import appealed, decided, failed, office, show
from tests.first_schema import downgrade
from tests.sites import Site


def test_a_staged_answer_and_the_last_day_to_appeal_survive_the_upgrade(site: Site) -> None:
    services = office(site)
    other, staged = failed(services), decided(services, appealed(services))
    services.at("2026-12-02 10:00").run("admin", "calendar", "set", "2026-12-05", "work", "--reason", "make-up")
    site.close()
    site.services_by_login.clear()
    downgrade(site.path, "0011")

    assert show(services, other)["appeal_until"] == "2026-12-15"
    services.run("c", "check", staged, "approve", "--note", "yes")
    assert show(services, staged)["state"] == "failed"
