"""Screens pass stored text to a widget only through screens/widgets/safe_text.py."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SCREENS = Path(__file__).parents[2] / "screens"


_WIDGETS = frozenset({"Static", "WrappedText", "Label", "Option", "Button", "Checkbox", "RadioButton"})
_TITLES = frozenset({"border_title", "border_subtitle", "title", "sub_title", "tooltip", "placeholder"})
_BARE_FIELDS = frozenset({"Input", "TextArea", "DataTable", "RichLog", "Log", "Markdown"})
_OWN_FIELDS = {"text_fields.py", "document.py"}
"""The files whose fields are safe: those for stored text, and the chapters of the manual, which are our own."""


def problems(source: str, name: str) -> Iterator[str]:
    """Yield each place where unsafe text is passed to a widget."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            problem = _field_problem(node, name)
        elif isinstance(node, ast.Call):
            problem = _call_problem(node, name)
        elif isinstance(node, ast.Assign):
            is_title = any(isinstance(target, ast.Attribute) and target.attr in _TITLES for target in node.targets)
            problem = "sets a title to a bare text" if is_title and _is_bare(node.value) else None
        else:
            continue
        if problem is not None:
            yield f"{name}:{node.lineno} {problem}"


def _field_problem(node: ast.ClassDef, name: str) -> str | None:
    is_bare = any(isinstance(base, ast.Name) and base.id in _BARE_FIELDS for base in node.bases)
    return (
        "makes a field of a bare one; take those of screens/widgets/text_fields.py"
        if is_bare and name not in _OWN_FIELDS
        else None
    )


def _call_problem(node: ast.Call, name: str) -> str | None:
    called = _called(node)
    if called in _BARE_FIELDS and name not in _OWN_FIELDS:
        return f"makes a bare {called}; take the fields of screens/widgets/text_fields.py"
    if called in _WIDGETS | {"update"} and node.args and _is_bare(node.args[0]):
        return f"gives a bare text to {called}"
    if called in {"Content", "from_markup", "from_text"} and name != "safe_text.py" and _is_unsafe_content(node):
        return "makes content of a text that did not go through the door"
    return _markup_problem(node, called)


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _is_bare(node: ast.expr) -> bool:
    """Return whether an expression is a plain string: a literal with words or brackets, joined, formatted, or str()."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and any(char.isalnum() or char == "[" for char in node.value)
    if isinstance(node, ast.JoinedStr | ast.BinOp):
        return True
    if isinstance(node, ast.IfExp):
        return _is_bare(node.body) or _is_bare(node.orelse)
    return (
        isinstance(node, ast.Call) and _called(node) in {"str", "format", "_", "ngettext", "join"} and _makes_text(node)
    )


def _makes_text(node: ast.Call) -> bool:
    """Return whether a call joins strings; joining `Content` is recognised by the object it is called on."""
    if _called(node) != "join":
        return True
    on = node.func.value if isinstance(node.func, ast.Attribute) else None
    return isinstance(on, ast.Constant)


def _is_unsafe_content(node: ast.Call) -> bool:
    """Return whether content is made of anything but a literal or symbols of the symbol set."""
    if _called(node) == "from_markup":
        return True
    return any(_holds_a_value(argument) for argument in node.args[:1])


def _holds_a_value(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return False
    if isinstance(node, ast.Call):
        return _called(node) not in {"safe", "fitted", "wrapped", "editable"}
    if isinstance(node, ast.Attribute):
        # `symbols.bar` is a constant of the program.
        return not (isinstance(node.value, ast.Name | ast.Attribute) and "symbols" in ast.unparse(node.value))
    if isinstance(node, ast.JoinedStr):
        return any(_holds_a_value(part.value) for part in node.values if isinstance(part, ast.FormattedValue))
    if isinstance(node, ast.BinOp):
        return _holds_a_value(node.left) or (isinstance(node.op, ast.Add) and _holds_a_value(node.right))
    return True


def _markup_problem(node: ast.Call, called: str) -> str | None:
    options = {keyword.arg: keyword.value for keyword in node.keywords}
    value = options.get("markup")
    if isinstance(value, ast.Constant) and value.value is True:
        return "asks for markup"
    return f"leaves markup on in {called}" if called in {"Static", "Label"} and value is None else None


@pytest.mark.promise("P7")
def test_no_screen_passes_unsafe_text_to_a_widget() -> None:
    found = [
        problem
        for path in sorted(SCREENS.rglob("*.py"))
        for problem in problems(path.read_text(encoding="utf-8"), path.name)
    ]

    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "Static('hello', markup=False)",
        "Static(f'{name}', markup=False)",
        "Static(plain(name))",
        "Label(str(error), markup=False)",
        "self.page.update(name + '!')",
        "self.page.update(_('Held by {who}').format(who=who))",
        "box.border_title = f'Fail {case}'",
        "Option(', '.join(names))",
        "Content(name)",
        "Content.from_markup('[b]$name[/b]', name=name)",
        "Input(value)",
        "TextArea()",
        "class Search(Input): ...",
        "self.notify(said, markup=True)",
    ],
)
def test_the_check_finds_unsafe_text(source: str) -> None:
    assert list(problems(source, "some.py")) != []


@pytest.mark.parametrize(
    "source",
    [
        "Static(plain(name), markup=False)",
        "Static(id='page', markup=False)",
        "self.page.update(Content('\\n').join(lines))",
        "box.border_title = plain(f'{title}')",
        "Content(f' {symbols.bar} ')",
        "Content(safe(name))",
        "Line(value)",
    ],
)
def test_the_check_accepts_safe_text(source: str) -> None:
    assert list(problems(source, "some.py")) == []
