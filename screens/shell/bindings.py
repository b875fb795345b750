"""The bindings of Textual, made from the registry of commands."""

from dataclasses import replace

from textual.binding import ActiveBinding, Binding
from textual.screen import Screen

from workbench.domain.case.lifecycle import Actor
from workbench.i18n import _
from workbench.keys.command import Command
from workbench.keys.desk import NEXT, UNDO
from workbench.keys.registry import COMMAND_BY_ID, with_keys


def bind(command: Command, action: str, *, priority: bool = False) -> Binding:
    """Return the binding of a command; its label is translated when it is shown."""
    return Binding(",".join(command.keys), action, command.label, show=command.hint, priority=priority, id=command.id)


def bind_key(command: Command, key: str, action: str, *, priority: bool = False) -> Binding:
    """Return the binding of one key of a command whose keys differ in their arguments or their priority."""
    return Binding(key, action, command.label, show=False, priority=priority, id=f"{command.id}.{key}")


def command_of(binding: Binding) -> Command | None:
    """Return the command of a binding; None for a binding of Textual."""
    binding_id = binding.id or ""
    # The binding of a single key has the id of its command, a dot and the key.
    return COMMAND_BY_ID.get(binding_id) or COMMAND_BY_ID.get(binding_id.rpartition(".")[0])


def translated(bindings: dict[str, ActiveBinding]) -> dict[str, ActiveBinding]:
    """Return bindings with their descriptions in the language in use.

    Bindings are created with their class, before the language is known.
    """
    return {
        key: active._replace(binding=replace(active.binding, description=_(active.binding.description)))
        if active.binding.description
        else active
        for key, active in bindings.items()
    }


def available_bindings(screen: Screen[object]) -> dict[str, ActiveBinding]:
    """Return the bindings that are available on a screen now, by command id, in the order of the registry."""
    available: dict[str, ActiveBinding] = {}
    for active in screen.active_bindings.values():
        command = command_of(active.binding)
        if command is not None and active.enabled:
            available.setdefault(command.id, active)
    return {name: available[name] for name in COMMAND_BY_ID if name in available}


def refusal_elsewhere(command: Command, actor: Actor) -> str:
    """Return why a command of the desk does nothing on a case that another screen shows, and where it works."""
    if (refused := command.refusal(actor)) is not None:
        return refused
    if command in {NEXT, UNDO}:
        return with_keys(_("This key works on the desk: press {go.desk} first."))
    message = _(
        "This key works on a case that you open from the queue ({go.queue}). "
        "To see the keys of this screen, press {help}."
    )
    return with_keys(message)
