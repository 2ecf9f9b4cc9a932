"""A calibration's directory: ensemble, fitted scenario, tables, picture and report, each whole or not at all."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.history.calibration import Calibration
from sim.history.kept import Calibrated
from sim.history.origins import Rolling
from sim.history.profile import Profiles, profiles
from sim.history.recovery import Recovery, recovery
from sim.outputs.provenance import as_command, provenance, seal
from sim.report.calibration.figure import profiles_png, records_png
from sim.report.calibration.rolling import rolling_report, rolling_table
from sim.report.calibration.rolling import verdict as rolling_verdict
from sim.report.calibration.tables import (
    ensemble,
    known_numbers,
    parameters,
    profile,
    recovered,
    report,
    scenario_toml,
    targets,
    verdict,
)
from sim.shippedfiles import extended_from
from sim.store.place import clear_errors, save_bytes, save_table, save_text
from sim.study.planned import Planned

if TYPE_CHECKING:
    import pandas as pd

SCENARIO, ENSEMBLE, REPORT = "scenario.toml", "ensemble.csv", "report.md"


def write_calibrated(planned: Planned, seconds: float) -> tuple[Any, list[str]]:
    """Write what a finished plan amounts to, the record last; what was found, and what it comes to in sentences."""
    assert isinstance(planned, Calibrated)
    found, out, scenario = planned.found(), planned.directory, planned.scenario
    if isinstance(found, Rolling):
        write_rolling(found, out)
        said = rolling_verdict(found)
    else:
        said = write_calibration(found, out, scenario.file)
    record = provenance(as_command(planned.plan["command"]), seconds, scenario, [0], interrupted=False)
    with clear_errors(out):
        seal(out, record)
    return found, said


def table(found: Calibration | Rolling) -> "pd.DataFrame":
    """The ensemble of a calibration, or the scores of those from each origin."""
    return rolling_table(found) if isinstance(found, Rolling) else ensemble(found)


def tables_of(found: Calibration | Rolling) -> "dict[str, pd.DataFrame]":
    """Every table of a calibration, or of those from each origin, by file name."""
    if isinstance(found, Calibration):
        return _tables(found, profiles(found), recovery(found))
    by_origin = {one.calibration.evidence.last: one.calibration for one in found.origins}
    return {
        "scores.csv": rolling_table(found),
        **{f"ensemble-{last}.csv": ensemble(one) for last, one in by_origin.items()},
        **{f"targets-{last}.csv": targets(one) for last, one in by_origin.items()},
    }


def _tables(found: Calibration, held: Profiles, back: Recovery) -> "dict[str, pd.DataFrame]":
    return {
        ENSEMBLE: ensemble(found),
        "targets.csv": targets(found),
        "parameters.csv": parameters(found, held),
        "profiles.csv": profile(found, held),
        "recovery.csv": known_numbers(found, back),
    }


def write_calibration(found: Calibration, out: Path, scenario: Path) -> list[str]:
    """Write a calibration's directory; what it comes to, in sentences. The same calibration gives the same bytes.

    Raises InputError when there is no room; what was written until then is whole.
    """
    held, back = profiles(found), recovery(found)
    with clear_errors(out):
        for name, each in _tables(found, held, back).items():
            save_table(out / name, each)
        save_text(out / SCENARIO, scenario_toml(found, held, extended_from(out, scenario), ENSEMBLE))
        save_bytes(out / "records.png", records_png(found))
        save_bytes(out / "profiles.png", profiles_png(found, held))
        save_text(out / REPORT, report(found, held, back))
    return [*found.fitted.used_twice(), *verdict(found), recovered(back)]


def write_rolling(found: Rolling, out: Path) -> None:
    """Write the directory of a calibration from each origin. Raises InputError when there is no room."""
    with clear_errors(out):
        for name, each in tables_of(found).items():
            save_table(out / name, each)
        save_text(out / REPORT, rolling_report(found))
