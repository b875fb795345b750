"""Every rule of DOMAIN 8.4 at its limit, one below and one above, with facts computed from imported files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.enums import ImportKind
from tests.services.intake.importing.files import ENTERPRISE_DOCUMENTS, PDF, Cells, Desk, application
from tests.services.intake.importing.rule_samples import SAMPLES, Sample, company
from tests.sites import Site
from workbench.policies import default_policy_text
from workbench.services.policy.reader import parse_policy

pytestmark = pytest.mark.proof


def _number(place: int, card: int = 0) -> str:
    return f"1380{place:04}{card:03}"


def _msisdn(place: int, sample: Sample, card: int) -> str:
    return dict(sample.cards[card]).get("msisdn") or _number(place, card)


def _subject(place: int, sample: Sample) -> str:
    return (sample.application or {}).get("uscc") or company(1000 + place)


def _applications() -> Iterator[Cells]:
    for place, sample in enumerate(SAMPLES):
        base = application(f"R-{place}", uscc=company(1000 + place), msisdns="")
        yield {**base, **(sample.application or {})}


def _cards() -> Iterator[Cells]:
    columns = dict.fromkeys(("iccid", "carrier", "brand", "daily_quota_calls", "actual_user_name"), "")
    for place, sample in enumerate(SAMPLES):
        for card, cells in enumerate(sample.cards):
            yield {"application_no": f"R-{place}", **columns, **cells, "msisdn": _msisdn(place, sample, card)}


def _documents() -> Iterator[Cells]:
    for place, sample in enumerate(SAMPLES):
        for number, kind in enumerate(ENTERPRISE_DOCUMENTS[sample.missing :]):
            own = sample.documents[0] if sample.documents and number == 0 else {}
            columns = {"valid_to": "", "sealed": "yes", "quality": "ok", "received_at": "2026-11-23"}
            yield {"application_no": f"R-{place}", "kind": kind.value, "path": "any.pdf", **columns, **own}


def _calls() -> Iterator[Cells]:
    for place, sample in enumerate(SAMPLES):
        for call in sample.calls:
            ours, other = _msisdn(place, sample, 0), f"021{place:04}{call.callee:04}"
            yield {
                "caller": other if call.is_in else ours,
                "callee": ours if call.is_in else other,
                "start_at": call.at.isoformat(" "),
                "duration_s": str(call.duration_s if call.answered else 0),
                "answered": "yes" if call.answered else "no",
                "direction": "in" if call.is_in else "out",
                "imei": call.imei,
            }


def _rest() -> dict[ImportKind, list[Cells]]:
    rows: dict[ImportKind, list[Cells]] = {
        ImportKind.CREDIT: [],
        ImportKind.COMPLAINTS: [],
        ImportKind.OPTOUTS: [],
    }
    for place, sample in enumerate(SAMPLES):
        for record in sample.credit:
            columns = {"subject_no": _subject(place, sample), "overdue_days": ""}
            rows[ImportKind.CREDIT].append({**columns, **record})
        for complaint in sample.complaints:
            columns = {"msisdn": _msisdn(place, sample, 0), "verified": ""}
            rows[ImportKind.COMPLAINTS].append({**columns, **complaint})
        if sample.opt_out is not None:
            callee = f"021{place:04}{sample.calls[0].callee:04}"
            rows[ImportKind.OPTOUTS].append({"callee": callee, "since": sample.opt_out.isoformat()})
    return rows


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[dict[str, tuple[str, str]]]]:
    """What each sample's case has for findings, after all of them were imported together."""
    folder: Path = tmp_path_factory.mktemp("rules")
    site = Site(folder / "w.db").create()
    desk = Desk(site, folder)
    (folder / "any.pdf").write_bytes(PDF)
    desk.run(ImportKind.APPLICATIONS, list(_applications()))
    desk.run(ImportKind.CARDS, list(_cards()))
    desk.run(ImportKind.DOCUMENTS, list(_documents()))
    desk.run(ImportKind.CALLS, list(_calls()))
    for kind, rows in _rest().items():
        desk.run(kind, rows)
    yield [desk.findings(f"R-{place}") for place in range(len(SAMPLES))]
    site.close()


def test_every_rule_finds_what_its_limits_say(found: list[dict[str, tuple[str, str]]]) -> None:
    wrong = []
    for sample, findings in zip(SAMPLES, found, strict=True):
        severity, observed = findings.get(sample.rule, (None, ""))
        if severity != sample.severity:
            wrong.append(f"{sample.rule} {sample.name}: {severity} instead of {sample.severity} ({observed})")
    assert wrong == []


def test_every_rule_has_samples_that_hit_it_and_samples_that_do_not() -> None:
    rules = set(parse_policy(default_policy_text(), "default").rules)
    assert {sample.rule for sample in SAMPLES if sample.severity} == rules
    assert {sample.rule for sample in SAMPLES if not sample.severity} == rules


def test_every_severity_of_every_rule_is_reached() -> None:
    rules = parse_policy(default_policy_text(), "default").rules
    wanted = {(code, limit.severity.value) for code, rule in rules.items() for limit in rule.limits}
    assert {(sample.rule, sample.severity) for sample in SAMPLES if sample.severity} == wanted
