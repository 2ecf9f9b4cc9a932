"""A calibration's directory: ensemble, fitted scenario, tables, picture and report, each whole or not at all."""

import os
from pathlib import Path

from sim.history.calibration import Calibration
from sim.report.calibration.figure import records_png
from sim.report.calibration.tables import ensemble, parameters, report, scenario_toml, targets
from sim.store.place import clear_errors, save_bytes, save_table, save_text

SCENARIO, REPORT = "scenario.toml", "report.md"


def write_calibration(found: Calibration, out: Path, scenario: Path) -> None:
    """Write a calibration's directory. The same calibration gives the same bytes.

    Raises InputError when there is no room; what was written until then is whole.
    """
    try:
        extends = os.path.relpath(scenario.resolve(), out.resolve())
    except ValueError:  # another drive
        extends = str(scenario.resolve())
    with clear_errors(out):
        save_table(out / "ensemble.csv", ensemble(found))
        save_table(out / "targets.csv", targets(found))
        save_table(out / "parameters.csv", parameters(found))
        save_text(out / SCENARIO, scenario_toml(found, Path(extends).as_posix()))
        save_bytes(out / "records.png", records_png(found))
        save_text(out / REPORT, report(found))
