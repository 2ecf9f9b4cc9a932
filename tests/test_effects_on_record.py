"""Shocks on record: scenarios differ by the shock alone, verdicts follow the numbers, the table is of this version."""

import csv
from datetime import date
from math import log10

import numpy as np
import pandas as pd
import pytest

from sim.evidence.effects import (
    FOLDER,
    LARGE,
    MET,
    OTHER_WAY,
    RECORD,
    SMALL,
    UNSEEN,
    Span,
    effects,
    in_words,
    shocks,
    told,
    verdict,
)
from sim.scenario import load
from tests.records import PACKAGED
from tests.worlds import BASELINE, ROOT, SCENARIOS

PLACE = ROOT / "docs" / "effects"
LAST = 2021
ANEW = "run: make numbers"


@pytest.mark.parametrize(
    ("said", "record", "word"),
    [
        (Span(0.3, 0.1, 0.5), 0.4, MET),
        (Span(0.3, 0.1, 0.35), 0.4, SMALL),
        (Span(0.6, 0.5, 0.7), 0.4, LARGE),
        (Span(-0.3, -0.5, -0.1), -0.6, SMALL),
        (Span(-0.3, -0.5, 0.1), 0.4, OTHER_WAY),
        (Span(0.0, 0.0, 0.06), 0.2, UNSEEN),
        (Span(0.0, 0.0, 0.06), 0.0, MET),
    ],
)
def test_a_verdict_follows_sign_and_size(said: Span, record: float, word: str) -> None:
    assert verdict(said, Span(record, record, record)) == word


def test_a_change_is_told_with_its_range() -> None:
    assert told(Span(0.27, 0.0, 0.336)) == "+27 % (0 to +34)"
    assert told(Span(-0.75, -0.75, -0.75)) == "−75 %"


def test_there_are_a_shortage_a_price_and_a_programme_each_with_a_record() -> None:
    files = {file.stem for file in (SCENARIOS / FOLDER).glob("*.toml")}
    assert files == {shock.scenario for shock in shocks()}
    assert len(files) >= 3
    for shock in shocks():
        assert shock.year <= LAST
        for span in (shock.predicted, shock.record):
            assert span.low <= span.middle <= span.high
        assert shock.source
        assert shock.mark in ("secondary", "computed", "read", "remembered")


def test_a_scenario_differs_from_the_baseline_by_its_shock_alone() -> None:
    def entries(scenario_file: object) -> dict[str, object]:
        return {one.path: one for one in load(scenario_file).quantities}  # type: ignore[arg-type]

    before = entries(BASELINE)
    moved = {}
    for shock in shocks():
        now = entries(SCENARIOS / FOLDER / f"{shock.scenario}.toml")
        moved[shock.scenario] = {path.split(".")[0] for path, one in now.items() if one != before.get(path)}
    assert moved == {
        "mining_2017": {"market"}, "shortage_2021": {"market"}, "cloud_price_2014": {"compute"},
        "research_cloud_2018": {"policy"},
    }  # fmt: skip


@pytest.mark.parametrize(("name", "years", "left"), [("mining_2017", (2017, 2018), 0.92),
                                                     ("shortage_2021", (2021, 2022), 0.75)])  # fmt: skip
def test_supply_is_the_baselines_but_in_the_years_of_the_shock(name: str, years: tuple[int, ...], left: float) -> None:
    usual, short = (load(file).market.capacity for file in (BASELINE, SCENARIOS / FOLDER / f"{name}.toml"))
    for year in range(2012, 2027):
        expected = left if year in years else 1.0
        assert short.along(year) / usual.along(year) == pytest.approx(expected, rel=2e-3), year


def test_the_price_is_lower_by_what_was_cut() -> None:
    usual, cut = (load(file).compute.flop_per_usd for file in (BASELINE, SCENARIOS / FOLDER / "cloud_price_2014.toml"))
    assert usual / cut == pytest.approx(0.070 / 0.113, rel=5e-3)


def test_what_labs_are_given_is_what_the_accelerators_do() -> None:
    world = load(SCENARIOS / FOLDER / "research_cloud_2018.toml")
    (given,) = world.policies
    per_usd = world.compute.flop_per_usd * 2 ** ((2018 - world.compute.price_year) / world.compute.price_halving)
    flop = 1000 * 180e12 * 0.3 * 365.25 * 24 * 3600
    assert given.budget * per_usd == pytest.approx(flop, rel=0.01)  # type: ignore[attr-defined]


def test_the_computed_record_is_that_of_the_packaged_file() -> None:
    """Labs' models of 2018 to 2021 on a cloud's accelerators, over the geometric mean of the others."""
    given, others = [], []
    with PACKAGED.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            sectors = {part.strip() for part in row["Organization categorization"].split(",")}
            known = row["Training compute (FLOP)"] and row["Training hardware"] and not row["Base model"]
            late = 2018 <= date.fromisoformat(row["Publication date"]).year <= LAST
            if "Academia" in sectors and "Industry" not in sectors and known and late:
                flop = log10(float(row["Training compute (FLOP)"]))
                (given if "TPU" in row["Training hardware"] else others).append(flop)
    assert (len(given), len(others)) == (1, 11)
    (shock,) = (one for one in shocks() if one.mark == "computed")
    assert 1 / 10 ** (np.mean(given) - np.mean(others)) - 1 == pytest.approx(shock.record.middle, abs=0.01)


def test_every_shock_has_a_row_and_a_forecast_that_was_made_before() -> None:
    head, rows = in_words(pd.read_csv(PLACE / RECORD))
    assert [row[0] for row in rows] == [shock.scenario for shock in shocks()]
    assert {len(row) for row in rows} == {len(head)}


@pytest.mark.slow
def test_effects_are_made_by_a_command() -> None:
    made = effects(pairs=6)
    assert set(made.files) == {RECORD, "check.json"}
    assert all(shock.scenario[:6] in made.printed for shock in shocks())
