"""What whole commands take, beside the targets: every row of the table in one run, or some of them.

    python benchmarks/whole.py --list
    python benchmarks/whole.py run help --turns 3

A row is a command in a process of its own, as somebody would start it, with everything compiled before. Wall time
depends on what else the machine does, which is told; processor time is that of all processes of the command. Rows
that the table gives as a ratio are measured in turns with what they are divided by, and the fastest turn counts.
"""

import os
import resource
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from tabulate import tabulate

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sim import Scenario  # noqa: E402
from sim.processors import processors  # noqa: E402

POLICIES = ("carbon_tax", "public_compute", "cap_and_trade", "open_publication")
BASELINE = "scenarios/baseline.toml"
PAGE = """
from time import perf_counter
import sim
from sim.experiment.compare import compare
scenarios = [sim.load(f"scenarios/{name}.toml", until=2040) for name in ("baseline", "carbon_tax")]
compare(scenarios, replicates=2, assumptions=False, workers=1)
began = perf_counter()
compare(scenarios, replicates=20, assumptions=False)
print(perf_counter() - began)
"""


@dataclass(frozen=True)
class Measured:
    """What a row came to."""

    figure: float  # in the unit of the row
    wall: float  # [s]
    processor: float  # [s], of all processes


@dataclass(frozen=True)
class Row:
    """A row of the table."""

    about: str
    target: float
    unit: str
    measure: Callable[[], Measured]


def timed(command: list[str], **environment: str) -> tuple[float, float, str]:
    """Wall and processor time of a command [s], and what it printed. It has to succeed."""
    before, began = _children(), perf_counter()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", *command],
        cwd=ROOT, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, **environment},
    )  # fmt: skip
    return perf_counter() - began, _children() - before, done.stdout


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def command(*words: str, writes: bool = True) -> Callable[[], Measured]:
    """A command of the project; what it writes is thrown away."""

    def measure() -> Measured:
        with TemporaryDirectory() as place:
            out = ["--out", f"{place}/out"] if writes else []
            wall, processor, _ = timed(["run.py", *words, *out])
        return Measured(wall, wall, processor)

    return measure


def first_after_installation() -> Measured:
    """Seconds by which a run with nothing compiled is longer than one with everything."""
    with TemporaryDirectory() as place:
        words = ["run.py", "run", BASELINE, "--replicates", "2", "--until", "2016"]
        fresh = {"XDG_CACHE_HOME": place, "LOCALAPPDATA": place}
        wall, processor, _ = timed([*words, "--out", f"{place}/first"], **fresh)
        again, _, _ = timed([*words, "--out", f"{place}/second"], **fresh)
    return Measured(wall - again, wall, processor)


def page_answer() -> Measured:
    """Two worlds with 20 replicates each, in memory, in a process that has compiled and simulated before."""
    wall, processor, said = timed(["-c", PAGE])
    return Measured(float(said), wall, processor)


def memory_of_a_million() -> Measured:
    """The most memory that a million actors take in a year and a step."""
    wall, processor, said = timed(["benchmarks/step.py", "--large"])
    return Measured(float(said.split()[1]), wall, processor)


def beside_objects() -> Measured:
    """How many times as fast a step with its measures is as one with an object for each actor."""
    from benchmarks.step import OBJECT_STEPS, seconds_per_measured_step, seconds_per_reference_step

    return _ratio(
        lambda: seconds_per_reference_step(_thousand(), OBJECT_STEPS[1_000]),
        lambda: seconds_per_measured_step(_thousand()),
    )


def beside_mesa() -> Measured:
    """A run of one replicate over Mesa's exchange of wealth, for each actor and step."""
    from benchmarks.step import seconds_per_exchange, seconds_per_run_step

    return _ratio(lambda: seconds_per_run_step(_thousand()), lambda: seconds_per_exchange(1_000))


def _ratio(above: Callable[[], float], below: Callable[[], float], turns: int = 3) -> Measured:
    began, before = perf_counter(), os.times()
    below()  # compiles, and warms up
    both = [(above(), below()) for _ in range(turns)]
    spent = os.times().user + os.times().system - before.user - before.system
    return Measured(min(a for a, _ in both) / min(b for _, b in both), perf_counter() - began, spent)


def _thousand() -> Scenario:
    from benchmarks.step import sized

    return sized(1_000, replicates=1)


ROWS = {
    "help": Row("`--help`", 0.2, "s", command("--help", writes=False)),
    "run": Row("`run scenarios/baseline.toml`, all written", 2.5, "s", command("run", BASELINE)),
    "page": Row("two worlds to 2040 with 20 replicates each, in memory", 0.6, "s", page_answer),
    "objects": Row("step with measures, 1,000 actors: times as fast as objects", 500, "times", beside_objects),
    "mesa": Row("one replicate in memory, over Mesa's exchange of wealth", 0.08, "ratio", beside_mesa),
    "million": Row("a million actors, one year: memory", 1.0, "GB", memory_of_a_million),
    "first": Row("first run after an installation: more than a warm one", 20.0, "s", first_after_installation),
    "compare": Row(
        "`compare` of 4 policies with 50 replicates, both intervals", 6.0, "s",
        command("compare", BASELINE, *(f"scenarios/{name}.toml" for name in POLICIES)),
    ),
    "decompose": Row("`decompose scenarios/baseline.toml`", 8.0, "s", command("decompose", BASELINE)),
    "findings": Row("`reproduce findings`", 30.0, "s", command("reproduce", "findings")),
}  # fmt: skip
MORE_IS_BETTER = ("objects",)


def best(name: str, turns: int) -> Measured:
    """The best of some turns."""
    found = [ROWS[name].measure() for _ in range(turns)]
    return (max if name in MORE_IS_BETTER else min)(found, key=lambda one: one.figure)


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="which (default: all)")
    parser.add_argument("--turns", type=int, default=1, help="how often; the best counts (default: 1)")
    parser.add_argument("--list", action="store_true", help="only say which rows there are")
    options = parser.parse_args()
    unknown = [name for name in options.rows if name not in ROWS]
    if unknown:
        parser.error(f"no such row: {', '.join(unknown)}; there are {', '.join(ROWS)}")
    names = options.rows or list(ROWS)
    if options.list:
        print(tabulate([[name, ROWS[name].about] for name in names], tablefmt="plain"))
        return
    before = os.getloadavg()[0]
    command("run", BASELINE, "--replicates", "1", "--until", "2013")()  # what is not compiled yet
    table = []
    for name in names:
        found, row = best(name, options.turns), ROWS[name]
        reached = found.figure >= row.target if name in MORE_IS_BETTER else found.figure <= row.target
        table.append([
            row.about, f"{found.figure:,.2f} {row.unit}", f"{row.target:,g} {row.unit}", "reached" if reached else "",
            f"{found.wall:,.1f}", f"{found.processor:,.1f}",
        ])  # fmt: skip
        print(f"{name}: {found.figure:,.2f} {row.unit}", file=sys.stderr)
    head = ["what", "measured", "target", "", "wall [s]", "processor [s]"]
    print(tabulate(table, head, disable_numparse=True, colalign=("left", *["right"] * 2, "left", *["right"] * 2)))
    print(f"\n{processors()} processors, load {before:.1f} before and {os.getloadavg()[0]:.1f} after.")


if __name__ == "__main__":
    main()
