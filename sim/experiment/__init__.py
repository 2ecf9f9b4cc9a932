"""Running scenarios: replicates, in one process or several, with the same result."""
