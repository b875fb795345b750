"""What a schema has on PostgreSQL beside the tables of the models: functions of SQLite, guards, notes of changes."""

from collections.abc import Iterator

from db.dialects import changes, journal
from db.dialects.postgresql import roles
from db.dialects.spelling import spell

_SQL = "LANGUAGE sql IMMUTABLE PARALLEL SAFE"

_QUOTES = {
    "text": "coalesce('''' || replace($1, '''', '''''') || '''', 'NULL')",
    "date": "coalesce('''' || $1 || '''', 'NULL')",
    "bigint": "coalesce($1::text, 'NULL')",
    "integer": "coalesce($1::text, 'NULL')",
    "boolean": "coalesce($1::int::text, 'NULL')",
}
"""SQLite's `quote` by type. The digests in the log are those of its texts, so they are the same on both engines."""

# In the index of terms, no term has a quote, a backslash or a space. Only names and initials are searched for phrases.
FUNCTIONS = (
    *(f"CREATE FUNCTION quote({kind}) RETURNS text {_SQL} RETURN {text}" for kind, text in _QUOTES.items()),
    f"CREATE FUNCTION julianday(date) RETURNS double precision {_SQL} RETURN ($1 - date '1970-01-01') + 2440587.5",
    f"CREATE FUNCTION date(bigint, text) RETURNS text {_SQL} RETURN (date '1970-01-01' + ($1 / 86400)::int)::text",
    f"CREATE FUNCTION instr(text, text) RETURNS integer {_SQL} RETURN strpos($1, $2)",
    f"CREATE FUNCTION lower_all(text[]) RETURNS text[] {_SQL}"
    """ RETURN ARRAY(SELECT lower(one COLLATE "C") FROM unnest($1) AS one)""",
    f"CREATE FUNCTION has_part(text, text) RETURNS boolean {_SQL}"
    """ RETURN $2 = ANY(regexp_split_to_array(lower($1 COLLATE "C"), '[-/_. ]+'))""",
    f"CREATE FUNCTION append_part(text, text) RETURNS text {_SQL} RETURN coalesce($1 || ',' || $2, $2, $1)",
    f"CREATE FUNCTION append_part(text, text, text) RETURNS text {_SQL} RETURN coalesce($1 || $3 || $2, $2, $1)",
    f"CREATE FUNCTION count_true(bigint, boolean) RETURNS bigint {_SQL} RETURN coalesce($1 + $2::int, $2::int, $1)",
    "CREATE AGGREGATE sum(boolean) (SFUNC = count_true, STYPE = bigint)",
    "CREATE AGGREGATE max(boolean) (SFUNC = boolor_statefunc, STYPE = boolean)",
    *(
        f"CREATE FUNCTION {name}(bigint, bigint) RETURNS bigint {_SQL}"
        f" RETURN CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN {same}($1, $2) END"
        for name, same in (("max", "greatest"), ("min", "least"))
    ),
    "CREATE AGGREGATE group_concat(text) (SFUNC = append_part, STYPE = text)",
    "CREATE AGGREGATE group_concat(text, text) (SFUNC = append_part, STYPE = text)",
    f"CREATE FUNCTION phrase(text) RETURNS text {_SQL}"
    " RETURN (SELECT string_agg('''' || term || ''':' || number, ' ')"
    " FROM regexp_split_to_table(nullif($1, ''), ' ') WITH ORDINALITY AS terms (term, number))",
    f"CREATE FUNCTION search_terms(name text, single text, initials text, part text) RETURNS tsvector {_SQL}"
    " RETURN CAST(concat_ws(' ', phrase(name), phrase(initials),"
    " '''' || replace(nullif(single, ''), ' ', ''' ''') || '''',"
    " '''' || replace(nullif(part, ''), ' ', ''' ''') || '''') AS tsvector)",
    f"CREATE FUNCTION search_query(text) RETURNS tsquery {_SQL}"
    r""" RETURN CAST(replace(regexp_replace(replace(replace(regexp_replace(
        $1, '\w+ : "([^"]*)"', '''\1''', 'g'), ') OR (', ')|('), ') AND (', ')&('), '\s+', ' ', 'g'),
        ' ', ''' <-> ''') AS tsquery)""",
    r"""CREATE TABLE search_term (
        rowid bigint PRIMARY KEY,
        name text COLLATE "C" NOT NULL, single text COLLATE "C" NOT NULL,
        initials text COLLATE "C" NOT NULL, part text COLLATE "C" NOT NULL,
        letters text COLLATE "C" GENERATED ALWAYS AS (nullif(
            regexp_replace(initials, '\ue0fe(.)(?:.(?= )|(.$))[ ]?', '\1\2', 'g'), '')) STORED,
        terms tsvector GENERATED ALWAYS AS (search_terms(name, single, initials, part)) STORED)""",
    "CREATE INDEX ix_search_term ON search_term USING gin (terms)",
)

_REFUSE = "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the log is append-only'; END $$"
_GUARDS = (
    f"CREATE FUNCTION refuse_log_change() RETURNS trigger {_REFUSE}",
    "CREATE TRIGGER event_is_never_changed BEFORE UPDATE OR DELETE ON event"
    " FOR EACH ROW EXECUTE FUNCTION refuse_log_change()",
    "CREATE TRIGGER event_is_never_truncated BEFORE TRUNCATE ON event EXECUTE FUNCTION refuse_log_change()",
    "ALTER TABLE event ADD CHECK (seq >= 1)",
    # Rows that come with a number raise the sequence, so that no number is used twice.
    """CREATE FUNCTION raise_sequence() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE newest bigint; BEGIN
            SELECT max(id) INTO newest FROM added;
            IF newest > coalesce(pg_sequence_last_value(TG_ARGV[0]::regclass), 0) THEN
                PERFORM setval(TG_ARGV[0]::regclass, newest);
            END IF;
            RETURN NULL;
        END $$""",
)

REMOVE_ALL = """DO $$ DECLARE command text; BEGIN
    FOREACH command IN ARRAY coalesce((SELECT array_agg(format('DROP TABLE %s CASCADE', oid::regclass))
        FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'), '{}')
        || coalesce((SELECT array_agg(format('DROP ROUTINE IF EXISTS %s CASCADE', oid::regprocedure)) FROM pg_proc AS p
            WHERE pronamespace = current_schema()::regnamespace
            AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = p.oid AND deptype = 'e')), '{}')
    LOOP EXECUTE command; END LOOP; END $$"""
"""The statement that removes the tables and functions, but not those of extensions."""

SESSION = """CREATE TEMP TABLE changed_row (name text, id bigint, was text, number serial, PRIMARY KEY (name, id))
        ON COMMIT DELETE ROWS;
    CREATE TEMP TABLE kept_row (name text, id bigint, was text, number serial, PRIMARY KEY (name, id))
        ON COMMIT DELETE ROWS;
    SET workbench.notes = 'on'"""
"""The statements that make the triggers note what a connection of this program changes, and keep what it was."""

_IF_NOTED = "IF current_setting('workbench.notes', true) IS DISTINCT FROM 'on' THEN RETURN NULL; END IF;"
_ONCE = "ON CONFLICT DO NOTHING;"


def statements(tables_with_numbers: Iterator[str]) -> Iterator[str]:
    """Yield the statements that complete a schema; they follow the statements that create the tables."""
    yield from FUNCTIONS
    yield from _GUARDS
    yield from triggers(tables_with_numbers)
    yield from roles.statements()


def triggers(tables_with_numbers: Iterator[str]) -> Iterator[str]:
    """Yield the statements that create the triggers, or replace them after tables were changed."""
    for table in tables_with_numbers:
        yield (
            f'CREATE OR REPLACE TRIGGER raise_sequence AFTER INSERT ON "{table}" REFERENCING NEW TABLE AS added'
            f" EXECUTE FUNCTION raise_sequence('\"{table}_id_seq\"')"
        )
    yield from _notes()
    yield (
        "CREATE OR REPLACE FUNCTION tell_commit() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN PERFORM pg_notify('workbench', ''); RETURN NULL; END $$"
    )
    yield "CREATE OR REPLACE TRIGGER event_is_told AFTER INSERT ON event EXECUTE FUNCTION tell_commit()"


def _notes() -> Iterator[str]:
    """Yield the triggers that note changes and keep rows for undo, in the sense of `changes` and `journal`."""
    for table, columns in changes.NOTED_COLUMNS.items():
        note = "INSERT INTO pg_temp.changed_row (name, id, was) VALUES"
        condition = spell(changes.NOTED_INSERTS.get(table, "true"))
        body = f"""{_IF_NOTED} IF TG_OP <> 'INSERT' THEN
            {note} ('{table}', OLD.id, {spell(changes.noted_values(table, "OLD"))}) {_ONCE}
            ELSIF {condition} THEN {note} ('{table}', NEW.id, NULL) {_ONCE} END IF"""
        yield from _trigger("noted", table, columns, body, events=("INSERT", "DELETE"))
    for table, columns in journal.RESTORED_COLUMNS.items():
        keep = "INSERT INTO pg_temp.kept_row (name, id, was) VALUES"
        body = f"""{_IF_NOTED} IF NOT {spell(journal.IS_STARTED)} THEN RETURN NULL; END IF;
            IF TG_OP = 'INSERT' THEN {keep} ('{table}', NEW.id, NULL) {_ONCE}
            ELSE {keep} ('{table}', OLD.id, {spell(journal.values_before(columns))}) {_ONCE} END IF"""
        yield from _trigger("kept", table, columns, body, events=("INSERT",) * (table in journal.WITHDRAWN_ROWS))


def _trigger(name: str, table: str, columns: tuple[str, ...], body: str, events: tuple[str, ...]) -> Iterator[str]:
    """Yield the statements that create a trigger for changes of columns, and for other events of their table."""
    function, when = f"{table}_{name}", " OR ".join((f"UPDATE OF {', '.join(columns)}", *events))
    code = f"BEGIN {body}; RETURN NULL; END"
    yield f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ {code} $$"
    trigger = f'CREATE OR REPLACE TRIGGER {function} AFTER {when} ON "{table}"'
    yield f"{trigger} FOR EACH ROW EXECUTE FUNCTION {function}()"
