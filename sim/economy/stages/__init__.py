"""The stages of a step. Each reads the world as it was and the records of stages before it, and returns a record."""
