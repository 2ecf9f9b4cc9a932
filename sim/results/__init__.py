"""What a run found: tables in memory, and the only writer of ``outputs/``."""

from sim.results.comparing import write_comparison
from sim.results.comparison import Comparison, Paired
from sim.results.directory import redraw, write
from sim.results.place import prepare, save_bytes, save_text
from sim.results.result import Replicate, Result, actor_table

__all__ = [
    "Comparison",
    "Paired",
    "Replicate",
    "Result",
    "actor_table",
    "prepare",
    "redraw",
    "save_bytes",
    "save_text",
    "write",
    "write_comparison",
]
