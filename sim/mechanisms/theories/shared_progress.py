"""Better algorithms help all alike."""

from dataclasses import dataclass

from sim.mechanisms.theories.base import Theory


@dataclass(frozen=True, kw_only=True)
class SharedProgress(Theory):
    """A FLOP counts for exp(k) times as much in runs of all sizes, and who has the lower error wins customers by it."""

    name = "shared_progress"
    says = "better algorithms help all alike"
    order = 1
