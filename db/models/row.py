"""The base classes of all tables, with the columns that many tables share."""

from sqlmodel import Field, SQLModel


class Row(SQLModel):
    """A row of a table. Rows are not validated, so building their validators is deferred, for a faster start."""

    model_config = {"defer_build": True}


class NumberedRow(Row):
    """A row that is identified by a number."""

    id: int | None = Field(default=None, primary_key=True)


class CasePartRow(NumberedRow):
    """A row that belongs to one case."""

    case_id: int = Field(foreign_key="case.id", index=True)


class BatchPartRow(NumberedRow):
    """A row that belongs to one import batch."""

    batch_id: int = Field(foreign_key="import_batch.id")


class ApplicationPartRow(BatchPartRow):
    """A row that belongs to one application, which its agent and its number identify."""

    agent: str = Field(default="", max_length=64)
    application_no: str = Field(default="", max_length=64)
