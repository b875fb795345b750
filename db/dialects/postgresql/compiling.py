"""Compiles statements and tables for PostgreSQL, so that they mean what they mean on SQLite."""

import re
from typing import Any

from sqlalchemy import JSON, Date, Function, String, TableValuedAlias, TypeCoerce
from sqlalchemy.dialects.postgresql import base
from sqlalchemy.dialects.postgresql import psycopg as alchemy
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.schema import CreateIndex
from sqlalchemy.sql.elements import ClauseElement

from db.dialects.changes import NOTED_COLUMNS
from db.dialects.postgresql.pipeline import Answer
from db.dialects.spelling import nulls_of, spell

_CHANGED = re.compile(r'(?:INTO|UPDATE|DELETE FROM|COPY)\s+"?(\w+)', re.IGNORECASE)
"""Finds the tables that a text of SQL changes."""


class _Statements(alchemy.PGCompiler_psycopg):
    """Compiles statements."""

    def process(self, obj: Any, **options: Any) -> str:
        """Compile an element; the whole statement is spelled for PostgreSQL."""
        compiled: str = super().process(obj, **options)
        return spell(compiled) if obj is self.statement else compiled

    def visit_json_each_func(self, function: Function[Any], **options: Any) -> str:
        return f"jsonb_array_elements_text(CAST({self.process(function.clause_expr, **options)} AS jsonb))"

    def visit_json_extract_func(self, function: Function[Any], **options: Any) -> str:
        value, path = (self.process(part, **options) for part in function.clauses)
        return f"(jsonb_path_query_first(CAST({value} AS jsonb), CAST({path} AS jsonpath)) #>> '{{}}')"

    def visit_type_coerce(self, type_coerce: TypeCoerce[Any], **options: Any) -> str:
        """Cast a text to JSON, what is in JSON to the type that the statement expects, and a day to its text."""
        compiled = self.process(type_coerce.typed_expression, **options)
        inner: Any = type_coerce.clause
        is_from_json = isinstance(getattr(inner, "table", None), TableValuedAlias) or (
            isinstance(inner, Function) and inner.name == "json_extract"
        )
        is_day_as_text = isinstance(type_coerce.type, String) and isinstance(inner.type, Date)
        if is_from_json or is_day_as_text or isinstance(type_coerce.type, JSON):
            return f"CAST({compiled} AS {self.dialect.type_compiler_instance.process(type_coerce.type)})"
        return compiled


class _Tables(base.PGDDLCompiler):
    """Compiles tables and indexes."""

    def get_column_specification(self, column: Any, **options: Any) -> str:
        """Declare a column: texts of any length, ordered by code point as on SQLite, and numbers of 64 bits from 1."""
        base_of: Any = super()
        declared: str = base_of.get_column_specification(column, **options)
        declared = re.sub(r"\bTEXT\b", 'TEXT COLLATE "C"', declared)
        return re.sub(r" SERIAL\b(.*)", rf" BIGSERIAL\1 CHECK ({column.name} >= 1)", declared)

    def visit_create_index(self, create: CreateIndex, **_options: Any) -> str:  # type: ignore[override]
        """Declare an index that has the order of `nulls_of`, with the condition that SQLite's has."""
        index: Any = create.element

        def sql(part: ClauseElement) -> str:
            return spell(self.sql_compiler.process(part, include_table=False, literal_binds=True))

        columns = (sql(column) for column in index.expressions)
        terms = ", ".join(column + nulls_of(column) for column in columns)
        kind, name = "UNIQUE INDEX" if index.unique else "INDEX", self._prepared_index_name(index)
        where = index.dialect_options["sqlite"]["where"]
        condition = "" if where is None else f" WHERE {sql(where)}"
        return f"CREATE {kind} {name} ON {self.preparer.format_table(index.table)} ({terms}){condition}"


class _Types(base.PGTypeCompiler):
    """Compiles types."""

    def visit_INTEGER(self, type_: Any, **_options: Any) -> str:  # noqa: ARG002, N802 - the signature is SQLAlchemy's
        return "BIGINT"

    def visit_VARCHAR(self, type_: Any, **_options: Any) -> str:  # noqa: ARG002, N802 - the signature is SQLAlchemy's
        """Give a text no length: a cast to a shorter one would cut it without a word."""
        return "TEXT"


class _Context(alchemy.PGExecutionContext_psycopg):
    """Runs one statement."""

    answer: Answer | None = None
    """The answer to a statement of `read_together`, which has no rows in its cursor."""

    def post_exec(self) -> None:
        """Take all rows of a result at once, since the driver has them all and needs long for single ones."""
        if self.answer is not None:
            columns, rows = self.answer.columns, self.answer.rows
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(self.cursor, columns, rows)
        elif self.cursor.description and not (self.isinsert or self.isupdate or self.isdelete):
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(self.cursor)
            if self.cursor.rowcount > 0:
                # An export reads from the cursor itself.
                self.cursor.scroll(0, "absolute")

    @property
    def may_be_noted(self) -> bool:
        """Whether the statement may change a row that is noted."""
        if self.compiled is None or self.is_text:
            return not NOTED_COLUMNS.keys().isdisjoint(_CHANGED.findall(self.statement or ""))
        if self.isdelete:
            return True
        statement: Any = self.compiled.statement
        return (self.isinsert or self.isupdate) and statement.table.name in NOTED_COLUMNS

    @property
    def has_rows(self) -> bool:
        """Whether the statement may have rows."""
        is_change = self.isinsert or self.isupdate or self.isdelete
        return not is_change or bool(getattr(self.compiled, "effective_returning", True))


class Dialect(alchemy.PGDialect_psycopg):
    """The dialect of all engines of PostgreSQL."""

    execution_ctx_cls = _Context
    statement_compiler = _Statements
    ddl_compiler = _Tables
    type_compiler_cls = _Types
    supports_statement_cache = True
    supports_server_side_cursors = False
    """Rows that are not read to the end would leave a cursor open."""

    supports_sane_rowcount = supports_sane_multi_rowcount = False
    """Counting the changed rows would wait for each change; see `row_count`."""

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """Run a statement, or only send it if it has no rows; COPY has one row here."""
        connection = cursor.connection
        connection.may_have_notes |= context is None or context.may_be_noted
        if statement.startswith("COPY "):
            self.do_executemany(cursor, statement, [parameters], context)
        elif context is not None and not context.has_rows:
            connection.send(statement, parameters, cursor)
        elif context is not None and connection.answers is not None:
            context.answer = connection.answer(statement, parameters)
        elif context is not None and (kept := connection.kept_answer(statement, parameters)) is not None:
            context.answer = kept
        else:
            cursor.execute(statement, parameters)
            connection.settle()

    def do_executemany(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """Send a statement for many rows; COPY reads them as a stream."""
        cursor.connection.may_have_notes |= context is None or context.may_be_noted
        cursor.connection.kept = {}
        if not statement.startswith("COPY "):
            cursor.connection.pipe()
            cursor.executemany(statement, parameters)
            cursor.connection.sync()
            return
        cursor.connection.settle()
        with cursor.copy(statement) as copy:
            for row in parameters:
                copy.write_row(row)
