"""Functions that take a case and decide it."""

from typing import Any

from sqlalchemy import text

from db.enums import ChecklistValue, FailKind, Verdict
from tests.sites import Site
from workbench.domain.case.casefile import CaseFile, DecisionResult, ItemRequest, VerdictRequest


def take(site: Site, login: str = "a") -> CaseFile:
    """Claim the next case, which must exist."""
    found = site.services(login).claims.next()
    assert isinstance(found, CaseFile)
    return found


def passing(case: int, **more: object) -> VerdictRequest:
    """Return the request of a pass."""
    return VerdictRequest(case_id=case, verdict=Verdict.PASS, reasons=("OK",), **more)  # type: ignore[arg-type]  # by name


def failing(case: int, **more: object) -> VerdictRequest:
    """Return the request of a fail with two reasons; of a fixable one, with an item for each."""
    reasons = ("ACT-PEAK-HOUR", "DOC-UNSEALED")
    if more.get("fail_kind") is not FailKind.FINAL:
        items = (ItemRequest(code=reasons[0]), ItemRequest(code=reasons[1], text="BIZ_LICENSE"))
        more = {"items": items, **more}
    return VerdictRequest(case_id=case, verdict=Verdict.FAIL, reasons=reasons, **more)  # type: ignore[arg-type]  # by name


def decide(site: Site, request: VerdictRequest, login: str = "a") -> DecisionResult:
    """Decide a case as this person."""
    return site.services(login).verdicts.decide(request)


def held(site: Site, **planted: Any) -> int:
    """Plant a case and let a hold it; return its number."""
    (case,) = site.plant(**planted)
    take(site)
    return case


def staged(site: Site, **planted: Any) -> int:
    """Let a give a verdict on a new case that a second person must check; return the number of the case."""
    case = held(site, **planted)
    decide(site, failing(case, fail_kind=FailKind.FINAL))
    return case


def decide_plainly(site: Site) -> int:
    """Let a give a final fail that leaves no open point on a new case; return the number of the case."""
    case = held(site)
    services = site.services("a")
    for line in services.casefiles.show(case).checklist:
        services.remarks.checklist(case, line.question, ChecklistValue.YES)
    verdict = {"verdict": Verdict.FAIL, "fail_kind": FailKind.FINAL, "reasons": ("USE-TRADE",)}
    decide(site, VerdictRequest(case_id=case, **verdict))  # type: ignore[arg-type]  # by name
    return case


def notices(site: Site) -> list[tuple[str, bool]]:
    """Return the text of each notice, and whether it was cancelled."""
    with site.services("admin").context.read() as session:
        rows = session.execute(text("SELECT body, cancelled_at FROM notice ORDER BY id"))
        return [(row.body, row.cancelled_at is not None) for row in rows]
