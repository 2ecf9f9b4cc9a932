"""A validation in words and as JSON."""
