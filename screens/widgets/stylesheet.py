"""A stylesheet that parses each source once."""

from textual.css import stylesheet


class CachedStylesheet(stylesheet.Stylesheet):
    """The stylesheet of the app; Textual's own parses all sources again whenever a screen is shown first."""

    def set_variables(self, variables: dict[str, str]) -> None:
        # A change of the variables forgets what was parsed with the old ones.
        if variables != self._variables:
            super().set_variables(variables)

    def reparse(self) -> None:
        self.parse()
