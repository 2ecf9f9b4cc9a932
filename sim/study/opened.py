"""What stands in a directory, by its plan."""

from pathlib import Path

from sim.store.plan import read_plan
from sim.study.planned import Planned
from sim.study.repeated import KINDS, Repeated
from sim.study.study import Study, require


def opened(directory: Path) -> Planned:
    """The study, run, comparison or decomposition in a directory. Raises InputError."""
    plan = read_plan(directory)
    if plan.get("kind") in KINDS:
        return Repeated(directory, plan)
    require()
    return Study(directory, plan)
