"""The cases that an import opens together are as each is judged alone."""

from collections.abc import Sequence
from random import Random

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from db.enums import ImportKind
from db.models import CaseRow
from db.queries.search_index import terms_of
from tests.bench import generated_files
from tests.services.intake.importing.files import Cells, Desk
from tests.sizes import sized
from workbench.services.case.assessment import reassess

_ODD = {
    "applicant_kind": ("individual", "sole_proprietor"),
    "applicant_name": ("重庆长沙银行信托", "O'Neil (乐山) Ｌｔｄ", "单某"),
    "uscc": ("", "91110000600037341X", "92110000600037341L"),
    "business_scope": ("药品批发;不含贷款", "除股票外的咨询", ""),
    "call_script": ("请提供密码和验证码", ""),
    "handler_id_no": ("11010519491231002X", "h12345678", "110105194912310021"),
    "handler_id_valid_to": ("2026-11-01", "2027-01-01", ""),
    "industry": ("保险", "催收"),
    "registered_capital_cny": ("", "1.50"),
    "msisdns": ("", "13800138000", "13800138000;+86 13800138001"),
    "stated_use": ("",),
}


def applications(rng: Random, count: int) -> Sequence[Cells]:
    """Return made-up applications, of which most have something odd."""
    rows: list[dict[str, str]] = [
        dict(zip(generated_files.COLUMNS, generated_files.application(rng, number), strict=True))
        for number in range(1, count + 1)
    ]
    for row in rows:
        for name in rng.sample(sorted(_ODD), rng.randrange(4)):
            row[name] = rng.choice(_ODD[name])
    return rows


def cards_of(rng: Random, rows: Sequence[Cells]) -> list[Cells]:
    return [
        {
            "agent": row["agent"],
            "application_no": row["application_no"],
            "msisdn": rng.choice(("13800138000", f"189{rng.randrange(10**8):08}")),
            "iccid": rng.choice(("", "89860000000000000012", "8986000000000000001X")),
            "carrier": rng.choice(("", "mobile", "电信")),
            "brand": rng.choice(("", "甲牌", "乙牌")),
            "service_ended_on": rng.choice(("", "2026-11-01")),
        }
        for row in rng.sample(rows, len(rows) // 2)
    ]


def indexed_terms(session: Session) -> set[tuple[int, str, str, int]]:
    """Return what the search index has: the case, the column, the term and its place there."""
    if session.connection().dialect.name == "sqlite":
        session.execute(text("CREATE VIRTUAL TABLE temp.term USING fts5vocab(main, search_term, instance)"))
        return {tuple(row) for row in session.execute(text('SELECT doc, col, term, "offset" FROM temp.term'))}
    columns = ("name", "single", "initials", "part")
    rows = session.execute(text(f"SELECT rowid, {', '.join(columns)} FROM search_term"))
    return {
        (number, column, term, place)
        for number, *stored in rows
        for column, terms in zip(columns, stored, strict=True)
        for place, term in enumerate(terms.split())
    }


def check(desk: Desk, count: int) -> None:
    """Import applications and cards, then judge each case anew and compare what is stored."""
    rng = Random(count)
    rows = applications(rng, count)
    desk.applications(*rows)
    desk.run(ImportKind.CARDS, cards_of(rng, rows))
    desk.applications(*applications(rng, count + count // 10)[count:])

    stored = desk.sql("SELECT * FROM finding ORDER BY case_id, position"), desk.sql('SELECT * FROM "case" ORDER BY id')
    context = desk.site.services("admin").context
    with context.write() as session:
        for case in session.execute(select(CaseRow)).scalars().all():
            reassess(session, context, case)
    again = desk.sql("SELECT * FROM finding ORDER BY case_id, position"), desk.sql('SELECT * FROM "case" ORDER BY id')
    assert [row[1:] for row in stored[0]] == [row[1:] for row in again[0]]
    assert stored[1] == again[1]
    assert len(stored[0]) > 2 * count

    with context.write() as session:
        indexed = indexed_terms(session)
        cases = session.execute(text('SELECT id, applicant_name, application_no FROM "case"')).all()
    assert indexed == {
        (number, column, term, place)
        for number, name, key in cases
        for column, terms in terms_of(name, key).items()
        for place, term in enumerate(terms.split())
    }


def test_cases_of_one_import_are_as_each_is_judged_alone(desk: Desk) -> None:
    check(desk, 30)


@pytest.mark.proof
def test_thousands_of_cases_of_one_import_are_as_each_is_judged_alone(desk: Desk) -> None:
    check(desk, sized(ci=300, full=10_000))
