"""The rules about the people who review: how cases are spread over them."""
