"""A forecast's directory: the scenario in full, the table, a page, and a record that tells whether all is as frozen."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pandas as pd

from sim.codehash import code_hash
from sim.errors import InputError
from sim.history.foretold import COLUMNS
from sim.outputs.intact import read_table, refuse_links
from sim.outputs.provenance import PROVENANCE, provenance, seal, unsealed
from sim.owncode import changed, declared_by
from sim.report.forecast import page
from sim.scenario import Scenario, load
from sim.scenario.writing import resolved_toml
from sim.store.place import clear_errors, save_table, save_text

SCENARIO, TABLE, PAGE = "scenario.toml", "forecast.csv", "forecast.md"


@dataclass(frozen=True)
class Frozen:
    """A forecast as it was made."""

    scenario: Scenario
    table: pd.DataFrame
    made: str  # time in UTC
    same_code: bool  # whether the code that made it is the code that reads it


def write_forecast(scenario: Scenario, table: pd.DataFrame, out: Path, command: list[str], seconds: float) -> None:
    """Write a forecast's directory. Raises InputError when there is no room."""
    with clear_errors(out):
        written = resolved_toml(scenario)
        save_text(out / SCENARIO, written)
        save_table(out / TABLE, table)
        replicates = list(range(scenario.run.replicates))
        record = provenance(command, seconds, scenario, replicates, interrupted=False)
        save_text(out / PAGE, page(scenario, table, record.made, record.fingerprint(written)))
        seal(out, record)


def read_forecast(out: Path) -> Frozen:
    """A forecast that is as it was frozen. Raises InputError where a file of it is missing or was changed."""
    allowed, fix = "a directory that `forecast` wrote, whole", "restore it: what was changed later is no forecast"
    if not (out / TABLE).is_file():
        raise InputError("no such forecast", file=out, allowed=allowed, fix="name a directory that `forecast` wrote")
    refuse_links(out, (SCENARIO, TABLE, PAGE, PROVENANCE))
    if not (out / PROVENANCE).is_file():
        raise InputError(f"the forecast lacks {PROVENANCE}", file=out, allowed=allowed, fix=fix)
    record, hashes = unsealed(out / PROVENANCE)
    for name in (SCENARIO, TABLE, PAGE):
        file = out / name
        if not file.is_file() or sha256(file.read_bytes()).hexdigest() != hashes.get(name):
            raise InputError(f"{name} is not as it was frozen", file=file, allowed=allowed, fix=fix)
    with declared_by(record.own, out):
        scenario = load(out / SCENARIO)
    same = record.code == code_hash() and not changed(record.own)
    return Frozen(scenario, read_table(out / TABLE, COLUMNS), record.made, same)
