"""Why a database cannot be used. The services turn these errors into sentences with exit codes."""

from enum import StrEnum


class Refusal(StrEnum):
    """The reason why a database is refused."""

    MISSING = "missing"
    NOT_A_FILE = "not_a_file"
    NOT_OURS = "not_ours"
    NOT_ENCRYPTED = "not_encrypted"
    NOT_DECRYPTED = "not_decrypted"
    KEY_SETTINGS_MISSING = "key_settings_missing"
    CREATED_BY_NEWER = "newer"
    CREATED_BY_OLDER = "older"
    UPGRADED_WHILE_OPEN = "upgraded"
    REPLACED = "replaced"
    DAMAGED = "damaged"
    TOO_PERMISSIVE = "too_open"
    UNREADABLE = "unreadable"
    READ_ONLY = "read_only"
    EXISTS = "exists"
    CANNOT_CREATE = "cannot_create"
    NO_HOME = "no_home"
    UNKNOWN_SCHEME = "unknown_scheme"
    NO_DRIVER = "no_driver"
    UNREACHABLE = "unreachable"
    NOT_EMPTY = "not_empty"
    UNFIT_SERVER = "unfit_server"
    CREATES_NO_ROLES = "creates_no_roles"
    STOPPED = "stopped"
    LOST = "lost"
    UNCERTAIN = "uncertain"
    NOT_PERMITTED = "not_permitted"
    MADE_BY_OWNER = "made_by_owner"
    UPGRADED_BY_OWNER = "upgraded_by_owner"
    NO_CLIENT = "no_client"
    IN_SERVER = "in_server"
    IN_FILE = "in_file"
    MOVED = "moved"
    MOVING = "moving"


class DatabaseRefused(Exception):
    """The database cannot be used; `detail` has the cause, mode, version or other value that the message names."""

    def __init__(self, refusal: Refusal, where: str, detail: str = "") -> None:
        super().__init__(f"{refusal}: {where} {detail}".rstrip())
        self.refusal = refusal
        self.where = where
        self.detail = detail


class TextRefused(Exception):
    """A text to be stored has a NUL, which PostgreSQL cannot store, and at which SQLite's functions end."""


class LockTimeout(Exception):
    """Another process held the write lock for too long."""
