"""The screen of inquiries: what departments are asked, and their answers."""
