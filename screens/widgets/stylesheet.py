"""A stylesheet that parses each source once."""

from textual.css import stylesheet


class CachedStylesheet(stylesheet.Stylesheet):
    """The stylesheet of the app; Textual's own parses all sources again each time that a screen is first shown."""

    def set_variables(self, variables: dict[str, str]) -> None:
        # Textual drops the parsed sources here, which is needed only if a variable changes.
        if variables != self._variables:
            super().set_variables(variables)

    def reparse(self) -> None:
        self.parse()
