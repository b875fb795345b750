"""Messages about invalid command lines, and how parameters are named in them and in the help."""

from enum import Enum
from typing import Any, get_args

import typer

from workbench.i18n import _


def sentence_of(error: typer.TyperException) -> str:
    """Return what is wrong with a command line, and the command that shows its help."""
    ctx = getattr(error, "ctx", None)
    if ctx is None:
        return _cause(error)
    return f"{_cause(error)} {_('Help: {command} --help').format(command=ctx.command_path)}"


def _cause(error: Any) -> str:
    """Return what is wrong; errors are matched by class name because Typer does not export the classes."""
    match type(error).__name__:
        case "NoSuchOption" if error.possibilities:
            return _("Unknown option {name}; did you mean {near}?").format(
                name=error.option_name, near=", ".join(sorted(error.possibilities))
            )
        case "NoSuchOption":
            return _("Unknown option {name}.").format(name=error.option_name)
        case "BadOptionUsage":
            return _("{name} needs a value.").format(name=error.option_name)
        case "MissingParameter" if error.param is not None:
            return _("Missing {name}.").format(name=name_of(error.param))
        case "BadParameter" if error.param is not None:
            return _about_value(error.param, error.message)
        case _other:
            return str(error.format_message())


def _about_value(param: Any, message: str) -> str:
    """Return what is wrong with the value of a parameter."""
    name, choices = name_of(param), choices_of(param)
    if choices:
        return _("{name} must be one of: {choices}.").format(name=name, choices=", ".join(choices))
    if is_number(param) and param.min is not None and param.max is not None:
        return _("{name} must be a whole number from {least} to {most}.").format(
            name=name, least=param.min, most=param.max
        )
    if is_number(param) and param.min is not None:
        return _("{name} must be a whole number of at least {least}.").format(name=name, least=param.min)
    if is_number(param):
        return _("{name} must be a whole number.").format(name=name)
    return f"{name}: {message}"


def is_argument(param: Any) -> bool:
    """Say whether a parameter is told by its place."""
    return bool(param.param_type_name == "argument")


def name_of(param: Any) -> str:
    """Return a parameter as people call it: an option by its longest name, an argument by its placeholder."""
    return str(param.metavar or param.name.upper()) if is_argument(param) else max(param.opts, key=len)


def choices_of(param: Any) -> tuple[str, ...]:
    """Return the words that a parameter takes, or nothing if it takes any."""
    for kind in _kinds(param):
        if isinstance(kind, type) and issubclass(kind, Enum):
            return tuple(str(word.value) for word in kind)
    return ()


def is_number(param: Any) -> bool:
    """Say whether a parameter is a whole number."""
    return int in _kinds(param)


def value_of(param: Any) -> str:
    """Return the placeholder for the value of an option."""
    return str(param.metavar or "|".join(choices_of(param)) or param.name.upper())


def _kinds(param: Any) -> tuple[Any, ...]:
    """Return the types in a parameter's annotation, out of lists and alternatives."""
    kinds: list[Any] = []
    waiting = [param.type_descriptor.annotation]
    while waiting:
        kind = waiting.pop()
        inner = get_args(kind)
        waiting.extend(inner)
        if not inner:
            kinds.append(kind)
    return tuple(kinds)
