"""What a study of the baseline takes: time and bytes of a world, memory of parent and workers, cost of a chunk.

    python benchmarks/studies.py                   # 10,000 worlds in two processes
    python benchmarks/studies.py --worlds 500
    python benchmarks/studies.py --worlds 2000 --until 2016
    python benchmarks/studies.py --sensitivity      # two walks through all numbers, two policies beside it
    python benchmarks/studies.py --worlds 500 --cluster tcp://127.0.0.1:8786

Points are drawn evenly (lhs) from the ranges of two numbers, ten replicates of each. The first worlds compile the model
where that was not done; do it before: python run.py run scenarios/baseline.toml --until 2012.
"""

import resource
import sys
from argparse import ArgumentParser, Namespace
from contextlib import nullcontext
from pathlib import Path
from subprocess import DEVNULL, Popen
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Any

from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sim.outputs.studies import write_study  # noqa: E402
from sim.processors import processors  # noqa: E402
from sim.scenario import load  # noqa: E402
from sim.store.plan import PLAN  # noqa: E402
from sim.store.shards import FOLDER  # noqa: E402
from sim.study import sensitivity, sweep  # noqa: E402
from sim.study.cluster import cluster  # noqa: E402
from sim.study.engine import local  # noqa: E402
from sim.study.study import Study, StudyWanted  # noqa: E402

VARY = ["product.margin=0.3:0.6", "kind.academic_lab.count=300:500"]
POLICIES = ["carbon_tax", "compute_permits"]
REPLICATES, MEGABYTE = 10, 1e6


def memory(who: int) -> float:
    """Most memory that this process, or any of its children, has had [MB]."""
    unit = 1.0 if sys.platform == "darwin" else 1024.0
    return resource.getrusage(who).ru_maxrss * unit / MEGABYTE


def first_plan() -> float:
    """Seconds from the start of the command to a plan in its directory."""
    with TemporaryDirectory() as place:
        out = Path(place) / "out"
        line = [sys.executable, ROOT / "run.py", "sweep", ROOT / "scenarios" / "baseline.toml", "--vary", VARY[0],
                "--design", "lhs", "--out", out]  # fmt: skip
        began = perf_counter()
        process = Popen(line, stdout=DEVNULL, stderr=DEVNULL)
        while not (out / PLAN).exists() and process.poll() is None:
            sleep(0.002)
        took = perf_counter() - began
        process.kill()
        process.wait()
    return took


def asked(options: Namespace) -> StudyWanted:
    """The study that is measured."""
    scenario = load(ROOT / "scenarios" / "baseline.toml", until=options.until)
    if options.sensitivity:
        return sensitivity.wanted(scenario, against=POLICIES, samples=2)
    samples = max(1, options.worlds // REPLICATES - 1)
    return sweep.wanted(scenario, VARY, named="lhs", samples=samples, replicates=REPLICATES)


def main() -> None:
    """Simulate and print what it took."""
    parser = ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--worlds", type=int, default=10_000, metavar="N", help="about so many (default: 10,000)")
    parser.add_argument("--workers", type=int, default=2, metavar="W", help="processes (default: 2)")
    parser.add_argument("--cluster", metavar="ADDRESS", help="on the workers of this dask scheduler instead")
    parser.add_argument("--until", type=int, metavar="YEAR", help="last year (default: the baseline's)")
    parser.add_argument(
        "--sensitivity", action="store_true", help="a sensitivity with two policies, in place of a sweep"
    )
    options = parser.parse_args()
    print(f"the plan of a new study stands after {first_plan():.2f} s")
    with TemporaryDirectory() as place:
        began = perf_counter()
        asked(options).write(Path(place), ["benchmark"])
        study = Study(Path(place))
        tasks, planned = len(study.left()), perf_counter() - began
        engine: Any = (
            cluster(options.cluster) if options.cluster else nullcontext((local(options.workers), options.workers))
        )
        began = perf_counter()
        with engine as (made_by, at_once), tqdm(total=study.worlds, unit="world") as bar:

            def progress(chunks: Any, _total: int) -> Any:
                for made in chunks:
                    yield made
                    bar.update(made.worlds)

            study.carry_out(made_by, progress)
        simulated = perf_counter() - began
        size = sum(file.stat().st_size for file in (study.directory / FOLDER).iterdir())
        began = perf_counter()
        write_study(study, simulated)
        written = perf_counter() - began
    print(f"{study.worlds:,} worlds in {tasks:,} chunks on {at_once} workers, {processors()} processors")
    print(f"plan {planned:.1f} s, simulation {simulated:.1f} s, tables and figures {written:.1f} s")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall, busy = (1000 * seconds / study.worlds for seconds in (simulated * at_once, used.ru_utime + used.ru_stime))
    print(f"{wall:.0f} ms of a worker for each world, {busy:.0f} ms of a processor, {size / study.worlds:,.0f} bytes")
    here, there = memory(resource.RUSAGE_SELF), memory(resource.RUSAGE_CHILDREN)
    print(f"most memory: {here:.0f} MB here, {there:.0f} MB in a worker")


if __name__ == "__main__":
    main()
