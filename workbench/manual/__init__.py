"""The manual: a Markdown file for each chapter in each language, and its reader."""
