"""What the page hands over for download: scenarios, data, and the report that ``compare`` writes."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

from sim.app.ensemble import PairedWorlds
from sim.errors import InputError
from sim.results.statistics import ranges
from sim.scenario import Scenario
from sim.scenario.writing import resolved_toml

NO_FILE = "The file could not be written: "
COMMAND = """
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(1)), daemon=True).start()
if hasattr(os, "nice"):
    os.nice(15)  # what the page answers comes first
from sim.cli import main
raise SystemExit(main())
"""  # which ends with the page, however that ends: the pipe that nothing is written to breaks
KINDS = ("report", "data", "scenario", "baseline")


def data(worlds: PairedWorlds) -> str:
    """Every measure by year in both worlds, as CSV: where the page has it, and the middle nine tenths of the pairs."""
    import pandas as pd  # the page is there sooner without

    from sim.store.table import csv_parts

    rows = []
    worlds.changes(list(worlds.measures))  # of all at once, which is quicker
    for id in worlds.measures:
        for world, name in enumerate((worlds.baseline.name, worlds.policy.name)):
            _, *ends = ranges(worlds.values(id, world)).tolist()
            of_years = zip(worlds.years, worlds.middles(id)[world], *ends, strict=True)
            rows += [(name, year, id, worlds.unit(id), *one, len(worlds.found)) for year, *one in of_years]
    columns = ["scenario", "year", "measure", "unit", "median", "low", "high", "pairs"]
    return b"".join(csv_parts(pd.DataFrame(rows, columns=columns))).decode()


def checked(what: str, pair: tuple[Scenario, Scenario], found: PairedWorlds | None) -> None:
    """Raises InputError where a file cannot be handed over: an unknown one, or data of what was set before."""
    if what not in KINDS:
        raise InputError("nothing to hand over", found=what, allowed=", ".join(KINDS), fix="choose one of them")
    baseline, policy = pair
    there = found is not None and found.drawn and found.baseline.is_same(baseline) and found.policy.is_same(policy)
    if what == "data" and not there:
        fix = "wait until the page says that it is up to date"
        raise InputError("the pairs of worlds are still being simulated", fix=fix)


def file_of(what: str, pair: tuple[Scenario, Scenario], found: PairedWorlds | None) -> dict[str, Any]:
    """A file for download: a scenario, or the data of the pairs of worlds of what is set. Raises InputError."""
    checked(what, pair, found)
    if what == "data" and found is not None:
        return {"name": f"{pair[1].name}-pairs.csv", "text": data(found)}
    scenario = pair[what == "scenario"]
    return {"name": f"{scenario.name}.toml", "text": resolved_toml(scenario)}


class Reporter:
    """Writes one report at a time for one tab: ``compare`` on the two scenarios in a process of its own, so that it is
    what the command line gives, and nothing of the page waits for it."""

    def __init__(self) -> None:
        self.lock, self.closed = Lock(), False
        self.process: subprocess.Popen[str] | None = None

    def write(self, pair: tuple[Scenario, Scenario], replicates: int) -> str:
        """The report as HTML. Raises RuntimeError with what the command said, and when the tab is closed meanwhile."""
        with TemporaryDirectory() as place:
            files = [Path(place, f"{name}.toml") for name in ("baseline", "policy")]
            for file, scenario in zip(files, pair, strict=True):
                file.write_text(resolved_toml(scenario), encoding="utf-8")
            out = Path(place, "report")
            self._carry_out([*map(str, files), "--replicates", str(replicates), "--workers", "1", "--quiet",
                             "--out", str(out)])  # fmt: skip
            return (out / "report.html").read_text(encoding="utf-8")

    def _carry_out(self, arguments: list[str]) -> None:
        with self.lock:
            if self.closed:
                raise RuntimeError("the tab is closed")
            self.process = subprocess.Popen(
                [sys.executable, "-c", COMMAND, "compare", *arguments], stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, stdin=subprocess.PIPE, cwd=Path(arguments[0]).parent,
            )  # fmt: skip
        with self.process as process:
            assert process.stdout is not None
            said = process.stdout.read()
        if process.returncode:
            raise RuntimeError(said.strip()[-300:] or f"exit code {process.returncode}")

    def close(self) -> None:
        """End what is being written."""
        with self.lock:
            self.closed = True
            if self.process is not None and self.process.poll() is None:
                self.process.kill()
