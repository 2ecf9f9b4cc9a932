"""Worker processes that the page keeps warm. Tabs hand in jobs; the newest job of a tab takes the place of its last."""

import os
from collections import deque
from collections.abc import Iterable
from functools import cache
from queue import Queue
from threading import Condition, Thread
from typing import Any, Protocol

from sim.app.members import KeptMembers
from sim.compiled import prepare
from sim.experiment.pool import follow_the_parent, interrupts_held, sendable, starting
from sim.processors import processors, way_to_start

FIRST = 0  # the worker for what has to be there at once: it waits for nobody, and the others give way to it
NICE = 5  # of the others; more would starve them where other programs are busy
AT_START = "the first tab"  # who asks before there is a tab
TRIES = 2  # of a task whose worker dies
LOST = "a worker process ended before its work was done; it has been started anew"


class Task(Protocol):
    """What a worker can be asked to do; it is pickled on the way."""

    @property
    def place(self) -> int:
        """Which worker does it: ``FIRST``, or one of the others, counted round from 1."""

    def __call__(self, kept: KeptMembers) -> Any:
        """Do it, with what the worker keeps."""


class TaskQueue:
    """Tasks of one tab, done in order as far as workers are free; ``results`` holds what comes back, as it comes: each
    with what it gave (of a member a Both, or None for a draw that makes no possible world) or an Exception. The tab
    puts None there when it waits no longer."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self.waiting = deque(tasks)
        self.results: Queue[tuple[Any, Any] | None] = Queue()


class Crew:
    """So many workers, each with the same members of every ensemble, whose baselines it keeps; and one for what has to
    be there at once."""

    def __init__(self, workers: int | None = None) -> None:
        self.size = workers or processors()
        self.jobs: dict[object, TaskQueue] = {}
        self.change = Condition()
        self.closed = False
        self.pipes: list[Any] = []
        prepare()  # what a fork finds compiled it need not compile
        self.processes = [self._hire(place) for place in range(1 + self.size)]

    def start(self) -> None:
        """Begin to hand out work. Processes are forked before, while there is one thread."""
        for place in range(len(self.processes)):
            Thread(target=self._serve, args=(place,), daemon=True, name=f"worker-{place}").start()

    def submit(self, tab: object, tasks: Iterable[Task]) -> TaskQueue:
        """Hand in a job; what is left of the tab's last one is dropped, and of what was asked before there was one."""
        with self.change:
            self.jobs.pop(AT_START, None)
            self.jobs.pop(tab, None)  # the newest job of all stands last
            job = self.jobs[tab] = TaskQueue(tasks)
            self.change.notify_all()
        return job

    def drop(self, tab: object) -> None:
        """A tab is closed, or wants nothing more."""
        with self.change:
            self.jobs.pop(tab, None)

    def close(self) -> None:
        """End all workers."""
        with self.change:
            self.closed = True
            self.jobs.clear()
            self.change.notify_all()
        for process in self.processes:
            process.kill()

    def _next(self, place: int) -> tuple[TaskQueue, Task] | None:
        """The next task for a worker: its own members, of the tab that was served longest ago."""
        with self.change:
            while not self.closed:
                for tab, job in list(self.jobs.items()):
                    for task in job.waiting:
                        if self._whose(task) == place:
                            job.waiting.remove(task)
                            self.jobs[tab] = self.jobs.pop(tab)
                            return job, task
                self.change.wait()
        return None

    def _whose(self, task: Task) -> int:
        return FIRST if task.place == FIRST else 1 + (task.place - 1) % self.size

    def _serve(self, place: int) -> None:
        while (found := self._next(place)) is not None:
            job, task = found
            job.results.put((task, self._done(place, task)))

    def _done(self, place: int, task: Task) -> Any:
        for _ in range(TRIES):
            try:
                self.pipes[place].send(task)
                outcome = self.pipes[place].recv()
            except (EOFError, OSError):
                if self.closed:
                    return None
                process = self._hire(place)
                with self.change:  # whoever closes meanwhile has not seen it
                    self.processes[place] = process
                    if self.closed:
                        process.kill()
            else:
                return outcome
        return RuntimeError(LOST)

    def _hire(self, place: int) -> Any:
        context = starting(way_to_start())
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, place != FIRST), daemon=True)
        with interrupts_held():
            process.start()
        theirs.close()
        self.pipes[place : place + 1] = [ours]
        return process


@cache
def crew() -> Crew:
    """The workers that all tabs share."""
    made = Crew()
    made.start()
    return made


def _work(connection: Any, gives_way: bool) -> None:
    """In a worker: do tasks until the parent hangs up."""
    follow_the_parent()
    if gives_way and hasattr(os, "nice"):
        os.nice(NICE)
    ensemble = KeptMembers()
    while True:
        try:
            task = connection.recv()
        except (EOFError, OSError):
            return
        try:
            outcome: Any = task(ensemble)
        except Exception as error:
            outcome = sendable(error)
        try:
            connection.send(outcome)
        except OSError:
            return
