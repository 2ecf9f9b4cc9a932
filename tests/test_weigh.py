"""``weigh``: theories are held against each other by fits that differ in nothing else, as these were written."""

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.errors import InputError, Notice
from sim.history.kept import CalibrationWanted
from sim.history.records import Records, read_records
from sim.mechanisms.theories import THEORIES
from sim.outputs.provenance import PROVENANCE, provenance, seal
from sim.outputs.theories import weighed
from sim.scenario import Scenario
from sim.scenario.data import theories
from sim.store.lock import locked
from sim.study import planned
from tests.records import PACKAGED
from tests.saying import Say, refused
from tests.worlds import small

ROW = {"fitted_to": 2015, "first": 2016, "last": 2018, "crps": 0.1, "interval_score": 1.0,
       "interval_score_trend": 1.5, "interval_score_last_value": 2.0}  # fmt: skip
LOST = dict(zip(THEORIES, (1.0, 0.5, 2.0), strict=True))  # log score of each target


def world(theory: str, *settings: str, until: int = 2018, seed: int = 1) -> Scenario:
    return small("before_fit", f"law.theory={theory}", *settings, until=until, seed=seed)


def made(
    directory: Path,
    theory: str,
    scenario: Scenario | None = None,
    records: Records | None = None,
    worlds: int = 600,
    **row: float,
) -> Path:
    """A finished calibration under a theory, of which only plan, scores and record are there."""
    directory.mkdir()
    scenario = scenario or world(theory)
    with locked(directory):
        asked = CalibrationWanted(scenario, records or read_records(PACKAGED), worlds, None)
        asked.write(directory, ["calibrate"])
    rows = [{"target": f"target {i}", **ROW, "log_score": LOST[theory], **row} for i in range(4)]
    pd.DataFrame(rows).to_csv(directory / "scores.csv", index=False)
    sealed(directory, scenario)
    return directory


def sealed(directory: Path, scenario: Scenario) -> None:
    seal(directory, provenance(["calibrate"], 1.0, scenario, [0], interrupted=False))


def every(place: Path, **last: Any) -> list[Path]:
    """A calibration for each theory, the last of them otherwise."""
    *first, other = THEORIES
    return [*(made(place / name, name) for name in first), made(place / other, other, **last)]


def test_weigh_reads_calibrations_and_refuses_what_cannot_be_weighed(say: Say, tmp_path: Path) -> None:
    fits = every(tmp_path)
    answer = say("weigh", *fits, "--table", tmp_path / "weights.csv")
    assert answer.code == 0, answer.err
    assert "Fits by further seeds" in answer.out
    assert " to " not in answer.out.partition("\n\n")[0]
    found = pd.read_csv(tmp_path / "weights.csv")
    assert len(pd.read_csv(tmp_path / "weights_scores.csv")) == 4 * len(THEORIES)
    assert list(found.columns) == list(next(iter(theories().values())))
    assert found["theory"].tolist() == list(THEORIES)
    assert found["weight"].sum() == pytest.approx(1.0)
    assert found["weight"].idxmax() == 1
    assert found["targets"].tolist() == [4] * 3
    assert found["weight_low"].equals(found["weight"])
    assert found["weight_high"].equals(found["weight"])
    last = list(THEORIES)[-1]
    refused(say("weigh", *fits[:2]), "theories are weighed against each other", f"0 fits of {last} by seed 1",
            f"--seed 1 --set law.theory={last}")  # fmt: skip
    refused(say("weigh", *fits, fits[0]), f"2 fits of {next(iter(THEORIES))} by seed 1", "name each directory once")
    for name in ("scores.csv", PROVENANCE):
        for fit in fits:
            (fit / name).rename(fit / "aside")
            refused(say("weigh", *fits), "no scores of forecasts", "go on where it stopped: ")
            (fit / "aside").rename(fit / name)


def test_a_run_is_not_gone_on_with_to_become_a_fit(say: Say, tmp_path: Path) -> None:
    out = tmp_path / "run"
    sim.run(small(until=2012), replicates=1, workers=1).report(out)
    first, second, _ = every(tmp_path)
    said = say("weigh", first, second, out)
    assert said.code == 2
    assert "resume" not in said.err


def test_fits_by_several_seeds_are_one_forecast_of_a_theory(say: Say, tmp_path: Path) -> None:
    """Its density is the mean of theirs, and its ends of weights are those of one seed alone."""
    lost = {1: (1.0, 0.5, 2.0), 2: (1.0, 1.5, 0.0)}
    fits = [
        made(tmp_path / f"{name}-{seed}", name, world(name, seed=seed), log_score=scores[i], crps=0.1 * seed,
             interval_score=(1.0, 2.4)[seed - 1] if i else 1.0)
        for seed, scores in lost.items() for i, name in enumerate(THEORIES)
    ]  # fmt: skip
    found = weighed(fits)[0].set_index("theory")
    means = [-math.log((math.exp(-one) + math.exp(-two)) / 2) for one, two in zip(*lost.values(), strict=True)]
    assert found["log_score"].tolist() == pytest.approx([4 * each for each in means])
    assert found["crps"].tolist() == pytest.approx([0.15] * 3)
    assert found["ahead"].tolist() == [4, 0, 0]  # of 1.7, the mean, a trend of 1.5 is ahead
    alone = [weighed(fits[:3])[0]["weight"], weighed(fits[3:])[0]["weight"]]
    assert found["weight_low"].tolist() == np.minimum(*alone).tolist()
    assert found["weight_high"].tolist() == np.maximum(*alone).tolist()
    assert (found["weight_low"] < found["weight_high"]).all()
    answer = say("weigh", *reversed(fits))
    assert "By 2 fits of each theory" in answer.out
    name = next(iter(THEORIES))
    row = rf"{name} +{found.weight[name]:.2f} +{found.weight_low[name]:.2f} to {found.weight_high[name]:.2f} "
    assert re.search(row, answer.out)
    refused(say("weigh", *fits[:5]), f"0 fits of {list(THEORIES)[-1]} by seed 2", "by each seed")


UNLIKE: dict[str, tuple[Callable[[str], dict[str, Any]], str, str]] = {  # how the last differs; found and allowed
    "--budget": (lambda _: {"worlds": 900}, "0.6", "0.4"),
    "product.margin": (lambda name: {"scenario": world(name, "product.margin=0.31")}, "0.31", "0.5"),
    "time.end": (lambda name: {"scenario": world(name, until=2019)}, "2019", "2018"),
}


@pytest.mark.parametrize("key", UNLIKE)
def test_fits_that_differ_in_more_than_the_theory_are_not_weighed(key: str, say: Say, tmp_path: Path) -> None:
    otherwise, found, allowed = UNLIKE[key]
    fits = every(tmp_path, **otherwise(list(THEORIES)[-1]))
    both = f"  found    {found!r}\n  allowed  {allowed}\n"
    refused(say("weigh", *fits), "fits that differ in nothing else", both, file=fits[-1], key=key)


def test_fits_to_other_records_are_not_weighed(say: Say, tmp_path: Path) -> None:
    text = PACKAGED.read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "fewer.csv").write_text("".join(text[:-1]), encoding="utf-8")
    fits = every(tmp_path, records=read_records(tmp_path / "fewer.csv"))
    refused(say("weigh", *fits), "fits that differ in nothing else", file=fits[-1], key="--records")


def test_numbers_of_a_theory_may_differ(tmp_path: Path) -> None:
    name = list(THEORIES)[-1]
    fits = every(tmp_path, scenario=world(name, "law.small_gain=0.4"))
    assert weighed(fits)[0]["weight"].sum() == pytest.approx(1.0)


def test_fits_of_other_code_are_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *others = THEORIES
    fits = [made(tmp_path / name, name) for name in others]
    monkeypatch.setattr(planned, "simulating_hash", lambda: "f" * 64)
    fits.append(made(tmp_path / first, first))
    with pytest.warns(Notice, match="fits are of other code"):
        weighed(fits)


def test_scores_that_are_not_as_they_were_written_are_refused(say: Say, tmp_path: Path) -> None:
    fits = every(tmp_path)
    scores = fits[0] / "scores.csv"
    scores.write_text(scores.read_text().replace("1.0", "0.1"))
    refused(say("weigh", *fits), "scores are not as they were written", file=scores, key="sha256")


@pytest.mark.parametrize("content", [b"", b"x\xffx", b"target,first,last\n", b"target,fitted_to,first,last,crps\n"])
def test_what_is_no_table_of_scores_is_told_in_one_message(content: bytes, tmp_path: Path) -> None:
    name = next(iter(THEORIES))
    fit = made(tmp_path / name, name)
    (fit / "scores.csv").write_bytes(content)
    sealed(fit, world(name))
    with pytest.raises(InputError, match="no scores of this version"):
        weighed([fit])
