"""Commands killed at random moments: nothing half-written, no process left, nobody kept waiting, the place free again.
What was killed goes on to the same bytes as what was not.

    python benchmarks/kills.py                 # a hundred
    python benchmarks/kills.py --count 3 --seed 7
    python benchmarks/kills.py --only sweep "worker of a sweep"

Half of the moments are spread evenly over how long the command takes undisturbed, half over how many of its shards are
kept. Two commands are on their way at a time. Prints what each was doing and what it left, and how many had kept what;
exit code 1 when anything was wrong.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sim.compiled import prepare  # noqa: E402
from sim.store.lock import hold, release  # noqa: E402
from sim.store.plan import PLAN  # noqa: E402
from sim.store.shards import FOLDER, present  # noqa: E402
from tests.studies import content, workers_of  # noqa: E402
from tests.worlds import FEW  # noqa: E402

TINY = [*(word for setting in FEW for word in ("--set", setting)), "--until", "2013"]
COMMANDS = {
    "run": ["run", "baseline", "--replicates", "20", "--no-figures"],
    "run in two": ["run", "baseline", "--replicates", "20", "--workers", "2", "--no-figures"],
    "compare": ["compare", "baseline", "carbon_tax", "--set", "policy.carbon_tax.start=2013", "--replicates", "6"],
    "decompose": ["decompose", "baseline", "--replicates", "3", "--workers", "2"],
    "sweep": ["sweep", "baseline", "--vary", "product.margin=0.3,0.4", "--replicates", "80", "--workers", "2"],
    "sensitivity": ["sensitivity", "baseline", "--vary", "product.*", "--samples", "12", "--workers", "2"],
}
WORKER = "worker of a sweep"
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
SOON, WHOLE = 60.0, 300.0  # seconds until all must have ended, and for a whole study
AT_ONCE = 2  # commands
BETWEEN = 0.1  # about the seconds from one shard to the next
NOTHING, PLAN_ALONE, SOME, ALL = "nothing", "the plan alone", "some shards", "all"  # left behind
PARTS = {".csv": b"\n", ".html": b"</html>", ".json": b"}\n", ".png": b"IEND\xaeB`\x82", ".toml": b"\n"}


class Moment(NamedTuple):
    """When something is killed: so many seconds after so many shards are kept."""

    shards: int
    seconds: float

    def come(self, process: "subprocess.Popen[bytes]", out: Path) -> None:
        """Wait for it, or for the end of the command."""
        while process.poll() is None and len(present(out)) < self.shards:
            time.sleep(0.002)
        time.sleep(self.seconds)

    def __str__(self) -> str:
        behind = f" after {self.shards} shards" if self.shards else ""
        return f"{self.seconds:.2f} s{behind}"


class Undisturbed(NamedTuple):
    """What a command leaves that nobody disturbs, and how long it took [s]."""

    content: dict[str, bytes]
    shards: int
    seconds: float

    def moment(self, random: Random) -> Moment:
        """One of its moments, by time or by what is kept."""
        if random.random() < 0.5:
            return Moment(0, random.uniform(0, self.seconds))
        return Moment(random.randint(1, self.shards), random.uniform(0, BETWEEN))


def command(words: list[str], out: Path) -> list[str]:
    """A command line; words that name shipped scenarios become their files."""
    scenarios = ROOT / "scenarios"
    named = [str(scenarios / f"{word}.toml") if (scenarios / f"{word}.toml").exists() else word for word in words]
    return [sys.executable, str(ROOT / "run.py"), *named, *TINY, "--out", str(out)]


def killed(name: str, number: signal.Signals, when: Moment, out: Path) -> str:
    """Start a command, send a signal to it alone at a moment, and see what is left. Raises AssertionError."""
    with _command(name, out) as process:
        when.come(process, out)
        process.send_signal(number)
        _ended(process, SOON)
    return _whole(out)


def worker_killed(when: Moment, out: Path) -> str:
    """The same for a worker of a sweep: the sweep must end as if nothing had been."""
    with _command("sweep", out) as process:
        while not (workers := workers_of(process.pid)) and process.poll() is None:
            time.sleep(0.002)
        when.come(process, out)
        there = [worker for worker in workers if worker.is_running()]
        for worker in there[:1]:
            worker.kill()
        _ended(process, WHOLE)
        assert process.returncode == 0, f"exit code {process.returncode}"
    return f"{_whole(out)}, {len(there[:1])} killed"


def without_a_kill(name: str, out: Path) -> Undisturbed:
    """A command that nobody disturbs."""
    began = time.monotonic()
    subprocess.run(command(COMMANDS[name], out), check=True, capture_output=True)
    return Undisturbed(content(out), len(present(out)), time.monotonic() - began)


def goes_on(out: Path, undisturbed: dict[str, bytes]) -> str:
    """Check that what was killed, if it had begun, ends with the bytes of what nobody disturbed."""
    if not (out / PLAN).exists():
        return ""
    line = [sys.executable, str(ROOT / "run.py"), "resume", str(out), "--workers", "2", "--quiet"]
    done = subprocess.run(line, capture_output=True, text=True, timeout=WHOLE)
    assert done.returncode == 0, done.stderr
    assert content(out) == undisturbed, "other bytes than without a kill"
    return "; goes on to the same bytes"


@contextmanager
def _command(name: str, out: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """A command in a group of processes of its own, none of which stays."""
    line = command(COMMANDS[name], out)
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    try:
        yield process
    finally:
        if _left(process.pid):
            os.killpg(process.pid, signal.SIGKILL)


def _ended(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    """Check that a command ends in time, with all its processes, and without a traceback."""
    _, errors = process.communicate(timeout=seconds)  # ends when nobody holds its output open
    until = time.monotonic() + SOON
    while _left(process.pid):
        assert time.monotonic() < until, "a process is left"
        time.sleep(0.02)
    assert b"Traceback" not in errors or not started(errors), errors.decode()


def started(errors: bytes) -> bool:
    """Whether a command had begun: before, the interpreter itself says what an interrupt does."""
    return b"replicate" in errors


def _left(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _whole(out: Path) -> str:
    """Check that what a killed command left is whole, and that its place can be held again."""
    if not out.exists():
        return NOTHING
    hold(out)  # clears what was half-written
    release(out)
    shards, files = present(out), [path for path in out.rglob("*") if path.is_file()]
    for file in files:
        assert not file.name.startswith("."), f"{file.name} is left"
        there = file.name in shards if file.parent.name == FOLDER else file.read_bytes().endswith(PARTS[file.suffix])
        assert there, f"{file.name} is cut off"
    if (out / "provenance.json").exists():
        return ALL
    return f"{len(shards)} shards" if shards else PLAN_ALONE


class Kill(NamedTuple):
    """What is killed, by which signal and when, and what that command leaves undisturbed."""

    name: str
    number: signal.Signals
    when: Moment
    undisturbed: Undisturbed

    def done(self, out: Path) -> str:
        """Kill, and go on with what is left: what that was. Raises AssertionError."""
        try:
            if self.name == WORKER:
                found = worker_killed(self.when, out)
            else:
                found = killed(self.name, self.number, self.when, out)
            return found + goes_on(out, self.undisturbed.content)
        finally:
            shutil.rmtree(out, ignore_errors=True)

    def __str__(self) -> str:
        return f"{self.name}, {self.number.name}, {self.when}"


def kills(names: list[str], count: int, random: Random, place: Path) -> list[Kill]:
    """So many kills of some commands, each of which is carried out undisturbed before."""
    undisturbed: dict[str, Undisturbed] = {}
    found = []
    for _ in range(count):
        name, number = random.choice(names), random.choice(SIGNALS)
        asked = "sweep" if name == WORKER else name
        if asked not in undisturbed:
            undisturbed[asked] = without_a_kill(asked, place / asked)
        when = undisturbed[asked].moment(random)
        if name == WORKER:
            number, when = signal.SIGKILL, Moment(when.shards, min(when.seconds, 1.0))  # counted from its start
        found.append(Kill(name, number, when, undisturbed[asked]))
    return found


def main() -> int:
    """Kill as often as asked, print what came of it."""
    names = [*COMMANDS, WORKER]
    parser = ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=100, metavar="N", help="commands to kill (default: 100)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of what is killed when (default: 0)")
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="NAME", help=", ".join(names))
    options = parser.parse_args()
    wrong, left = 0, Counter[str]()
    prepare()  # so that how long a command takes holds no compiling
    with TemporaryDirectory() as place, ThreadPoolExecutor(AT_ONCE) as pool:
        asked = kills(options.only, options.count, Random(options.seed), Path(place))
        futures = [pool.submit(kill.done, Path(place) / str(i)) for i, kill in enumerate(asked)]
        for kill, future in tqdm(zip(asked, futures, strict=True), total=len(asked), unit="kill"):
            try:
                found = future.result()
                kept = found.partition(";")[0].partition(",")[0]
                left[SOME if kept.endswith("shards") else kept] += 1
            except (AssertionError, subprocess.TimeoutExpired) as error:
                wrong, found = wrong + 1, f"WRONG: {error}"
            tqdm.write(f"{kill}: {found}", file=sys.stdout)
    print(
        f"killed {options.count}, wrong {wrong}; left: {', '.join(f'{count} {what}' for what, count in left.items())}"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
