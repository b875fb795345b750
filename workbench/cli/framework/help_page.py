"""The help of a command, in the language in use and aligned by terminal cells."""

from typing import Any

import typer

from workbench.cli.framework.usage_errors import is_argument, parameter_name, value_placeholder
from workbench.domain.text.cells import cells, pad_right
from workbench.domain.text.wrapping import wrap_paragraph
from workbench.i18n import _

_WIDTH = 100
_INDENT = "  "
_MAX_LEFT_CELLS = 34


def help_page(command: Any, ctx: typer.Context) -> str:
    """Return the help of a command or group: usage, summary, arguments, options and commands."""
    pieces: list[str] = [ctx.command_path, *command.collect_usage_pieces(ctx)]
    # The longest choices get a line of their own.
    pieces[-1] = f"\n{_INDENT}{pieces[-1]}" if cells(" ".join(pieces)) > _WIDTH - 10 else pieces[-1]
    usage = " ".join(pieces).replace(" \n", "\n")
    params = [
        param for param in command.get_params(ctx) if "--help" not in param.opts and not getattr(param, "hidden", False)
    ]
    options = [_row(param) for param in params if not is_argument(param)]
    subcommands = command.commands.summaries() if hasattr(command, "commands") else []
    parts = [
        _("Usage: {usage}").format(usage=usage),
        _wrapped(command.help or "", ""),
        _section(_("Arguments"), [_row(param) for param in params if is_argument(param)]),
        _section(_("Options"), [*options, ("--help", _("Show this help."))]),
        _section(_("Commands"), subcommands),
    ]
    return "\n\n".join(part for part in parts if part)


def _row(param: Any) -> tuple[str, str]:
    """Return a parameter as a row of two columns: its usage and its help."""
    text = getattr(param, "help", None) or ""
    if is_argument(param):
        return parameter_name(param), text
    written = ", ".join(param.opts)
    if not param.is_flag:
        written = f"{written} {value_placeholder(param)}"
    return written, f"{text} {_('(required)')}" if param.required else text


def _section(title: str, rows: list[tuple[str, str]]) -> str:
    """Return rows of two columns under a title, or an empty string if there are no rows."""
    if not rows:
        return ""
    width = min(max(cells(left) for left, _right in rows), _MAX_LEFT_CELLS)
    shown = [_("{title}:").format(title=title)]
    for left, right in rows:
        indent = " " * (len(_INDENT) + width + 2)
        text = _wrapped(right, indent)
        if cells(left) > width:
            shown += [f"{_INDENT}{left}", text.rstrip()]
        else:
            shown.append(f"{_INDENT}{pad_right(left, width)}  {text.removeprefix(indent)}".rstrip())
    return "\n".join(line for line in shown if line)


def _wrapped(text: str, indent: str) -> str:
    """Wrap a text to the width of the page."""
    lines = wrap_paragraph(" ".join(text.split()), _WIDTH - len(indent))
    return "\n".join(indent + line for line in lines)
