"""A minimal Textual app, the reference for the time to the first frame: a header, a text and a footer."""

from textual.app import App, ComposeResult
from textual.widgets import Footer, Header, Static


class BareApp(App[None]):
    """A minimal app."""

    def compose(self) -> ComposeResult:
        yield Header()
        yield Static("a text")
        yield Footer()


if __name__ == "__main__":
    BareApp().run()
