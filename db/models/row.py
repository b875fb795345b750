"""What all tables have in common."""

from sqlmodel import SQLModel


class Row(SQLModel):
    """A row of a table; rows are not validated, so what validating takes is not made when the program starts."""

    model_config = {"defer_build": True}
