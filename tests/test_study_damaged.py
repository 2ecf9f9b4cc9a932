"""A plan or a shard of a study that is not as it was written is named, and nothing is gone on with."""

import json
import os
from pathlib import Path

import pytest

from sim.cli import main
from sim.errors import InputError
from sim.store import plan
from sim.store.arrays import as_archive, in_archive
from sim.store.plan import PLAN, first_plan, write_plan
from sim.store.shards import ENDING, FOLDER, as_shard, as_table
from sim.study.engine import local
from tests.studies import planned
from tests.worlds import BASELINE, SMALL


@pytest.mark.parametrize("whole", [False, True])
def test_a_plan_that_was_changed_by_hand_is_refused(
    whole: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever entry is gone or another: what it would lead to is not what was asked for."""
    if whole:
        planned(tmp_path)
    else:
        write_plan(tmp_path, first_plan(["sweep", str(BASELINE), "--vary", "product.margin=0.4"], [BASELINE]))
    kept = json.loads((tmp_path / PLAN).read_text())
    assert len(kept) > 4
    for key in kept:
        for changed in ({**kept, key: 7}, {name: value for name, value in kept.items() if name != key}):
            (tmp_path / PLAN).write_text(json.dumps(changed))
            assert main(["resume", str(tmp_path)]) == 2, key
            said = capsys.readouterr().err
            assert "the plan cannot be read" in said, key
            assert str(tmp_path / PLAN) in said
            assert (tmp_path / PLAN).read_text() == json.dumps(changed)
    (tmp_path / PLAN).write_text(json.dumps(kept))
    assert plan.read_plan(tmp_path) == {name: value for name, value in kept.items() if name != plan.SEAL}


def test_a_first_plan_whose_place_is_gone_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gone, out = tmp_path / "gone", tmp_path / "out"
    gone.mkdir()
    out.mkdir()
    here = Path.cwd()
    os.chdir(gone)
    try:
        write_plan(out, first_plan(["run", str(BASELINE)], [BASELINE]))
    finally:
        os.chdir(here)
    gone.rmdir()
    assert main(["resume", str(out)]) == 2
    said = capsys.readouterr().err
    assert "the directory in which this was started is gone" in said
    assert str(gone) in said
    assert Path.cwd() == here


def test_a_shard_that_is_damaged_within_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its ends are whole, so that only reading it tells; removed, it is made anew."""
    study = planned(tmp_path, replicates=2)
    study.carry_out(local(1))
    file = tmp_path / FOLDER / sorted(study.job.names)[1]
    good = file.read_bytes()
    footer = int.from_bytes(good[-8:-4], "little") + 8
    for bad in (
        good[:-footer] + bytes(footer - 8) + good[-8:],
        good[:4] + bytes(len(good) - 4 - footer) + good[-footer:],
    ):
        file.write_bytes(bad)
        assert study.left() == []
        assert main(["resume", str(tmp_path)]) == 2
        said = capsys.readouterr().err
        assert "a shard is damaged" in said
        assert str(file) in said
        assert f"remove it, then: python run.py resume {tmp_path}" in said
        with pytest.raises(InputError, match="a shard is damaged"):
            study.query("select avg(emissions_total) from worlds")
    file.unlink()
    study.carry_out(local(1))
    assert file.read_bytes() == good


@pytest.mark.parametrize("asked", [["sweep", *SMALL, "--vary", "product.margin=0.3,0.4"], ["run", *SMALL]])
def test_nothing_is_added_to_a_shard_that_its_record_does_not_know(
    asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It can be read: only its hash tells, which a new record would give anew."""
    out, on = tmp_path / "out", ["--workers", "1", "--quiet"]
    assert main([*map(str, asked), *on, "--out", str(out)]) == 0
    file = min((out / FOLDER).iterdir())
    good = file.read_bytes()
    if file.suffix == ENDING:
        rows = as_table(good)
        bad = as_shard({name: rows[name].to_numpy() for name in rows} | {"emissions_total": -rows["emissions_total"]})
    else:
        bad = as_archive({name: -array if name == "yearly" else array for name, array in in_archive(good).items()})
    file.write_bytes(bad)
    assert bad != good
    more = ["resume", str(out), "--replicates", "4", *on]
    assert main(more) == 2
    said = capsys.readouterr().err
    assert "a shard is damaged: its sha256 is not that in provenance.json" in said
    assert f"remove it, then: python run.py resume {out}" in said
    assert (out / "provenance.json").is_file()
    file.unlink()
    assert main(["resume", str(out), *on]) == 0
    assert file.read_bytes() == good
    assert main(more) == 0


def test_a_query_before_anything_is_finished_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the query failed") as caught:
        planned(tmp_path).query("select * from worlds")
    assert "no world is finished yet" in str(caught.value)
