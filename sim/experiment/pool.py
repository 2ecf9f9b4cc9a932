"""Independent pieces of work in one process or several, as they finish. The results do not depend on how.

Worker processes hear no interrupt, and end with their parent however it ends. How they are started is said by
``processors.way_to_start``.
"""

import os
import pickle
import signal
import sys
import warnings
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import current_process, get_context, parent_process
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any, TypeVar

from sim.arguments import wrapped
from sim.codehash import code_hash
from sim.compiled import prepare
from sim.errors import InputError, Notice
from sim.processors import one_thread_each, processors, starts_none, way_to_start
from sim.stamped import packed, unpacked

Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[int], Result]
Progress = Callable[[Iterable[Result], int], Iterable[Result]]
Pipe = Any  # one end of it: its class differs between systems
Team = dict[Pipe, tuple[BaseProcess, int]]  # what each worker is, and its task, by the pipe to it

STARTS = {"fork": 0.05, "forkserver": 0.5, "spawn": 1.5}  # seconds until a worker listens, by how it is started
WORTH_A_POOL = 4.0  # times that, of work, from which starting workers pays
TRIES = 4  # of a task whose worker dies
PATIENCE = 10.0  # seconds until a worker that has hung up must have ended
MOST_ON_WINDOWS = 60  # processes that Windows can wait for at once
OUT_OF_MEMORY = "memory did not suffice"
ENDING = ("SIGTERM", "SIGHUP")  # signals that end a worker, whatever they mean to its parent
READY = "sim.experiment.ready"  # what a server imports that workers are forked from
WORKER, UNGUARDED = "worker of sim", 87  # its name, and its exit code where the script that it imports simulates


class WorkerLost(InputError):
    """A task whose worker died each time, or could not be started. The problem says of what."""


def finished(
    work: Work[Result], tasks: Sequence[int], workers: int, meanwhile: Callable[[], Any] | None = None
) -> Generator[Result, None, None]:
    """What ``work`` makes of each task, as it finishes. Where workers are not forked ``work`` has to be picklable.

    ``meanwhile`` is called in a thread while workers are at work: imports of what comes next.

    Raises WorkerLost when a task's worker died ``TRIES`` times or cannot be started.
    """
    code_hash()  # of what simulates now, whatever is edited meanwhile
    if workers <= 1:
        for task in tasks:
            yield work(task)
    else:
        yield from _parallel(work, tasks, workers, meanwhile)


def gathered(
    work: Work[Result], tasks: Sequence[int], workers: int, progress: Progress[Result] | None
) -> tuple[list[Result], bool]:
    """What ``work`` makes of all tasks, as it finishes, and whether something cut it short.

    ``progress`` wraps the iterator of results, given their number. What is finished is kept on a KeyboardInterrupt,
    and with a Notice that names the cause when memory or a worker is lost. Raises KeyboardInterrupt, WorkerLost or
    MemoryError when nothing is finished by then.
    """
    done: list[Result] = []
    source = finished(work, tasks, workers)
    try:
        for result in wrapped(progress, source, len(tasks)):
            done.append(result)  # noqa: PERF402 (an interrupt must leave what is finished)
    except KeyboardInterrupt:
        if not done:
            raise
        return done, True
    except (WorkerLost, MemoryError) as error:
        if not done:
            raise
        cause = error.problem if isinstance(error, WorkerLost) else OUT_OF_MEMORY
        warnings.warn(f"{cause}; what is finished is kept", Notice, stacklevel=3)
        return done, True
    finally:
        source.close()
    return done, False


def mapped(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """What ``work`` makes of each item: in as many processes as can be forked, else in this one."""
    workers = min(processors(), len(items)) if way_to_start() == "fork" else 1

    def numbered(task: int) -> tuple[int, Result]:
        return task, work(items[task])

    found = dict(finished(numbered, range(len(items)), workers))
    return [found[task] for task in range(len(items))]


def enough_workers(seconds: float, tasks: int) -> int:
    """Processes worth starting for an amount of work."""
    return min(processors(), tasks) if seconds > WORTH_A_POOL * starts() else 1


def starts() -> float:
    """Seconds until a worker listens."""
    return STARTS[way_to_start()]


def _parallel(
    work: Work[Result], tasks: Sequence[int], workers: int, meanwhile: Callable[[], Any] | None
) -> Generator[Result, None, None]:
    """One pipe to each worker, one task at a time. A worker that dies is replaced, and its task done again."""
    own = current_process()
    if getattr(own, "_inheriting", False):  # it was not forked, and still imports the script that started it
        if own.name == WORKER:
            sys.stdout.flush()
            os._exit(UNGUARDED)  # by itself: a server's process loses the code of an exception
        raise _unguarded()
    if starts_none():
        raise _no_workers()
    if sys.platform == "win32":
        workers = min(workers, MOST_ON_WINDOWS)
    prepare()  # what workers find compiled they need not compile
    waiting, deaths, way = deque(tasks), Counter[int](), way_to_start()
    content = None if way == "fork" else packed(work)
    team: Team = {}
    aside = Thread(target=_aside, args=(meanwhile,), daemon=True)
    try:
        while waiting or team:
            few = min(len(waiting), workers - len(team))
            if few and aside.ident:
                aside.join()  # a fork would copy what it holds locked
            hired = [_hire(team, waiting.popleft(), work, way) for _ in range(few)]
            for connection in hired:  # when all have been started, since each takes its time until it listens
                if content is not None:
                    _send(connection, content)
                _send(connection, team[connection][1])
            if meanwhile and not aside.ident:
                aside.start()
            ready: list[Pipe] = list(wait(list(team)))
            for connection in ready:
                process, task = team[connection]
                try:
                    good, outcome = connection.recv()
                except (EOFError, OSError):  # it died
                    _dismiss(team, connection, PATIENCE)
                    if process.exitcode == UNGUARDED:
                        raise _unguarded() from None
                    deaths[task] += 1
                    if deaths[task] == TRIES:
                        raise _lost(process.exitcode) from None
                    waiting.appendleft(task)
                    continue
                if not good:
                    raise outcome
                if waiting:
                    team[connection] = process, waiting.popleft()
                    _send(connection, team[connection][1])
                else:
                    _dismiss(team, connection)
                yield outcome
    finally:
        with interrupts_held():
            for connection in list(team):  # what still runs is not wanted any more
                _dismiss(team, connection)
            if aside.ident:
                aside.join()


def _aside(meanwhile: Callable[[], Any]) -> None:
    with suppress(Exception):  # what cannot be imported is told by who needs it
        meanwhile()


def starting(way: str) -> Any:
    """What of ``multiprocessing`` starts processes that way."""
    context: Any = get_context(way)
    if way == "forkserver":
        context.set_forkserver_preload([READY])
    return context


def _hire(team: Team, task: int, work: Work[Result], way: str) -> Pipe:
    """Start a worker that waits for a first task; the pipe to it.

    A forked one has the work. To others it goes through that pipe, since a worker whose parent ends while it
    starts must not stumble over half of it. Raises WorkerLost where the system starts no more.
    """
    context = starting(way)
    try:
        ours, theirs = context.Pipe()
        args = theirs, work if way == "fork" else None
        process = context.Process(target=_serve, args=args, name=WORKER, daemon=True)
        with interrupts_held(), one_thread_each():
            process.start()
            team[ours] = process, task
    except OSError as error:
        allowed, fix = "as many processes as workers", "lower --workers, or end other programs"
        problem = f"a worker process cannot be started: {error.strerror or error}"
        raise WorkerLost(problem, allowed=allowed, fix=fix) from None
    theirs.close()  # so that nothing but the worker holds its end
    return ours


def _dismiss(team: Team, connection: Pipe, patience: float = 0.0) -> None:
    """End a worker, whatever it does; one that has hung up gets time to end by itself, so that its code tells why."""
    process, _ = team.pop(connection)
    process.join(patience)
    process.kill()
    process.join()
    connection.close()


def _send(connection: Pipe, what: Any) -> None:
    with suppress(OSError):  # it has died, which ``wait`` will tell
        connection.send(what)


def _unguarded() -> InputError:
    """The error for a script whose workers, which import it, would simulate again."""
    problem = "this script has no main guard: each worker process would run it again"
    fix = "put what simulates below that line, or give workers=1"
    return InputError(problem, allowed='what simulates stands below: if __name__ == "__main__":', fix=fix)


def _no_workers() -> InputError:
    """The error for workers that a worker of somebody else's pool is asked for."""
    problem, allowed = "this process is a worker of a pool, and may start no workers", "one worker: this process"
    return InputError(problem, allowed=allowed, fix="give workers=1, or leave workers out")


def _lost(code: int | None) -> WorkerLost:
    """The error for a worker that ended with a code: below zero the signal that killed it."""
    allowed, number = "a worker that lives until its work is done", -(code or 0)
    if number <= 0:
        fix = "run it with --workers 1 to see what happens"
        return WorkerLost(f"a worker process ended with exit code {code}", allowed=allowed, fix=fix)
    try:
        name = f"signal {number} ({signal.Signals(number).name})"
    except ValueError:
        name = f"signal {number}"
    if name.endswith("(SIGKILL)"):
        fix = "lower --workers or kind.<id>.count, or free memory"
        problem = f"a worker process was killed by {name}: out of memory is likely"
        return WorkerLost(problem, allowed=allowed, fix=fix)
    what = "was stopped by" if name.endswith(("(SIGTERM)", "(SIGHUP)", "(SIGINT)")) else "crashed:"
    fix = "run it with --workers 1 to see where"
    return WorkerLost(f"a worker process {what} {name}", allowed=allowed, fix=fix)


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Workers started meanwhile inherit that they hear no signal, even before their first line runs."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, *_ending()})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ending() -> set[signal.Signals]:
    return {getattr(signal, name) for name in ENDING if hasattr(signal, name)}


def _serve(connection: Pipe, work: Work[Any] | None) -> None:
    """In a worker process: hear what the work is, and do tasks until the parent hangs up."""
    follow_the_parent()
    with suppress(EOFError, OSError):
        known: Work[Any] = work or _received(connection)
        while True:
            connection.send(_outcome(known, connection.recv()))


def _received(connection: Pipe) -> Work[Any]:
    """The work that was sent; where this process does not know what it is made of, or has other code, since a file was
    edited meanwhile, one that says so."""
    try:
        work: Work[Any] = unpacked(connection.recv())
    except InputError as error:
        return partial(_refuse, error)
    return work


def _refuse(error: InputError, _task: int) -> Any:
    raise error


def follow_the_parent() -> None:
    """In a worker process, first of all: an interrupt is the parent's, a request to end is obeyed without a word, and
    the parent's end is its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    for number in _ending():
        signal.signal(number, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ending())
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # whoever listens, listens to the parent
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """However the parent ends, this process does too: what it holds open would keep others waiting."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _outcome(work: Work[Any], task: int) -> tuple[bool, Any]:
    try:
        return True, work(task)
    except Exception as error:
        return False, sendable(error)


def sendable(error: Exception) -> Exception:
    """The error itself where it can be sent, else one that says the same."""
    import traceback

    error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError("".join(traceback.format_exception(error)))
    return error
