"""No class of the screens has too many methods, inherited ones included."""

import inspect
from importlib import import_module
from pathlib import Path

import screens
from screens.app import WorkbenchApp
from screens.desk.screen import DeskScreen

MOST_METHODS = 30
# A separate program: importing it reads a page from the standard input.
PROGRAMS = {"screens.documents.viewer_process", "screens.documents.page_renderer"}


def classes() -> list[type]:
    """Return every class of the screens."""
    folder = Path(screens.__file__).parent
    names = {
        ".".join(path.relative_to(folder.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in folder.rglob("*.py")
    }
    modules = [import_module(name) for name in sorted(names - PROGRAMS)]
    return [
        value
        for module in modules
        for value in vars(module).values()
        if inspect.isclass(value) and value.__module__ == module.__name__
    ]


def methods(owner: type) -> list[str]:
    """Return the methods and properties that a class and its bases in this repository define."""
    return [
        f"{base.__name__}.{name}"
        for base in owner.__mro__
        if base.__module__.partition(".")[0] in {"screens", "workbench"}
        for name, value in vars(base).items()
        if isinstance(value, property | classmethod | staticmethod)
        or (inspect.isfunction(value) and value.__qualname__ == f"{base.__qualname__}.{name}")
    ]


def test_methods_of_base_classes_are_counted() -> None:
    found = methods(DeskScreen)

    assert {"DeskScreen.begin", "CaseScreen.show", "BaseScreen.on_key"} <= set(found)
    assert "KeyboardApp.on_event" in methods(WorkbenchApp)


def test_no_class_has_more_than_thirty_methods() -> None:
    too_many = {owner.__qualname__: len(methods(owner)) for owner in classes() if len(methods(owner)) > MOST_METHODS}

    assert too_many == {}
