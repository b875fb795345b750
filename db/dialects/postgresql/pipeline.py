"""A connection to a PostgreSQL server that waits as rarely as possible, since each wait takes a round trip.

A statement without rows is sent at once, and its error comes with the next wait. Reads that do not need one another's
rows are sent together.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from typing import Any

import psycopg

# Its warnings about lost connections would be written on the reviewer's screen; the errors themselves are raised.
logging.getLogger("psycopg").setLevel(logging.ERROR)


class NotAnswered(Exception):
    """A statement was sent, but its rows are not there yet."""


class Answer:
    """The columns and rows of a statement, or its error, once they are there."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self.is_there = False
        self.columns: Any = None
        self.rows: Sequence[Any] = ()
        self.error: psycopg.Error | None = None

    def fetch(self, error: psycopg.Error | None) -> None:
        """Take the rows; `error` is that of the first statement that failed."""
        self.is_there = True
        self.columns = self._cursor.description
        if self.columns is None:
            self.error = error
        else:
            self.rows = self._cursor.fetchall()


class PipelinedConnection(psycopg.Connection):  # type: ignore[misc]  # the driver need not be installed
    """A connection that commits each statement outside transactions.

    Attributes:
        answers: The answers of the statements that the functions of `read_together` need, None outside.
        kept: Answers that were read ahead. A later statement takes one, unless the transaction has changed something.
        may_have_notes: Whether a statement may have changed rows that `db.dialects.changes` notes.
    """

    answers: dict[tuple[str, str], Answer] | None = None
    kept: dict[tuple[str, str], Answer] = {}  # noqa: RUF012 - replaced, never changed
    may_have_notes = False
    _pipeline_left: ExitStack | None = None

    def send(self, statement: str, values: Any = (), cursor: Any = None) -> None:
        """Send a statement without rows; an error of it is raised by the next call that waits."""
        self.kept = {}
        self.pipe()
        (cursor or self.cursor()).execute(statement, values)
        self.sync()

    def sync(self) -> None:
        """Send the mark after which the server is idle; without it, the time limit of an idle transaction never ends.

        The driver's own `sync` would wait for the answer.
        """
        pipeline: Any = self._pipeline
        pipeline._enqueue_sync()  # noqa: SLF001 - the driver has no public name for it
        self.wait(pipeline._communicate_gen())  # noqa: SLF001

    def pipe(self) -> None:
        """Let the following statements be sent without waiting, until `settle`."""
        if self._pipeline_left is None:
            self._pipeline_left = ExitStack()
            self._pipeline_left.enter_context(self.pipeline())

    @property
    def has_sent(self) -> bool:
        """Whether something was sent that `settle` would wait for."""
        return self._pipeline_left is not None

    def settle(self) -> None:
        """Wait until everything that was sent has run, and raise the first error."""
        left, self._pipeline_left = self._pipeline_left, None
        if left is not None:
            left.close()

    def execute(self, *arguments: Any, **options: Any) -> Any:
        """Run a statement that does not go through SQLAlchemy, and wait for its rows."""
        cursor = super().execute(*arguments, **options)
        self.settle()
        return cursor

    def commit(self) -> None:
        """Commit, in one round trip with what was sent before."""
        self.kept = {}
        if self._pipeline_left is None:
            super().commit()
        else:
            self.send("COMMIT")
            self.settle()

    def rollback(self) -> None:
        """Roll back, whatever the errors of the statements were."""
        self.kept = {}
        with suppress(psycopg.Error):
            self.settle()
        super().rollback()

    def kept_answer(self, statement: str, values: Any) -> Answer | None:
        """Return the answer to a statement that was read ahead in this transaction, None if it must be sent."""
        if not statement.startswith("SELECT"):
            self.kept = {}
        return self.kept.pop((statement, repr(values)), None)

    def answer(self, statement: str, values: Any) -> Answer:
        """Return the answer to a statement.

        Raises:
            NotAnswered: If it was sent only now, or by another function of the same turn.
        """
        key, answers = (statement, repr(values)), {} if self.answers is None else self.answers
        if key not in answers and (kept := self.kept_answer(statement, values)) is not None:
            answers[key] = kept
        answer = answers.get(key)
        if answer is None:
            self.pipe()
            answer = answers[key] = Answer(self.cursor().execute(statement, values))
            self.sync()
        if not answer.is_there:
            raise NotAnswered
        if answer.error is not None:
            raise answer.error
        return answer

    def read_together(self, parts: Sequence[Callable[[], Any]], *, keeps: bool = False) -> list[Any]:
        """Return the results of functions that only read. The statements of one turn go in one round trip.

        A function is left at its first statement without an answer, and runs again from its start in the next turn.
        With `keeps`, later statements take the answers, see `kept`.
        """
        results: dict[int, Any] = {}
        is_outermost = self.answers is None
        self.answers = {} if self.answers is None else self.answers
        try:
            while len(results) < len(parts):
                for number, part in enumerate(parts):
                    if number not in results:
                        with suppress(NotAnswered):
                            results[number] = part()
                if len(results) < len(parts):
                    if not is_outermost:
                        raise NotAnswered
                    self._fetch_answers()
        finally:
            if is_outermost:
                if keeps:
                    self.kept = {key: one for key, one in self.answers.items() if one.is_there and one.error is None}
                self.answers = None
        return [results[number] for number in range(len(parts))]

    def _fetch_answers(self) -> None:
        error = None
        try:
            self.settle()
        except psycopg.Error as first:
            error = first
        for answer in (self.answers or {}).values():
            if not answer.is_there:
                answer.fetch(error)
