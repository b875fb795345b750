"""The command that shows the manual."""

from typing import Annotated

from workbench.cli.framework import output
from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.parameters import argument, option
from workbench.errors import NotFound
from workbench.i18n import N_, _
from workbench.manual.chapters import Hit, chapter_named, search


def manual(
    context: CommandContext,
    *,
    name: Annotated[str, argument("CHAPTER", N_("Chapter. Default: the list of chapters."))] = "",
    words: Annotated[str, option("--search", N_("List the lines with these words, in all chapters."), "WORDS")] = "",
) -> None:
    """Show a chapter, the lines with some words, or the list of chapters."""
    hits = [Hit(at := chapter_named(name), "", at.text)] if name else search(words)
    if not hits:
        raise NotFound(_("No line of the manual has “{words}”; try fewer words.").format(words=words))
    if context.as_json:
        rows = [{"chapter": at.name, "title": at.title, "heading": heading, "text": text} for at, heading, text in hits]
        output.document({"found": rows})
    elif name:
        output.markdown(hits[0].chapter.printed)
    else:
        output.table([_("Chapter"), _("Title"), ""], [[at.name, below or at.title, text] for at, below, text in hits])
