"""What an import makes findable, when it can be found, and when no more."""

from sqlalchemy import text
from sqlmodel import SQLModel

from db.enums import ImportKind
from db.queries.search_index import index_cases, terms_of
from tests.services.intake.importing.files import Desk, application


def found(desk: Desk, wanted: str) -> list[int]:
    return list(desk.site.services("a").queue.ids(wanted, 100))


def terms(desk: Desk) -> int:
    """Count the cases that the search terms know."""
    return desk.count("search_term")


def test_an_import_makes_its_cases_findable_by_their_newest_names_until_it_is_taken_back(desk: Desk) -> None:
    desk.applications(
        application("A-2026-1", applicant_name="成都虚构科技有限公司"),
        application("A-2026-2", applicant_name="重庆虚构网络有限公司"),
    )
    assert found(desk, "虚构科技") == [1]
    assert found(desk, "cqxg") == [2]
    assert found(desk, "公司") == [1, 2]
    assert found(desk, "a-2026-2") == [2]

    desk.applications(application("A-2026-1", applicant_name="绵阳虚构贸易有限公司"))
    assert found(desk, "成都") == found(desk, "cdxg") == []
    assert found(desk, "绵阳") == found(desk, "myxg") == found(desk, "A-2026-1") == [1]

    desk.applications(application("A-3"), application("A-4", province="北京市"))
    desk.site.services("admin").imports.undo(3)
    assert terms(desk) == 2
    assert found(desk, "A-3") == []


def test_what_a_dead_import_left_is_not_found_and_its_terms_are_swept(desk: Desk) -> None:
    desk.applications(application("A-1"))
    # Who opens the database later would sweep it.
    desk.site.services("a")
    with desk.site.services("admin").context.write() as session:
        session.execute(
            text(
                """INSERT INTO import_batch (id, kind, started_at, started_by_id, row_count, created_count,
                   updated_count, unchanged_count, rejected_count) VALUES (9, 'applications', 1, 1, 0, 0, 0, 0, 0)"""
            )
        )
        for table, columns in (("application", "application_no"), ("case", "application_no")):
            names = SQLModel.metadata.tables[table].columns.keys()
            copied = ", ".join(
                {"id": "77", "batch_id": "9", columns: "'A-77'"}.get(name, f'"{name}"') for name in names
            )
            session.execute(text(f'INSERT INTO "{table}" SELECT {copied} FROM "{table}" WHERE id = 1'))
        session.execute(text("""UPDATE "case" SET state = 'queued', is_listed = (id <> 77)"""))
        index_cases(session, [{**terms_of("宜宾虚构公司", "A-77"), "id": 77}])

    assert terms(desk) == 2
    assert found(desk, "宜宾") == found(desk, "A-77") == found(desk, "case:77") == []
    assert found(desk, "") == [1]
    assert desk.site.services("a").queue.count("") == 1
    assert desk.site.services("a").claims.next("A-77").kind == "filtered"  # type: ignore[union-attr]  # it is empty

    desk.site.services("admin").resume()
    assert terms(desk) == 1
    assert desk.run(ImportKind.APPLICATIONS, [application("A-77", applicant_name="宜宾虚构公司")]).created == 1
    assert found(desk, "宜宾") == [2]
