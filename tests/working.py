"""Work for worker processes, which import this file and little else."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path


def threads(_: int) -> list[str]:
    """How many threads libraries are told to have."""
    return [os.environ[name] for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")]


def born(_: int) -> tuple[int, bool]:
    """Which process it was forked from, and whether that one had everything ready: a worker imports it nowhere."""
    return os.getppid(), "sim.experiment.ready" in sys.modules


@dataclass(frozen=True)
class Deadly:
    """Work in which some task ends its process."""

    task: int
    number: int  # of the signal; 0: an exit of its own
    mark: str = ""  # where it leaves a mark so that it dies the first time only

    def __call__(self, task: int) -> int:
        if task == self.task and not (self.mark and os.path.exists(self.mark)):
            if self.mark:
                Path(self.mark).touch()
            if not self.number:
                os._exit(3)
            os.kill(os.getpid(), self.number)
        return task * task


@dataclass(frozen=True)
class Wrong:
    """Work that raises, once with an error that cannot travel."""

    stubborn: bool

    def __call__(self, task: int) -> int:
        if not self.stubborn:
            raise ZeroDivisionError("one by nothing")

        class Stubborn(Exception):
            pass

        raise Stubborn("stays at home")
