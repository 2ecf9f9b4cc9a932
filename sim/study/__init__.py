"""Studies: many worlds, planned before the first is simulated, kept as they finish, on one machine or many."""
