"""The frame of every screen: header, footer, theme, keys."""
