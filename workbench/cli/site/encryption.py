"""The key of an encrypted database: options that name it, the questions for a passphrase, and `rekey`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.parameters import option
from workbench.cli.framework.questions import ask_hidden, passphrase_prompt
from workbench.errors import BadConfiguration, PassphraseNeeded, WorkbenchError, WrongUsage
from workbench.i18n import N_, _

if TYPE_CHECKING:
    from workbench.services.encryption.key_source import Key, KeySource

_MIN_CHARACTERS = 12
_ATTEMPTS = 3

KeyFile = Annotated[
    Path | None,
    option("--key-file", N_("File with the key; it is created with a random key if it does not exist."), "FILE"),
]
KeyCommand = Annotated[str | None, option("--key-command", N_("Command that prints the key."), "COMMAND")]


def key_source_named(file: Path | None, command: str | None) -> "KeySource | None":
    """Return the key source that the options name, None if they name none.

    Raises:
        WrongUsage: If they name two.
    """
    from workbench.services.encryption.key_source import KeyKind, KeySource

    if file is not None and command is not None:
        raise WrongUsage(_("Give --key-file or --key-command, not both."))
    if file is not None:
        return KeySource(kind=KeyKind.FILE, where=str(file.parent.resolve() / file.name))
    return None if command is None else KeySource(kind=KeyKind.COMMAND, where=command)


@contextmanager
def new_key(file: Path | None, command: str | None, database: Path, group_id: int | None) -> "Iterator[Key]":
    """Yield a new key: from a file, which is created if it does not exist, from a command, or typed twice.

    A key file that was created is removed if the block fails, unless the database needs it already.

    Raises:
        WorkbenchError: If there is no key that can be used.
    """
    from workbench.services.encryption.key_source import Key, KeyKind, KeySource, new_key_file

    source = key_source_named(file, command) or KeySource(kind=KeyKind.PROMPT)
    if source.kind is KeyKind.PROMPT and not passphrase_prompt():
        message = _(
            "A new passphrase is typed in a terminal; run this command in one, or give --key-file or --key-command."
        )
        raise PassphraseNeeded(message)
    is_new = file is not None and not file.exists()
    if file is not None and is_new:
        new_key_file(file, group_id)
    try:
        yield Key(source, _long_enough(source.read(group_id, _ask_new_passphrase)))
    except BaseException:
        if file is not None and is_new and not _may_need(database, source):
            file.unlink(missing_ok=True)
        raise
    if is_new:
        message = _(
            "Created the key file {file}. Without it everything in the database is lost: keep a copy of it elsewhere."
        )
        output.narrate(message.format(file=file))
    elif source.kind is KeyKind.PROMPT:
        output.narrate(_("Without the passphrase everything in the database is lost: keep it in a safe place too."))


def _may_need(database: Path, source: "KeySource") -> bool:
    """Say whether a database may need a key source: its settings name it, or cannot be read."""
    from workbench.services.encryption.key_settings import KeySettings
    from workbench.services.foundation.file_store import Store

    try:
        settings = KeySettings.read(Store.beside(database).folder)
    except WorkbenchError:
        return True
    return settings is not None and settings.source == source


def _long_enough(text: str) -> str:
    """Return a new key, or refuse one that is too short."""
    if len(text.strip()) < _MIN_CHARACTERS:
        message = _("A key or passphrase has at least {count} characters; choose a longer one.")
        raise BadConfiguration(message.format(count=_MIN_CHARACTERS))
    return text


def _ask_new_passphrase() -> str:
    """Ask until a passphrase can be used, so that a slip does not cost the answers before; give up after a few."""
    for _attempt in range(_ATTEMPTS - 1):
        try:
            return _ask_twice()
        except BadConfiguration as error:
            output.narrate(str(error))
    return _ask_twice()


def _ask_twice() -> str:
    typed = _long_enough(ask_hidden(_("New passphrase, at least {count} characters").format(count=_MIN_CHARACTERS)))
    if ask_hidden(_("New passphrase, once more")) != typed:
        raise BadConfiguration(_("The two passphrases differ; nothing was written. Type them again."))
    return typed


def rekey(context: CommandContext, key_file: KeyFile = None, key_command: KeyCommand = None) -> None:
    """Give an encrypted database another key."""
    from workbench.services.database.new_key import not_encrypted
    from workbench.services.database.new_key import rekey as give_key
    from workbench.services.encryption.key_source import sharing_group

    with context.services() as services:
        if services.context.store.keys is None:
            raise not_encrypted()
        group_id = sharing_group(services.context.store.folder)
        with new_key(key_file, key_command, services.context.database.path, group_id) as key:
            give_key(services.context, key)
    sentence = _("The database has a new key, {source}; earlier backups still need the former one.")
    context.print_result({"source": key.source.kind.value}, sentence.format(source=key.source))
