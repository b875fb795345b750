"""The manual: a Markdown file for each chapter in `en` and `zh`, and its reader.

How a chapter is made; `tests/manual` checks most of these:

* Its file is named by its place and its name in commands, such as `07-letters.md`, the same in both languages. The
  first line is a comment with the places of `workbench.keys.command.PLACES` whose manual it is, `<!-- screens:
  letters -->`, or none; the second is the title. At most 250 lines; a paragraph or list item is one line, which the
  search shows.
* It is about a task of somebody: what, when, how, an example, and `What can go wrong` at the end. Headings differ.
* Both languages have the same headings, commands and keys, in words of the screens. Chinese has no blank beside code,
  because Textual breaks lines only at blanks.
* A block marked `sh` has examples, which run in order on a fresh demo; `# exit code 77` after one that is refused,
  and `> file` for output. Examples that open a terminal or make another database are only parsed.
* Code in the text that begins with `workbench` is a command with known options; code of one character, `F5`, `^p`, `g
  q` or `Esc` is a key that exists.
* A link leads to the file of a chapter.
* `python -m tests.readme` writes the tables between comments such as `<!-- key_lists -->`.
"""
