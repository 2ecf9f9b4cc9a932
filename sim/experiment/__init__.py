"""Running scenarios: replicates, in one process or several, with the same result."""

from sim.experiment.compare import compare
from sim.experiment.runner import run, simulate

__all__ = ["compare", "run", "simulate"]
