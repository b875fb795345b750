"""A site with an application that failed in its first round, and documents for its resubmission."""

import shutil
from atexit import register
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from db.enums import ImportKind
from tests.clock_site import ClockSite
from tests.services.intake.importing.files import PDF, Desk, application
from tests.sites import Site

ITEMS = ("--item", "ID-USCC", "--item", "DOC-UNSEALED:BIZ_LICENSE", "--item", "USE-STATEMENT")
REASONS = ("--reason", "ID-USCC", "--reason", "DOC-UNSEALED", "--reason", "USE-STATEMENT")
CARD = {"application_no": "A-1", "msisdn": "13800138000", "carrier": "mobile", "activated_on": "2026-08-03"}


def fail_rectifiably(site: ClockSite, at: str, maker: str = "a", *items: str) -> None:
    """Take the case and fail it, so that it can be rectified within five working days."""
    site.at(at).run(maker, "next")
    site.run(maker, "decide", "C-1", "fail", *REASONS, *(items or ITEMS))


@cache
def _failed_site() -> Path:
    """Create, only once, a site whose application failed in round 1, with a card and documents; return its path."""
    folder = Path(mkdtemp(prefix="failed-"))
    register(shutil.rmtree, folder)
    site = Site(folder / "w.db").create()
    desk, clock_site = Desk(site, folder), ClockSite(site).at("2026-11-23 15:00")
    desk.applications(application(uscc="91110000600037341X"))
    desk.run(ImportKind.CARDS, [CARD])
    desk.documents()
    fail_rectifiably(clock_site, "2026-11-24 10:00")
    site.close()
    return site.path


def start_failed(site: ClockSite) -> None:
    """Fill the site with a copy of a site whose application failed in round 1."""
    site.site.copy_from(_failed_site())


def write_new_document(desk: Desk, content: str) -> Path:
    """Write a file of documents with another licence."""
    (desk.folder / f"new{content}.pdf").write_bytes(PDF + content.encode())
    row = {
        "application_no": "A-1",
        "kind": "BIZ_LICENSE",
        "path": f"new{content}.pdf",
        "sealed": "yes",
        "quality": "ok",
    }
    return desk.write([{**row, "received_at": "2026-11-25 09:00"}])
