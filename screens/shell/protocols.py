"""Protocols: what a screen may offer to the app, the footer and the help."""

from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from textual.worker import Worker

from screens.shell.revealed_fields import RevealedFields
from workbench.keys.command import Command, Place
from workbench.settings.saved_views import SavedViews

if TYPE_CHECKING:
    # Importing it would delay the first frame.
    from workbench.domain.case.casefile import CaseFile


@runtime_checkable
class HasPlace(Protocol):
    """A screen whose commands belong to a place of the registry."""

    PLACE: ClassVar[Place]


@runtime_checkable
class ChoosesFooter(Protocol):
    """A screen that chooses the commands of its footer."""

    @property
    def footer_commands(self) -> tuple[Command, ...]:
        """The commands, in the order of the footer."""


@runtime_checkable
class ExplainsKeys(Protocol):
    """A screen that says why a key does nothing."""

    def why_not(self, key: str) -> str | None:
        """Return why the command of a key cannot be run now; None if it can be, or if the key has no command."""


@runtime_checkable
class ShowsCase(Protocol):
    """A screen that lists cases and shows the one under the cursor."""

    @property
    def case(self) -> "CaseFile | None":
        """The case under the cursor, None until it is read."""


@runtime_checkable
class FillsFields(Protocol):
    """A screen whose act fills the fields of canned texts when it is carried out."""

    FILLS_FIELDS: ClassVar[bool]


@runtime_checkable
class HasViewer(Protocol):
    """An app that may open documents in a viewer of the user's choice."""

    viewer_command: str
    """The command that opens a document, "" if the user chose none."""


@runtime_checkable
class CopiesText(Protocol):
    """A screen or a widget with a text that can be copied."""

    async def text_to_copy(self) -> str | None:
        """Return the text under the cursor; None if there is none, "" if the person was asked for one and goes back."""


@runtime_checkable
class RevealsFields(Protocol):
    """A screen that can reveal personal values."""

    revealed: RevealedFields

    def hide_fields(self) -> None:
        """Mask all personal values."""


@runtime_checkable
class ReadsAgain(Protocol):
    """A screen or a widget that shows what other people change."""

    def read_again(self) -> Worker[None] | None:
        """Read again what is shown; cursor, scroll position and typed text stay, and a failure is not reported."""


@runtime_checkable
class HasViews(Protocol):
    """An app with the saved views of its user."""

    views: SavedViews
