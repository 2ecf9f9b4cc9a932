"""Running scenarios: replicates, in one process or several, with the same result."""

from sim.experiment.runner import run, simulate

__all__ = ["run", "simulate"]
