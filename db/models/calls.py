"""Facts computed from call records; the records themselves are Parquet files of the store."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field

from db.columns import instant_column, long_text, personal_text, short_text
from db.models.row import ApplicationPartRow, BatchPartRow


class CallWindowRow(ApplicationPartRow, table=True):
    """The call facts of one number in its time window, or of all cards of an application (then `msisdn` is empty).

    If a number also has calls outside the service period of a card, a second row counts only those inside it. Its
    `msisdn_hash` is the hash of the period's key, here and in the tables of days and hours. `half_hours` is a JSON list
    of 48 counts.
    """

    __tablename__ = "call_window"
    __table_args__ = (
        Index("ix_call_window_number", "msisdn_hash", "batch_id"),
        Index("ix_call_window_application", "agent", "application_no", "batch_id"),
        Index("ix_call_window_batch", "batch_id"),
    )

    msisdn: str = personal_text("msisdn", length=32)
    msisdn_hash: str = short_text(32)
    window_from: date | None = None
    window_to: date | None = None
    calls: int = 0
    calls_in: int = 0
    answered: int = 0
    distinct_callees: int = 0
    total_duration_s: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    short_calls: int = 0
    peak_hour_calls: int = 0
    peak_day_calls: int = 0
    max_same_callee_day: int = 0
    max_same_callee_5min: int = 0
    max_same_callee_window: int = 0
    handsets: int = 0
    opt_out_calls: int = 0
    half_hours: str = long_text("[]")


class CallDayRow(BatchPartRow, table=True):
    """The calls of one number on one local day."""

    __tablename__ = "call_day"
    __table_args__ = (Index("ix_call_day_number", "msisdn_hash", "batch_id"), Index("ix_call_day_batch", "batch_id"))

    msisdn_hash: str = short_text(32)
    on_date: date
    calls: int = 0
    answered: int = 0


class CallHourRow(BatchPartRow, table=True):
    """The calls of one number in one hour of one weekday (0 is Monday)."""

    __tablename__ = "call_hour"
    __table_args__ = (Index("ix_call_hour_number", "msisdn_hash", "batch_id"), Index("ix_call_hour_batch", "batch_id"))

    msisdn_hash: str = short_text(32)
    weekday: int
    hour: int
    calls: int = 0


class OptOutRow(BatchPartRow, table=True):
    """A callee, by keyed hash, who refuses calls from the number `msisdn`; empty means from every number."""

    __tablename__ = "opt_out"
    __table_args__ = (
        Index("ix_opt_out_key", "callee_hash", "msisdn", "batch_id"),
        Index("ix_opt_out_batch", "batch_id"),
    )

    callee_hash: str = short_text(32)
    since: datetime = instant_column()
    msisdn: str = personal_text("msisdn", length=32)
