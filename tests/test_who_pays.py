"""What pages say of who pays a carbon tax, of scarcity rent, and of prices and sales beside figures of the world."""

import re
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.experiment.run import run
from sim.history.records import PACKAGED
from sim.measures import DIVIDE
from sim.measures.carbon import ENERGY, OPERATIONAL
from sim.measures.economy import COMPUTE_PRICE, MARKET, PERMIT_PRICE, REVENUE
from sim.scenario import load
from tests.worlds import ROOT, SCENARIOS

pytestmark = pytest.mark.slow

PAIRS = 20
SPEED, USE = {"H100": 989e12, "V100": 125e12, "A100": 312e12}, 0.34  # FLOP/s at 16 bits, and what part of it is used
RENTED = {("H100", 2023): 4.70, ("H100", 2024): 2.99, ("H100", 2026): 2.35, ("V100", 2018): 3.06, ("A100", 2021): 3.40}
ONE = r"([\d.,]+)"  # a number as a page has it


def page(name: str) -> str:
    return " ".join((ROOT / "docs" / name).read_text(encoding="utf-8").split())


def told(name: str, pattern: str) -> list[float]:
    """The numbers of a page that stand where a pattern has them, once."""
    (found,) = re.findall(pattern, page(name))
    return [float(one.replace(",", "")) for one in ([found] if isinstance(found, str) else found)]


@cache
def world(name: str, *settings: str) -> pd.DataFrame:
    """Measures by year and replicate."""
    found = run(load(SCENARIOS / f"{name}.toml", settings, replicates=PAIRS)).series
    return found.pivot_table(index=["year", "replicate"], columns="measure", values="value")


def medians(of: "pd.Series[float]") -> "pd.Series[float]":
    return of.groupby("year").median()


def bought(of: pd.DataFrame) -> "pd.Series[float]":
    """Compute of all actors, to train and to serve [EFLOP/yr]."""
    kinds = [f"training_compute_{kind}" for kind in ("corporation", "startup", "academia")]
    return of[kinds].sum(axis=1) / (1 - of["inference_share"]) / 1e18


def test_who_pays_a_carbon_tax_is_as_critics_are_told() -> None:
    without, taxed = world("baseline"), world("carbon_tax")
    paid = bought(taxed)
    table = {
        "tax": taxed[REVENUE] / (taxed[COMPUTE_PRICE] * paid),
        "sellers": (without["scarcity_rent"] - taxed["scarcity_rent"]) * paid / taxed[REVENUE],
        **{id: taxed[id] / without[id] - 1 for id in (COMPUTE_PRICE, ENERGY, OPERATIONAL)},
    }
    found = {name: 100 * medians(of) for name, of in table.items()}
    text = (ROOT / "docs" / "critics.md").read_text(encoding="utf-8").replace("−", "-")
    rows = re.findall(r"^\| (\d{4}) \| ([\d.]+) % \| (.*?) \| (\S+) % \| (\S+) % \| (\S+) % \|$", text, re.MULTILINE)
    assert [row[0] for row in rows] == ["2027", "2030", "2033", "2035", "2040"]
    for year, tax, who, *changes in rows:
        of = {name: values[int(year)] for name, values in found.items()}
        assert of["tax"] == pytest.approx(float(tax), abs=0.06), year
        part = re.findall(r"sellers (\d+) %", who) or [100 * (who == "sellers")]
        assert of["sellers"] == pytest.approx(float(part[0]), abs=2), year
        assert [of[COMPUTE_PRICE], of[ENERGY], of[OPERATIONAL]] == pytest.approx([*map(float, changes)], abs=0.06), year
    assert found[ENERGY][2040] / found[OPERATIONAL][2040] == pytest.approx(2 / 3, abs=0.05)
    early = -found[OPERATIONAL].loc[2027:2032]
    assert told("conclusions.md", f"cuts them by {ONE} to {ONE} %") == pytest.approx([min(early), max(early)], abs=0.06)


def test_prices_and_rent_are_those_that_stand_beside_what_renting_costs() -> None:
    found = world("baseline")
    price, rent = medians(found[COMPUTE_PRICE]), 100 * medians(found["scarcity_rent"] / found[COMPUTE_PRICE])
    own = told("trust.md", rf"the model's {ONE}, {ONE} and (0\.\d+)\.")
    assert own == pytest.approx(price[[2023, 2024, 2026]].tolist(), rel=0.01)
    years = (2023, 2025, 2027, 2030, 2032)
    said = told("trust.md", "the scarcity rent is " + ", ".join(f"{ONE} % in {year}" for year in years))
    assert said == pytest.approx([rent[year] for year in years], abs=0.6)
    assert (rent.loc[2034:] < 0.5).all()
    said = told("conclusions.md", f"The rent is {ONE} % of the price of compute in 2027 and {ONE} % in 2030")
    assert said == pytest.approx(rent[[2027, 2030]].tolist(), abs=0.6)
    per_eflop = [usd / (SPEED[chip] * USE * 3600 / 1e18) for (chip, _), usd in RENTED.items()]
    said = told("trust.md", rf"that is {ONE}, {ONE} and {ONE} USD for 10\^18 FLOP")
    assert said == pytest.approx(per_eflop[:3], abs=0.06)
    times = [usd / price[year] for usd, (_, year) in zip(per_eflop, RENTED, strict=True)]
    said = told("trust.md", rf"FLOP, {ONE}, {ONE} and {ONE} times .*? are {ONE} and {ONE} times the model's")
    assert said == pytest.approx(times, rel=0.03)


def test_sales_are_those_that_stand_beside_what_was_sold() -> None:
    market = world("baseline")[MARKET]
    for year in (2024, 2025, 2026):
        middle, low, high = told("trust.md", rf"{ONE} B in {year} \({ONE} to {ONE}\)")
        of = market.loc[year] / 1e9
        assert of.median() == pytest.approx(middle, rel=0.02)
        assert [of.quantile(0.05), of.quantile(0.95)] == pytest.approx([low, high], rel=0.03)
    first, later, last = told("trust.md", rf"it is {ONE} M USD in 2012, {ONE} B in 2021, .* and {ONE} T in 2030")
    of = medians(market)[[2012, 2021, 2030]]
    assert of.tolist() == pytest.approx([1e6 * first, 1e9 * later, 1e12 * last], rel=0.02)


def test_most_of_the_missed_cost_is_price_as_the_page_says() -> None:
    flop, usd = "Training compute (FLOP)", "Training compute cost (2023 USD)"
    rows = pd.read_csv(ROOT / "sim" / "data" / PACKAGED)
    rows["year"] = pd.to_datetime(rows["Publication date"], errors="coerce").dt.year
    of = rows["Organization categorization"].fillna("")
    one_sector = of.str.contains("Industry") ^ of.str.contains("Academia")
    rows = rows[one_sector & rows[flop].notna() & rows[usd].notna() & rows["Base model"].isna()]
    rows = rows[rows["year"].between(2015, 2017)].set_index("Model")
    fewer = 1e18 / medians(world("baseline")[COMPUTE_PRICE]).loc[rows["year"]].to_numpy() / (rows[flop] / rows[usd])
    count, decades = told("trust.md", rf"The {ONE} records of 2015-17 with a cost have {ONE} powers of ten fewer FLOP")
    assert (len(rows), np.log10(fewer).mean()) == (count, pytest.approx(decades, abs=0.02))
    odd = ["AlphaGo Master", "AlphaZero"]
    assert set(fewer.nlargest(2).index) == set(odd)
    times = told("trust.md", rf"AlphaGo Master and AlphaZero have {ONE} and {ONE} times fewer")
    assert fewer[odd].tolist() == pytest.approx(times, rel=0.03)
    means = told("trust.md", rf"the record's mean is 10\^{ONE} USD in place of 10\^{ONE},")
    assert [np.log10(one[usd]).mean() for one in (rows.drop(odd), rows)] == pytest.approx(means, abs=0.006)


def test_prices_of_permits_are_as_critics_are_told() -> None:
    price = medians(world("cap_and_trade")[PERMIT_PRICE])
    said = told("critics.md", rf"It costs {ONE} in 2028, {ONE} in 2030 and {ONE} in 2040 \(20 worlds")
    assert price[[2028, 2030, 2040]].tolist() == pytest.approx(said, rel=0.01)


def test_the_largest_run_of_a_language_model_wants_as_much_text_as_its_page_says() -> None:
    """By the best split of compute into weights and tokens, of which a token of a weight takes 6 FLOP."""
    law = {one.path.removeprefix("law."): one.base for one in load(SCENARIOS / "language.toml").quantities}
    a, b = law["size_exponent"], law["data_exponent"]
    weights = (a * law["size_factor"] / (b * law["data_factor"])) ** (1 / (a + b))
    tokens = (world("language")["frontier_run_flop"] / 6) ** (a / (a + b)) / weights / 1e12
    assert medians(tokens)[[2031]].tolist() == pytest.approx(
        told("language.md", f"the largest run of 2031 is best spent on about {ONE} trillion tokens"), rel=0.05
    )
    said = told("language.md", rf"that of 2040 on {ONE} \({ONE} to {ONE}, of 20 worlds\)")
    assert [tokens.loc[2040].quantile(q) for q in (0.5, 0.05, 0.95)] == pytest.approx(said, rel=0.04)


@pytest.mark.parametrize(
    ("setting", "pattern", "of"),
    [
        (
            "compute.energy_share=9 %",
            rf"compute is {ONE} % cheaper in 2040 and emissions are {ONE} % higher; .*? by less than {ONE} % "
            rf"\(medians of 20 pairs; emissions of 2021 are {ONE} % higher",
            [(COMPUTE_PRICE, 2040), (OPERATIONAL, 2040), None, (OPERATIONAL, 2021)],
        ),
        (
            "mechanisms.existing_carbon_prices=false",
            rf"compute is {ONE} % cheaper in 2040, and emissions are {ONE} % higher \({ONE} % in 2021",
            [(COMPUTE_PRICE, 2040), (OPERATIONAL, 2040), (OPERATIONAL, 2021)],
        ),
    ],
)
def test_what_the_page_on_the_model_tries_changes_as_much(setting: str, pattern: str, of: list[Any]) -> None:
    changed = 100 * (world("baseline", setting) / world("baseline") - 1)
    for said, at in zip(told("model.md", pattern), of, strict=True):
        if at:
            assert abs(medians(changed[at[0]])[at[1]]) == pytest.approx(said, abs=max(0.06, 0.05 * said)), at
        else:  # what hardly changes
            for id in (DIVIDE, "compute_share_academia", MARKET):
                assert abs(medians(changed[id])[2040]) < said, id
