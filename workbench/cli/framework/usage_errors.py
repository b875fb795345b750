"""Messages about invalid command lines, and how parameters are named in them and in the help."""

from collections.abc import Iterator
from enum import Enum
from typing import Any, get_args

import typer

from workbench.i18n import _, comma_joined, with_details


def usage_error_sentence(error: typer.TyperException) -> str:
    """Return what is wrong with a command line, and the command that shows its help."""
    ctx = getattr(error, "ctx", None)
    if ctx is None:
        return _cause(error)
    return f"{_cause(error)} {_('Help: {command} --help').format(command=ctx.command_path)}"


def _cause(error: Any) -> str:
    """Return what is wrong; errors are matched by class name because Typer does not export the classes."""
    match type(error).__name__:
        case "NoSuchOption" if error.possibilities:
            message, near = _("Unknown option {name}; did you mean {near}?"), comma_joined(sorted(error.possibilities))
            return message.format(name=error.option_name, near=near)
        case "NoSuchOption":
            return _("Unknown option {name}.").format(name=error.option_name)
        case "BadOptionUsage":
            return _("{name} needs a value.").format(name=error.option_name)
        case "MissingParameter" if error.param is not None:
            choices = f" ({'|'.join(words)})" if (words := choices_of(error.param)) else ""
            return _("Missing {name}.").format(name=_plain_name_of(error.param) + choices)
        case "BadParameter" if error.param is not None:
            return _about_value(error.param, error.message)
        case _other:
            return str(error.format_message())


def _about_value(param: Any, message: str) -> str:
    """Return what is wrong with the value of a parameter."""
    name, choices = _plain_name_of(param), choices_of(param)
    if choices:
        return _("{name} must be one of: {choices}.").format(name=name, choices=", ".join(choices))
    if not is_number(param):
        return with_details(name, message)
    return _("{name} must be a whole number from {least} to {most}.").format(name=name, least=param.min, most=param.max)


def is_argument(param: Any) -> bool:
    """Return whether a parameter is an argument, which is given by its position."""
    return bool(param.param_type_name == "argument")


def parameter_name(param: Any) -> str:
    """Return the name of a parameter for messages: the longest name of an option, the placeholder of an argument."""
    return str(param.metavar or param.name.upper()) if is_argument(param) else max(param.opts, key=len)


def _plain_name_of(param: Any) -> str:
    """Return the name of a parameter in a sentence, without a placeholder that lists words."""
    name = parameter_name(param)
    return str(param.name.upper()) if "|" in name else name


def choices_of(param: Any) -> list[str]:
    """Return the words that a parameter accepts, or nothing if it accepts any text."""
    words: list[str] = []
    for kind in _kinds(param.type_descriptor.annotation):
        if isinstance(kind, str):
            words.append(kind)
        elif isinstance(kind, type) and issubclass(kind, Enum):
            words += [str(word.value) for word in kind]
    return words


def is_number(param: Any) -> bool:
    """Return whether a parameter is a whole number."""
    return is_integer(param.type_descriptor.annotation)


def is_integer(annotation: Any) -> bool:
    """Return whether the values of an annotation are whole numbers."""
    return int in _kinds(annotation)


def value_placeholder(param: Any) -> str:
    """Return the placeholder for the value of an option."""
    return str(param.metavar or "|".join(choices_of(param)) or param.name.upper())


def _kinds(annotation: Any) -> Iterator[Any]:
    """Yield the innermost parts of an annotation: the types in a union or list, and the values of a Literal."""
    inner = get_args(annotation)
    if not inner:
        yield annotation
    for part in inner:
        yield from _kinds(part)
