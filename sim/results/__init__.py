"""What was found, as tables and statistics in memory: no words, no pictures, no files."""

from sim.results.comparison import Comparison
from sim.results.cost import Cost
from sim.results.decomposition import Breakdown, Contribution, Decomposition, Part, Parts
from sim.results.paired import Paired
from sim.results.run import Replicate, Run
from sim.results.statistics import Effect, Spread

__all__ = [
    "Breakdown",
    "Comparison",
    "Contribution",
    "Cost",
    "Decomposition",
    "Effect",
    "Paired",
    "Part",
    "Parts",
    "Replicate",
    "Run",
    "Spread",
]
