"""The page on language models says what its tables hold, and what its fit was."""

import re

import numpy as np
import pandas as pd
import pytest

from sim import load
from sim.evidence import language, policies, worlds
from sim.policies import registry
from sim.report.words import number
from sim.results.certainty import DIRECTED, Sureness, direction, sureness
from sim.scenario.law import USUAL
from tests.records import judged
from tests.test_fitted_baseline import FITTED, of_equal_weight
from tests.worlds import ROOT, SCENARIOS

PAGE = " ".join((ROOT / "docs" / "language.md").read_text(encoding="utf-8").split())
WORLDS = pd.read_csv(ROOT / "docs" / language.FOLDER / language.WORLDS).set_index(["measure", "world", "year"])[
    "median"
]
KNOWN = [
    policies.read(pd.read_csv(ROOT / "docs" / folder / policies.RECORD)) for folder in ("findings", language.FOLDER)
]
NAMES = [(name, id) for name in registry() if all(name in found for found in KNOWN) for id in language.SIDE_BY_SIDE]
PAIRS = [tuple(found[name][id] for found in KNOWN) for name, id in NAMES]


def told(change: policies.Effect) -> tuple[Sureness, int]:
    how = sureness(change)
    return how, direction(change) if how in DIRECTED else 0


def test_it_counts_where_both_worlds_get_the_same_word() -> None:
    both = [[told(change)[1] for change in pair] for pair in PAIRS]
    directed = [pair for pair in both if any(pair)]
    same = sum(one == other for one, other in directed)
    others = ["no", "one", "two", "three", "four"][len(directed) - same]
    assert (
        f"Of {len(both)} pairs of cells {len(directed)} have a direction in at least one world. "
        f"In {same} of these both have the same; in the other {others} it is open"
    ) in PAGE
    assert all(one * other >= 0 for one, other in both)


def test_a_cell_has_a_word_and_factors() -> None:
    cells = [language.in_factors(id, found[name][id]) for found in KNOWN for name, id in NAMES]
    assert {"no change", "hardly changes"} <= set(cells)
    sized = [re.fullmatch(r"[a-z ]+ (?:× [\d.]+ )?\((?:× )?[\d.,^−]+ to [\d.,^]+\)", cell) for cell in cells]
    assert all(one or cell in ("no change", "hardly changes") for one, cell in zip(sized, cells, strict=True))
    assert sum(map(bool, sized)) > 30


def test_it_answers_what_its_worlds_hold() -> None:
    halving = [WORLDS[language.HALVING_COST, world, 2040] for world in (language.PICTURES, language.LANGUAGE)]
    assert 450 < halving[0] / halving[1] < 550, "about a 500th"
    table = pd.read_csv(ROOT / "docs" / language.FOLDER / language.WORLDS)
    last = table[table["year"] == 2040].set_index(["measure", "world"])
    for id in (language.DIVIDE, language.ACADEMIA_SHARE, language.EMISSIONS):
        ends = np.log(
            [last.loc[(id, world), ["low", "high"]].to_list() for world in (language.PICTURES, language.LANGUAGE)]
        )
        shared = ends[:, 1].min() - ends[:, 0].max()
        assert shared / (ends[:, 1].max() - ends[:, 0].min()) > 0.8, "four fifths"
    at = [number(WORLDS[language.FRONTIER_COST, language.AS_PRINTED, year], "USD") for year in (2024, 2040)]
    assert f"the largest run costs {at[0]} in 2024 and {at[1]} in 2040" in PAGE


def test_it_tells_the_fit() -> None:
    points, targets = (pd.read_csv(FITTED / f"language{end}.csv") for end in ("", "_targets"))
    assert (
        f"a chi-square of {points.chi_square.min():.1f} on {len(targets)} targets, of which {targets.inside.sum()} lie"
    ) in PAGE
    assert f"the effective size of its sample is {of_equal_weight(points):.0f}." in PAGE
    back = pd.read_csv(FITTED / "language_recovery.csv")
    held, of = int(back.inside.sum()), int(back.truths.sum())
    assert f"Of {of} known numbers of made-up worlds {held} ({100 * held / of:.0f} %) lay inside" in PAGE


def test_it_tells_the_law() -> None:
    baseline, own = (load(SCENARIOS / f"{name}.toml") for name in ("baseline", "language_before_fit"))
    progress = baseline.law_table.fitted_progress
    language_law = load(SCENARIOS / "language_before_fit.toml", [f"law.fitted_progress={progress}"])
    elasticity = [
        float(world.anchored_law().elasticity(np.asarray(world.start_error))) for world in (baseline, language_law)
    ]
    times = [2.0 ** (1.0 / one) for one in elasticity]
    assert f"halving the error takes {round(times[0], -3):,.0f} times the compute" in PAGE
    assert f"with as much progress taken out of its law, {times[1]:.0f} times" in PAGE
    assert f"{elasticity[0] / elasticity[1]:.2f} times those before the fit" in PAGE
    known = own.law_table
    assert f"{known.known_compute:.3g} FLOP".replace("e+", "e") in PAGE
    assert f"down to {known.known_error:g} nats" in PAGE


def test_it_tells_how_far_the_best_points_lie_apart() -> None:
    points = [load(SCENARIOS / f"{name}.toml") for name in ("language", "baseline")]
    progress = [world.law_table.fitted_progress for world in points]
    assert f"three times as fast ({progress[0]:.2f} a year beside {progress[1]:.2f})" in PAGE
    assert f"It moves {sum(one.source == 'fitted' for one in points[0].quantities)} numbers." in PAGE
    record = pd.read_csv(ROOT / "docs" / "findings" / worlds.RECORD)
    last = record[(record.measure == language.DIVIDE) & (record.year == 2040)].set_index("scenario").value
    assert f"({last['language']:.0f}× beside {last['baseline']:.0f}×)" in PAGE
    over_draws = [WORLDS[language.DIVIDE, world, 2040] for world in (language.LANGUAGE, language.PICTURES)]
    assert last["language"] < last["baseline"]
    assert over_draws[0] > over_draws[1]


def test_it_tells_how_it_does_on_years_that_it_was_not_fitted_to() -> None:
    own = pd.read_csv(FITTED / "language_scores.csv")
    every = judged()
    usual = every[(every.theory == USUAL) & every.target.isin(own.target)]
    assert len(own) == len(usual) == 20
    score, crps = (f"{own[name].mean():.2f} beside {usual[name].mean():.2f}" for name in ("interval_score", "crps"))
    assert f"a mean interval score of {score} and a mean CRPS of {crps}." in PAGE
    assert f"{own.covered.sum()} of {len(own)} records lie in its bands" in PAGE
    ahead = f"ahead of the better naive forecast on {own.ahead.sum()}, the baseline on {usual.ahead.sum()}."
    assert ahead in PAGE


def test_powers_of_accuracy_are_a_constant_part_of_the_baselines() -> None:
    before, own = (load(SCENARIOS / f"{name}.toml") for name in ("before_fit", "language_before_fit"))
    values = [{one.path: one for one in world.quantities} for world in (before, own)]
    for path in ("product.contest", "finance.venture_contest", "finance.sponsor_contest", "observation.accuracy",
                 "product.growth_exponent"):  # fmt: skip
        usual, scaled = (each[path] for each in values)
        assert scaled.value / usual.value == pytest.approx(0.42, rel=0.06), path
        assert scaled.high is not None
        assert usual.high is not None
        assert scaled.high / usual.high == pytest.approx(0.42, rel=0.15), path
