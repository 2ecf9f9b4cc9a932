"""What the page answers: the command line's own members, sentences and cards from the wide interval alone."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.app import parts
from sim.app.answer import answer
from sim.app.evidence import LAST
from sim.app.sentence import BEYOND, NONE_ON, spoken
from sim.experiment.compare import compare
from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR
from sim.measures.access import ACADEMIA_SHARE
from sim.measures.carbon import ENERGY
from sim.measures.economy import OUTLAY, REVENUE
from sim.report import everyday
from sim.scenario import load
from tests.ensembles import ensemble, of, with_values
from tests.ensembles_named import named
from tests.pairs import BASELINE, FEW, YEARLY, Setup
from tests.worlds import SCENARIOS

LAG = "months_behind_median_lab"


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["carbon_tax", "public_compute", "equal_start"])
def test_members_are_those_of_a_comparison_to_the_last_bit(policy: str) -> None:
    scenarios = Setup(BASELINE, SCENARIOS / f"{policy}.toml", 3, settings=YEARLY, until=2029).scenarios()
    pairs = compare(scenarios, replicates=3, workers=1).pairs
    for wide in (False, True):
        for one, pair in zip(of(*scenarios, 3, wide=wide).found, pairs, strict=True):
            for world, replicate in enumerate(pair.wide if wide else pair.luck):
                assert np.array_equal(one.values[world], replicate.yearly, equal_nan=True)
                assert np.array_equal(one.bounds[world], replicate.flags)


def test_a_fitted_number_without_a_range_is_drawn_for_both_worlds(tmp_path: Path) -> None:
    """A point of an ensemble is drawn as a whole, also where the scenario says no range for a number of it."""
    file = named(tmp_path)
    bare = '\n[product]\nsize = { value = 1e6, unit = "USD/yr", basis = "assumed", note = "fitted" }\n'
    file.write_text(file.read_text(encoding="utf-8") + bare, encoding="utf-8")
    taxed = ("policy.carbon_tax.rate=300", "policy.carbon_tax.start=2014")
    scenarios = [load(file, [*FEW, *more], until=2015) for more in ((), taxed)]
    pairs = compare(scenarios, replicates=2, workers=1).pairs
    for one, pair in zip(of(*scenarios, 2).found, pairs, strict=True):
        for world, replicate in enumerate(pair.wide):
            assert np.array_equal(one.values[world], replicate.yearly, equal_nan=True)


def card(worlds: object, id: str) -> dict[str, object]:
    told = answer(worlds)  # type: ignore[arg-type]
    place = [label["id"] for label in told["labels"]].index(id)
    found: dict[str, object] = told["cards"][-1][place]
    return found


@pytest.mark.slow
def test_luck_is_never_called_better_and_a_small_change_is_none() -> None:
    worlds = ensemble("carbon_tax")
    size = [1e6] * 6
    unclear = card(with_values(worlds, EMISSIONS, size, [0.5e6] * 5 + [1.5e6]), EMISSIONS)
    assert (unclear["word"], unclear["tone"], unclear["hollow"], unclear["arrow"]) == (
        "direction unclear",
        "",
        True,
        "",
    )
    sure = card(with_values(worlds, EMISSIONS, size, [0.5e6, 0.6e6, 0.4e6, 0.5e6, 0.5e6, 0.5e6]), EMISSIONS)
    assert (sure["word"], sure["tone"], sure["hollow"], sure["arrow"]) == ("falls, better", "better", False, "▼")
    small = card(with_values(worlds, EMISSIONS, size, [0.999e6, 0.998e6] * 3), EMISSIONS)
    assert (small["word"], small["tone"]) == ("hardly changes", "")
    few = card(ensemble("carbon_tax", 1), EMISSIONS)
    assert (few["word"], few["tone"]) == ("", "")


@pytest.mark.slow
def test_a_narrower_divide_is_not_better_where_academia_loses() -> None:
    worlds = with_values(ensemble("carbon_tax"), DIVIDE, [60.0] * 6, [40.0, 41.0] * 3)
    loses = with_values(worlds, ACADEMIA_SHARE, [0.1] * 6, [0.05, 0.051] * 3)
    assert card(loses, DIVIDE)["tone"] == ""
    assert "not better" in str(card(loses, DIVIDE)["word"])
    gains = with_values(worlds, ACADEMIA_SHARE, [0.1] * 6, [0.15, 0.151] * 3)
    assert card(gains, DIVIDE)["tone"] == "better"


@pytest.mark.slow
def test_sentences_are_for_every_year_and_say_nothing_of_a_direction_in_doubt() -> None:
    worlds = with_values(ensemble("carbon_tax"), EMISSIONS, [1e6] * 6, [0.5e6] * 5 + [1.5e6])
    told = answer(worlds)
    assert len(told["sentences"]) == len(told["cards"]) == len(told["years"]) == 19
    assert told["sentences"][0] == "In 2012 nothing differs: the policy starts in 2027."
    last = told["sentences"][-1]
    assert re.search(r"unclear.*emissions", last), last
    assert "as assumed" not in last
    assert answer(ensemble("baseline", until=2014))["sentences"] == [NONE_ON] * 3
    assert "6 pairs of worlds, over luck and assumptions" in told["sure"]


def test_a_policy_is_not_said_to_do_what_another_difference_does() -> None:
    """A mechanism that only one world has acts before the policy begins, and beside it; so does a policy taken away."""
    worlds = [ensemble(name, until=2014) for name in ("carbon_tax", "carbon_tax_clean", "carbon_budget")]
    taxed, clean, budget = (one.policy for one in worlds)
    own = tuple(replace(policy, start=2013.0) for policy in taxed.policies)
    other = tuple(replace(policy, start=2013.0) for policy in budget.policies)
    pair = with_values(worlds[0], EMISSIONS, [1e6] * 6, [0.5e6, 0.6e6, 0.4e6, 0.5e6, 0.5e6, 0.5e6])

    def said(**changed: object) -> list[str]:
        told: list[str] = answer(replace(pair, **changed))["sentences"]  # type: ignore[arg-type]
        return told

    alone, mixed = (replace(one, policies=own) for one in (taxed, clean))
    assert "this policy" in said(policy=alone)[-1]
    *_, last = found = said(policy=mixed)
    assert "this setting" in last
    assert "this policy" not in " ".join(found)
    early = replace(mixed, policies=tuple(replace(policy, start=2015.0) for policy in own))
    assert "against the baseline, this world has" in said(policy=early)[-1]
    off = tuple(replace(policy, limit=type(policy).limit) for policy in other)
    for without in (alone, replace(taxed, policies=(*own, *off))):
        assert "this setting" in said(baseline=replace(taxed, policies=other), policy=without)[-1]


@pytest.mark.slow
@pytest.mark.parametrize("members", [1, 6])
def test_what_is_said_of_a_year_beyond_the_evidence_says_so(members: int) -> None:
    worlds = ensemble("carbon_tax", members)
    told = answer(worlds)
    said = [BEYOND in sentence for sentence in told["sentences"]]
    assert not any(said[: worlds.years.index(2027)]), "where nothing differs nothing is said"
    assert all(said[worlds.years.index(2027) :])
    assert told["ends"] == min(one["ends"] for one in told["labels"]) <= LAST
    assert {one["id"]: one["ends"] for one in told["labels"]}[EMISSIONS] == LAST


@pytest.mark.slow
def test_of_one_pair_no_small_change_is_told_as_a_level_of_nothing() -> None:
    """The frontier's error ≈ 0 read as if nobody made errors any more."""
    worlds = with_values(ensemble("carbon_tax", 1), EMISSIONS, [1e6], [0.97e6])
    for id, ratio in ((DIVIDE, 1.0001), (FRONTIER_ERROR, 0.9999), (ACADEMIA_SHARE, 1.0001)):
        worlds = with_values(worlds, id, [0.5], [0.5 * ratio])
    said = answer(worlds)["sentences"][-1]
    assert said.endswith(
        "in one draw of luck: emissions −3 %; hardly any change in the compute divide, the frontier's error and "
        "academia's share of training compute."
    ), said


@pytest.mark.slow
def test_a_sentence_names_one_policy_or_a_mix_and_is_one_where_all_is_unclear() -> None:
    assert "mix" not in answer(ensemble("carbon_tax"))["sentences"][-1]
    two = replace(ensemble("carbon_tax"), policy=ensemble("two_caps", 1).policy)
    for worlds, who in ((ensemble("carbon_tax"), "this policy"), (two, "this mix of policies")):
        clear = with_values(worlds, EMISSIONS, [1e6] * 6, [0.5e6, 0.51e6] * 3)
        assert who in answer(clear)["sentences"][-1]
        unclear = worlds
        for id in spoken():
            unclear = with_values(unclear, id, [1.0] * 6, [0.5, 2.0, 0.6, 1.9, 0.7, 1.8])
        last = answer(unclear)["sentences"][-1]
        assert last.startswith(f"In 2030{BEYOND} it is unclear which way {who} moves "), last
        assert last.endswith(".")


@pytest.mark.slow
def test_a_card_adds_up_where_medians_do_not() -> None:
    """One pair of six that changes sides moves the median of worlds from 5.5 to 1.02, and the median change is 2 %."""
    before, changed = np.array([1.0, 1, 1, 10, 10, 10]), np.array([1.02, 1.02, 1.02, 0.1, 1.02, 1.02])
    worlds = with_values(ensemble("carbon_tax"), DIVIDE, list(before), list(before * changed))
    assert np.median(before * changed) == 1.02
    shown, chart = card(worlds, DIVIDE), answer(worlds)["charts"][0]
    assert (shown["baseline"], shown["value"]) == ("5.50×", "5.61×")
    assert shown["change"] == "+2 % (−90 to +2 %)"
    assert chart["name"] == "divide"
    assert chart["rows"][-1][1:3] == ["5.50×", "5.61×"]


@pytest.mark.slow
def test_a_lower_bound_is_marked_in_both_worlds() -> None:
    worlds = with_values(ensemble("carbon_tax"), LAG, [12.0] * 6, [12.0] * 6, bound=(True, True))
    shown = card(worlds, LAG)
    assert (shown["value"], shown["baseline"]) == ("≥ 12.0 months", "≥ 12.0 months")


@pytest.mark.slow
def test_charts_hold_medians_bands_tables_and_colours_of_both_themes() -> None:
    worlds = ensemble("public_compute")
    style = parts.style()
    charts = {chart["name"]: chart for chart in answer(worlds)["charts"]}
    for chart in charts.values():
        text = json.dumps(chart, allow_nan=False)
        for colour in set(re.findall(r"var\((--[^)]+)\)", text)):
            assert style.count(f"{colour}:#") == 2, f"{colour} has a value for each theme"
        assert len(chart["rows"]) == len(worlds.years)
        assert all(len(row) == len(chart["heads"]) for row in chart["rows"])
        assert str(worlds.years[-1]) in chart["finding"]
    emissions, power = (worlds.middles(id)[1] for id in (EMISSIONS, ENERGY))
    assert charts["emissions"]["pictured"] == [
        f"Policy world in {year}: {everyday.emissions(one)}; electricity: {everyday.electricity(used)}."
        for year, one, used in zip(worlds.years, emissions, power, strict=True)
    ]
    assert [name for name, chart in charts.items() if chart.get("pictured")] == ["emissions"]
    assert charts["emissions"]["finding"].endswith(charts["emissions"]["pictured"][-1])
    lines = {one["name"]: one for one in charts["divide"]["option"]["series"] if one.get("name")}
    median = worlds.middles(DIVIDE)[1][-1]
    assert lines["Policy"]["data"][-1][1] == pytest.approx(np.log10(median))
    assert lines["Baseline"]["lineStyle"]["type"] == [5, 3]
    every = [one for one in charts["divide"]["option"]["series"] if one.get("band")]
    bands = [one for one in every if len(one["data"]) == len(worlds.years)]  # others shade years that a policy changes
    assert len(bands) == 2
    assert all(low <= high for band in bands for _, low, high in band["data"])
    filled = [one["data"][-1][1] for one in charts["regions"]["option"]["series"] if "areaStyle" in one]
    assert filled == sorted(filled, reverse=True)  # the largest first, so that the others cover it
    assert not [
        one for one in answer(ensemble("public_compute", 1))["charts"][0]["option"]["series"] if one.get("band")
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("policy", "more", "money"),
    [("carbon_tax", (), [REVENUE]), ("compute_voucher", (), [OUTLAY]), ("baseline", (), [REVENUE]),
     ("carbon_tax", ('policy.carbon_tax.revenue_use="academic_compute"',), [REVENUE, OUTLAY])],
)  # fmt: skip
def test_what_the_state_takes_in_and_what_it_pays_has_a_card(
    policy: str, more: tuple[str, ...], money: list[str]
) -> None:
    """A policy that only costs was told to make no difference to the state's money."""
    setup = Setup(BASELINE, SCENARIOS / f"{policy}.toml", 3, settings=YEARLY, until=2029)
    worlds = of(setup.scenarios()[0], load(SCENARIOS / f"{policy}.toml", [*YEARLY, *more], seed=3, until=2029), 6)
    told = answer(worlds)
    assert [one["id"] for one in told["labels"] if one["id"] in (REVENUE, OUTLAY)] == money
    assert all(len(cards) == len(told["labels"]) for cards in told["cards"])
    if policy != "baseline":
        assert all(card(worlds, id)["word"] not in ("", "no difference") for id in money)
