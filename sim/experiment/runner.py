"""Replicates of one scenario. The result depends on (scenario, seed) alone: not on workers, order or hash seed."""

import os
import signal
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from threading import Thread

import numpy as np

from sim.measures import registry
from sim.model import ComputeEconomy
from sim.period import Step
from sim.results import Replicate, Result, actor_table
from sim.scenario import Scenario
from sim.world import observe

WORTH_A_POOL = 6.0  # seconds of work from which starting worker processes pays
SECONDS_PER_STEP, SECONDS_PER_ACTOR_STEP = 3.5e-3, 1.7e-6  # measured, for the choice of workers only
REBUILDS = 3  # times a broken pool is built again before giving up


def run(
    scenario: Scenario,
    *,
    workers: int | None = None,
    every_step: bool = False,
    progress: Callable[[Iterable[Replicate], int], Iterable[Replicate]] | None = None,
) -> Result:
    """Simulate all replicates of a scenario (its own seed and number of replicates).

    ``workers`` None chooses by the amount of work. ``progress`` wraps the iterator of finished replicates, given
    their number. On KeyboardInterrupt the finished replicates are returned, marked interrupted.
    """
    wanted = scenario.run.replicates
    workers = _workers(scenario) if workers is None else min(workers, wanted)
    finished: list[Replicate] = []
    interrupted = False
    source = _serial(scenario, every_step) if workers <= 1 else _parallel(scenario, every_step, workers)
    try:
        for replicate in progress(source, wanted) if progress else source:
            finished.append(replicate)  # noqa: PERF402 (an interrupt must leave what is finished)
    except KeyboardInterrupt:
        interrupted = True
    finally:
        source.close()
    finished.sort(key=lambda replicate: replicate.replicate)
    return Result(scenario, finished, interrupted)


def simulate(
    scenario: Scenario, replicate: int, every_step: bool = False, called_off: Callable[[], bool] | None = None
) -> Replicate:
    """One replicate from start to end, measured by calendar year (and by step).

    Raises CancelledError at the start of a year in which ``called_off`` says so.
    """
    model = ComputeEconomy(scenario, scenario.run.seed, replicate, collect=False)
    measures = list(registry(scenario.region_ids, scenario.kind_ids).values())
    yearly, flags, by_step, times, actors, outcomes = [], [], [], [], [], Counter[str]()
    per_year = scenario.time.steps_per_year
    first, last = scenario.time.start, scenario.time.end
    for year in range(first, last + 1):
        if called_off and called_off():
            raise CancelledError
        steps: list[Step] = []
        for _ in range(per_year):
            model.step()
            assert model.last is not None
            steps.append(model.last)
            outcomes[model.last.outcome] += 1
            if every_step:
                window = observe(model.world, [model.last])
                by_step.append([measure(window) for measure in measures])
                times.append(window.end)
        period = observe(model.world, steps)
        yearly.append([measure(period) for measure in measures])
        flags.append([measure.flag is not None and measure.flag(period) for measure in measures])
        if year in (first, last) or year % 10 == 0:
            actors.append(actor_table(scenario, model.world, period, replicate, year))
    return Replicate(
        replicate,
        np.array(yearly),
        np.array(flags),
        np.array(by_step),
        np.array(times),
        actors,
        dict(outcomes),
    )


def _workers(scenario: Scenario) -> int:
    actors = sum(kind.count for kind in scenario.kinds)
    seconds = scenario.run.replicates * scenario.steps * (SECONDS_PER_STEP + SECONDS_PER_ACTOR_STEP * actors)
    return min(os.cpu_count() or 1, scenario.run.replicates) if seconds > WORTH_A_POOL else 1


def _serial(scenario: Scenario, every_step: bool) -> Generator[Replicate, None, None]:
    for replicate in range(scenario.run.replicates):
        yield simulate(scenario, replicate, every_step)


def _parallel(scenario: Scenario, every_step: bool, workers: int) -> Generator[Replicate, None, None]:
    """Replicates as they finish. A pool whose worker was killed is built again for what is missing."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"  # one thread a worker
    missing = set(range(scenario.run.replicates))
    for attempt in range(REBUILDS + 1):
        context = get_context("spawn")
        stop = context.Event()
        pending: set[Future[Replicate]] = set()
        pool = ProcessPoolExecutor(workers, context, _start_worker, (stop,))
        try:
            with _interrupts_held():
                pending = {pool.submit(_work, scenario, r, every_step) for r in sorted(missing)}
            while pending:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in done:
                    replicate = future.result()
                    missing.discard(replicate.replicate)
                    yield replicate
            return
        except BrokenProcessPool:
            if attempt == REBUILDS:
                raise
        finally:
            stop.set()  # what still runs or waits is not wanted any more
            for future in pending:
                future.cancel()
            Thread(target=pool.shutdown).start()  # waits apart, and keeps what a starting worker still needs


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Workers started meanwhile inherit that they hear no interrupt, even before their first line runs."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_stop: Event  # in a worker process: set when the parent wants no more


def _start_worker(stop: Event) -> None:
    global _stop
    _stop = stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means


def _work(scenario: Scenario, replicate: int, every_step: bool) -> Replicate:
    return simulate(scenario, replicate, every_step, _stop.is_set)
