"""Long tests that run separately, such as races of many processes."""
