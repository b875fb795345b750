"""Messages about invalid command lines, in the language in use."""

from typing import Any

import typer

from workbench.cli.framework.parameters import choices_of, is_number, name_of
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
