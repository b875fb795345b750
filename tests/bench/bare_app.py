"""A minimal Textual app, the reference for the time to the first frame and from a key to its effect."""

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Footer, Header, Static


class BareApp(App[None]):
    """A header, a text that counts the keys, and a footer."""

    keys = 0

    def compose(self) -> ComposeResult:
        yield Header()
        yield Static("a text")
        yield Footer()

    def on_key(self, _event: events.Key) -> None:
        self.keys += 1
        self.query_one(Static).update(f"a text after {self.keys} keys")


if __name__ == "__main__":
    BareApp().run()
