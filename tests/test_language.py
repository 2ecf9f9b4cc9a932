"""The page on language models says what its tables hold, and what its fit was."""

import numpy as np
import pandas as pd
import pytest

from sim import load
from sim.evidence import language, policies
from sim.policies import registry
from sim.results.certainty import DIRECTED, Sureness, direction, sureness
from tests.test_fitted_baseline import FITTED, of_equal_weight
from tests.worlds import ROOT, SCENARIOS

PAGE = " ".join((ROOT / "docs" / "language.md").read_text(encoding="utf-8").split())
WORLDS = pd.read_csv(ROOT / "docs" / language.FOLDER / language.WORLDS).set_index(["measure", "world", "year"])[
    "median"
]
KNOWN = [
    policies.read(pd.read_csv(ROOT / "docs" / folder / policies.RECORD)) for folder in ("findings", language.FOLDER)
]
PAIRS = [tuple(found[name][id] for found in KNOWN) for name in registry() for id in language.SIDE_BY_SIDE]


def told(change: policies.Effect) -> tuple[Sureness, int]:
    how = sureness(change)
    return how, direction(change) if how in DIRECTED else 0


def test_it_counts_where_both_worlds_get_the_same_word() -> None:
    both = [[told(change) for change in pair] for pair in PAIRS]
    same = sum(one == other for one, other in both)
    assert f"In {same} of {len(both)} cells both worlds get the same word and the same direction." in PAGE
    assert f"In the other {['no', 'one', 'two'][len(both) - same]} one of them leaves the direction open." in PAGE
    assert all(one == other or 0 in (one[1], other[1]) for one, other in both)


def test_it_answers_what_its_worlds_hold() -> None:
    halving = [WORLDS[language.HALVING_COST, world, 2040] for world in (language.PICTURES, language.LANGUAGE)]
    assert 450 < halving[0] / halving[1] < 550, "about a 500th"
    table = pd.read_csv(ROOT / "docs" / language.FOLDER / language.WORLDS)
    last = table[table["year"] == 2040].set_index(["measure", "world"])
    for id in (language.DIVIDE, language.ACADEMIA_SHARE, language.EMISSIONS):
        ends = [(last.low[id, world], last.high[id, world]) for world in (language.PICTURES, language.LANGUAGE)]
        (low, high), (other_low, other_high) = ends
        for middle in (last["median"][id, language.PICTURES], last["median"][id, language.LANGUAGE]):
            assert max(low, other_low) < middle < min(high, other_high)


def test_it_tells_the_fit() -> None:
    points, targets = (pd.read_csv(FITTED / f"language{end}.csv") for end in ("", "_targets"))
    assert (
        f"a chi-square of {points.chi_square.min():.1f} on {len(targets)} targets, of which {targets.inside.sum()} lie"
    ) in PAGE
    assert f"the effective size of its sample is {of_equal_weight(points):.0f};" in PAGE
    back = pd.read_csv(FITTED / "language_recovery.csv")
    held, of = int(back.inside.sum()), int(back.truths.sum())
    assert f"of {of} known numbers {held} came back ({100 * held / of:.0f} %)" in PAGE


def test_it_tells_the_law() -> None:
    worlds = [load(SCENARIOS / f"{name}.toml") for name in ("language_before_fit", "before_fit")]
    halvings = [1 / float(world.law.elasticity(1e20)) for world in worlds]
    language_powers, pictures_powers = halvings
    assert f"takes {2**language_powers:.0f} times the compute, halving errors on pictures" in PAGE
    assert f"halving errors on pictures {round(2**pictures_powers, -2):,.0f} times" in PAGE
    fitted = load(SCENARIOS / "baseline.toml")
    effective = 2.0 ** (1.0 / float(fitted.anchored_law().elasticity(np.asarray(fitted.start_error))))
    assert f"(with the help of algorithms taken out {round(effective, -3):,.0f} times)" in PAGE
    known = worlds[0].law_table
    assert f"{known.known_compute:.3g} FLOP".replace("e+", "e") in PAGE
    assert f"down to {known.known_error:g} nats" in PAGE


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
