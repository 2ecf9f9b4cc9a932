"""Real data, each with its licence (LICENSES.md)."""
