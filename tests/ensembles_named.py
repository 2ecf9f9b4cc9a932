"""A small scenario that names an ensemble, for tests."""

from pathlib import Path

from tests.worlds import SCENARIOS

POINTS = [(8e5, 7.5), (2e6, 6.5), (5e6, 5.0)]
TABLE = """weight,chi_square,product.size [USD/yr],product.growth_exponent [1],observation.accuracy [1]
0.75,1.5,800000.0,7.5,5
0.25,2.5,2000000.0,6.5,9
0,99,5000000.0,5.0,1
"""
HEAD = """schema = 1
extends = "{baseline}"
title = "Fitted"
question = "What do records say?"

[ensemble]
{entry}
"""


def named(folder: Path, table: str = TABLE, entry: str = 'file = "fitted.csv"') -> Path:
    """The baseline with an ensemble of three points, one of them without weight, in a folder."""
    folder.mkdir(exist_ok=True)
    (folder / "fitted.csv").write_text(table, encoding="utf-8")
    file = folder / "fitted.toml"
    baseline = (SCENARIOS / "baseline.toml").as_posix()
    file.write_text(HEAD.format(baseline=baseline, entry=entry), encoding="utf-8")
    return file
