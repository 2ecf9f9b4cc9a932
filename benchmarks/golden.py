"""A net under refactorings: one hash for all that a simulation gives, compared to the bit with what it gave before.

    python benchmarks/golden.py write before.json      # on the code as it was
    python benchmarks/golden.py compare before.json    # on the code as it is: what differs, if anything

Covered are all shipped scenarios (so every policy), every mechanism switched off, every rule of allocation and random
worlds under random policies, with few actors over the full horizon: a hash for each field of the step's record and of
the final state, and for each measure. Beside them the directories and the text that commands give: a hash for each
column of a table, for each figure and each page, without date, duration and hash of the code.

Bits hold on one machine with the same versions. A figure's last line, which bears a hash of the code, does not count. A
name that only one side has is listed: of a measure, a table or a file that is a difference, of the state it is not,
since its parts may move.
"""

import csv
import json
import re
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.image import imread
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sim.economy.start import begin  # noqa: E402
from sim.economy.state import World  # noqa: E402
from sim.economy.step import advance  # noqa: E402
from sim.experiment.path import simulate  # noqa: E402
from sim.measures import registry  # noqa: E402
from sim.report.style import BELOW, DPI  # noqa: E402
from sim.scenario import Scenario, load  # noqa: E402
from sim.scenario.schema import Mechanisms  # noqa: E402
from sim.store.plan import PLAN  # noqa: E402
from sim.store.shards import FOLDER  # noqa: E402
from tests.random_worlds import varied  # noqa: E402
from tests.worlds import state  # noqa: E402

SHIPPED = sorted(file for file in (ROOT / "scenarios").glob("*.toml") if file.stem != "sources")
FEW = ("kind.corporation.count=8", "kind.startup.count=24", "kind.academic_lab.count=40")
RANDOM = 12  # worlds
SMALL = [word for count in FEW for word in ("--set", count)]
BASELINE, TAX, PUBLIC = (f"scenarios/{name}.toml" for name in ("baseline", "carbon_tax", "public_compute"))
DIRECTORIES = {
    "run": ["run", BASELINE, "--replicates", "3", "--every-step", *SMALL],
    "run-policy": ["run", "scenarios/cap_and_trade_given.toml", "--replicates", "2", *SMALL],
    "compare": ["compare", BASELINE, TAX, PUBLIC, "--replicates", "4", *SMALL],
    "compare-laws": ["compare", BASELINE, PUBLIC, "--replicates", "3", "--across-laws", "--until", "2020", *SMALL],
    "decompose": ["decompose", BASELINE, "--replicates", "2", "--until", "2020", *SMALL],
}
TEXTS = {
    "laws": ["laws"],
    "laws-compare": ["laws", "--compare", BASELINE, "--until", "2018", "--replicates", "2", *SMALL],
    "policies": ["policies"],
    "policy": ["policies", "--doc", "carbon_tax"],
    "measures": ["measures"],
    "scenarios": ["scenarios"],
    "explain": ["explain", BASELINE],
    "diff": ["diff", BASELINE, TAX],
    "check": ["check", BASELINE, TAX],
    "thompson": ["reproduce", "thompson"],
}
VARYING = re.compile(
    r'data:image/png;base64,[^"]*|\b[0-9a-f]{10}, (?=on every figure|seed )|\b[0-9a-f]{64}\b|'
    r'\d{4}-\d\d-\d\d(T[\d:]+\+00:00)?|"seconds": [\d.]+|\b\d+\.\d s\b|outputs/\S+'
)
NOT_STATE = ("scenario", "law", "policies", "groups", "draws", "traits")  # what a scenario and a seed give
MOST_SHOWN = 8  # names of what differs in one run
RENAMED = {"products": "market", "frontier": "past"}  # parts of the state that got another name, new to old


def worlds() -> Iterator[tuple[str, Scenario]]:
    """Every world that is simulated, by name."""
    for file in SHIPPED:
        yield file.stem, load(file, FEW)
    for mechanism in fields(Mechanisms):
        usual = load(SHIPPED[0], FEW).mechanisms
        changed = str(not getattr(usual, mechanism.name)).lower()
        yield (
            f"baseline, {mechanism.name} {changed}",
            load(SHIPPED[0], [*FEW, f"mechanisms.{mechanism.name}={changed}"]),
        )
    for rule in ("contracts", "queue"):
        yield f"baseline, {rule}", load(SHIPPED[0], [*FEW, f'market.allocation="{rule}"'])
    for case in range(RANDOM):
        yield f"random {case}", varied(np.random.default_rng(1000 + case))


def digest(*things: Any) -> str:
    """A short hash of numbers, arrays, texts and records of them; names of records and of their types do not count."""
    hashed = sha256()

    def add(thing: Any) -> None:
        if isinstance(thing, np.ndarray):
            hashed.update(f"{thing.dtype.str}{thing.shape}".encode() + np.ascontiguousarray(thing).tobytes())
        elif isinstance(thing, float):
            hashed.update(float(thing).hex().encode())
        elif isinstance(thing, Mapping):
            for key in sorted(thing, key=repr):
                hashed.update(repr(key).encode())
                add(thing[key])
        elif isinstance(thing, list | tuple):
            hashed.update(b"[")
            for each in thing:
                add(each)
            hashed.update(b"]")
        elif is_dataclass(thing):
            for field in fields(thing):
                add(getattr(thing, field.name))
        else:
            hashed.update(repr(thing).encode())

    for thing in things:
        add(thing)
    return hashed.hexdigest()[:16]


def remembered(world: World) -> dict[str, Any]:
    """What a world holds, by name; what stems from scenario and seed alone is left out."""
    fixed = {**vars(world.fixed), **vars(world.fixed.traits)}
    kept = {name: value for name, value in fixed.items() if name not in NOT_STATE}
    return {RENAMED.get(name, name): value for name, value in {**state(world), **kept}.items()}


def simulated(scenario: Scenario) -> dict[str, str]:
    """Hashes of one world: fields of all steps, of the last state, and measures by year."""
    world, steps = begin(scenario, scenario.run.seed, 1), []
    for _ in range(scenario.steps):
        world, step = advance(world)
        steps.append(step)
    found = {f"step {f.name}": digest([getattr(step, f.name) for step in steps]) for f in fields(steps[0])}
    found |= {f"state {name}": digest(value) for name, value in remembered(world).items()}
    replicate = simulate(scenario, 0)
    measures = registry(scenario.region_ids, scenario.kind_ids)
    found |= {f"measure {id}": digest(replicate.yearly[:, i]) for i, id in enumerate(measures)}
    return found | {
        "actors": digest(*(pd.DataFrame(table).to_csv() for table in replicate.actors)),
        "flows": digest(replicate.flows),
    }


def directory(arguments: list[str], out: Path) -> dict[str, str]:
    """Hashes of what a command writes to ``out`` and prints: columns of tables, and all other files but the plan and
    the shards, which go by the hash of the code."""
    shutil.rmtree(out, ignore_errors=True)
    found = {"text": digest(said([*arguments, "--out", str(out)]))}
    for file in sorted(path for path in out.rglob("*") if path.is_file()):
        name = file.relative_to(out).as_posix()
        if _by_code(name):
            continue
        if file.suffix == ".csv":
            rows = list(csv.reader(file.open(encoding="utf-8", newline="")))
            columns = zip(*rows, strict=True) if rows else ()
            found |= {f"{name} {column[0]}": digest(column) for column in columns}
        elif file.suffix == ".png":
            found[name] = digest(imread(file)[: -round(BELOW * DPI)])
        elif file.name != "provenance.json":
            found[name] = digest(VARYING.sub("", file.read_text(encoding="utf-8")))
        else:
            files = json.loads(file.read_text(encoding="utf-8"))["files"]
            found[name] = digest(sorted(one for one in files if not _by_code(one)))
    return found


def _by_code(name: str) -> bool:
    """Whether a file's name or content goes by the hash of the code."""
    return name == PLAN or name.startswith(f"{FOLDER}/")


def said(arguments: list[str]) -> str:
    """What a command prints, without what varies."""
    command = [sys.executable, "run.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)}: exit {done.returncode}\n{done.stderr}")
    return VARYING.sub("", done.stdout)


def everything(out: Path, only: str) -> dict[str, dict[str, str]]:
    """All hashes by world, directory or text, and name; those whose name holds ``only``."""
    tasks: list[tuple[str, Any]] = [(name, lambda s=scenario: simulated(s)) for name, scenario in worlds()]
    tasks += [(f"directory {name}", lambda a=args, n=name: directory(a, out / n)) for name, args in DIRECTORIES.items()]
    tasks += [(f"text {name}", lambda a=args: {"text": digest(said(a))}) for name, args in TEXTS.items()]
    return {name: task() for name, task in tqdm(tasks, file=sys.stderr) if only in name}


def main() -> int:
    """Read the command line."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=("write", "compare"))
    parser.add_argument("file", type=Path, help="where the hashes are kept (JSON)")
    parser.add_argument("--out", type=Path, default=ROOT / "outputs" / "golden", help="where commands write, emptied")
    parser.add_argument("--only", default="", metavar="TEXT", help="only what has this in its name, e.g. directory")
    options = parser.parse_args()
    before = json.loads(options.file.read_text()) if options.action == "compare" else {}
    found = everything(options.out.resolve(), options.only)
    count = sum(map(len, found.values()))
    if options.action == "write":
        options.file.write_text(json.dumps(found, indent=1) + "\n")
        print(f"{count} hashes of {len(found)} runs written to {options.file}")
        return 0
    return compared({name: hashes for name, hashes in before.items() if options.only in name}, found, count)


def compared(before: dict[str, dict[str, str]], found: dict[str, dict[str, str]], count: int) -> int:
    """Say what differs; 1 if anything does."""
    differ, moved = 0, set()
    for name in sorted({*before, *found}):
        old, new = before.get(name, {}), found.get(name, {})
        here = []
        for what in sorted({*old, *new}):
            if what in old and what in new:
                here += [what] * (old[what] != new[what])
            elif what.startswith("state "):
                moved.add(f"{what.removeprefix('state ')} ({'gone' if what in old else 'new'})")
            else:
                here.append(f"{what} ({'gone' if what in old else 'new'})")
        differ += len(here)
        if here:
            shown = ", ".join(here[:MOST_SHOWN]) + (", ..." if len(here) > MOST_SHOWN else "")
            print(f"{name}: {len(here)} of {len(new)} differ: {shown}")
    print(f"parts of the state on one side alone: {', '.join(sorted(moved)) or 'none'}")
    print(f"{count} hashes of {len(found)} runs: {f'{differ} differ' if differ else 'all equal'}")
    return int(bool(differ))


if __name__ == "__main__":
    sys.exit(main())
