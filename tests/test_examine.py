"""What looks closer and checks, from Python: the same as by the commands."""

import json
import pickle
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.arguments import OVER_ENSEMBLE
from sim.history.records import read_records
from sim.history.validation import up_to
from sim.measures import EMISSIONS
from tests.saying import Say
from tests.worlds import ROOT, SMALL, small

RECORDS = ROOT / "sim/data/notable_ai_models_to_2021.csv"
BASELINE = ROOT / "scenarios/baseline.toml"


@pytest.fixture(scope="module")
def apart() -> sim.Decomposition:
    return sim.decompose(small(until=2013), replicates=2, measures=[EMISSIONS], workers=1)


def test_a_scenario_is_taken_apart_as_by_the_command(apart: sim.Decomposition, tmp_path: Path, say: Say) -> None:
    asked = [*map(str, SMALL), "--until", "2013", "--replicates", "2", "--measure", EMISSIONS]
    assert not say("decompose", *asked, "--quiet", "--out", tmp_path / "command").code
    apart.report(tmp_path / "python")
    one, other = ((tmp_path / name / "decomposition.csv").read_bytes() for name in ("command", "python"))
    assert one == other
    assert set(apart.table["measure"]) == {EMISSIONS}


def test_what_python_wrote_is_simulated_again(apart: sim.Decomposition, tmp_path: Path) -> None:
    apart.report(tmp_path / "new")
    found = sim.verify(tmp_path / "new")
    assert found.good
    assert found.same == ["decomposition.csv"]
    table = tmp_path / "new" / "decomposition.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("1", "2"), encoding="utf-8")
    assert not sim.verify(tmp_path / "new", workers=1).good


def test_a_decomposition_is_short_to_look_at_and_can_be_sent(apart: sim.Decomposition) -> None:
    assert repr(apart) == "<Decomposition of baseline: 2 replicates of 51 worlds>"
    assert apart.table.size
    pd.testing.assert_frame_equal(pickle.loads(pickle.dumps(apart)).table, apart.table)


def test_a_scenario_is_held_against_records_as_by_the_command(say: Say) -> None:
    asked = [BASELINE, "--records", RECORDS, "--from", 2020, "--to", 2021, "--replicates", 2]
    told = json.loads(say("validate", *asked, "--json", "--quiet").out)["targets"]
    found = sim.validate(BASELINE, RECORDS, 2020, 2021, replicates=2)
    assert len(told) > 5
    assert json.loads(found.to_json(orient="records", double_precision=15)) == [
        {key: pytest.approx(value, rel=1e-12) if isinstance(value, float) else value for key, value in one.items()}
        for one in told
    ]


def test_years_end_with_the_record_and_an_ensemble_is_drawn_often() -> None:
    records, scenario = read_records(RECORDS), sim.load(BASELINE)
    ready = up_to(scenario, records, 2020)
    assert ready.time.end == 2021
    assert ready.run.replicates == OVER_ENSEMBLE > scenario.run.replicates
    assert up_to(scenario, records, 2020, 2020, 3).run.replicates == 3
