"""What every screen is built on: header, footer, theme, keys."""
