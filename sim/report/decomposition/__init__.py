"""The report of a world taken apart."""
