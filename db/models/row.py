"""The base class of all tables."""

from sqlmodel import SQLModel


class Row(SQLModel):
    """A row of a table. Rows are not validated, so building their validators is deferred, for a faster start."""

    model_config = {"defer_build": True}
