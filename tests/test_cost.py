"""What a tonne avoided costs: what the treasury buys, what the market loses, and what actors pay to emit less."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.economy.parties import TRANSFERS
from sim.measures import DIVIDE
from sim.measures.access import ACADEMIA_SHARE
from sim.measures.carbon import ABATEMENT, EMISSIONS, ENERGY, GROSS, OPERATIONAL
from sim.measures.economy import MARKET, OUTLAY, REVENUE
from sim.report.comparison.costs import cost_heads, with_ranges
from sim.report.comparison.key import NET
from sim.report.comparison.summary import ComparisonSummary, PolicySummary, summarize
from sim.report.words import number
from sim.results.certainty import direction
from sim.results.comparison import Comparison
from sim.results.cost import unspent
from sim.results.statistics import FEWEST, Effect
from sim.scenario import load
from tests.made_effects import altered, an_effect
from tests.worlds import BASELINE, FEW, small

TAX = ("policy.carbon_tax.rate=100", "policy.carbon_tax.start=2014")


@pytest.fixture(scope="module")
def found() -> Comparison:
    worlds = [small("clean_power", *settings, until=2017) for settings in ((), TAX)]
    compared: Comparison = sim.compare(worlds, replicates=FEWEST, workers=1)
    return compared


def later(found: Comparison, measure: str) -> np.ndarray:
    """What a measure has more of, in the money of the first policy's start, by pair."""
    after, before = (found.paths(i, measure)[:, found.years.index(2014) :] for i in (1, 0))
    return np.asarray(((after - before) / 1.03 ** np.arange(4)).sum(axis=1))


def paid_more(found: Comparison) -> np.ndarray:
    """What is paid for clean power and removals beyond what the baseline pays for as much electricity, the same way."""
    (paid, used), (now, now_used) = ([found.paths(i, id)[:, -4:] for id in (ABATEMENT, ENERGY)] for i in (0, 1))
    assert (now_used < used).any()
    return np.asarray(((now - paid * np.minimum(1, now_used / used)) / 1.03 ** np.arange(4)).sum(axis=1))


def test_what_buyers_pay_to_emit_less_is_a_cost_and_the_tax_they_pay_is_none(found: Comparison) -> None:
    cost = found.cost(1)
    paid = paid_more(found)
    assert (paid > 0).all()
    assert cost.abatement == pytest.approx(np.median(paid))
    whole = later(found, OUTLAY) - later(found, MARKET) + paid
    assert cost.whole == pytest.approx(np.median(whole))
    assert (later(found, REVENUE) > 0).all()
    avoided = -later(found, EMISSIONS)  # discounted as money is
    assert (avoided < 0.99 * (found.values(0, EMISSIONS, "total") - found.values(1, EMISSIONS, "total"))).all()
    assert cost.per_tonne == pytest.approx(np.median(whole / avoided))


def test_without_a_discount_tonnes_and_dollars_are_plain_sums(found: Comparison) -> None:
    cost = replace(found, discount=0.0).cost(1)
    before, after = (found.values(i, EMISSIONS, "total") for i in (0, 1))
    (market, then), (paid, now) = ([found.values(i, id, "total") for i in (0, 1)] for id in (MARKET, ABATEMENT))
    assert cost.per_tonne == pytest.approx(np.median((market - then + now - paid) / (before - after)), rel=0.01)


def test_what_clean_power_saves_with_the_compute_that_is_not_bought_is_no_gain() -> None:
    """A cap where nobody can choose cleaner power: promises for less power cost less, by the cap's doing."""
    cap = ("policy.cap_and_trade.start=2026", "policy.cap_and_trade.cap_share=0.5")
    worlds = [small(until=2028), small("cap_and_trade", *cap, until=2028)]
    found = sim.compare(worlds, replicates=FEWEST, workers=1, assumptions=False)
    before, after = (found.values(i, ABATEMENT, "total") for i in (0, 1))
    assert (after < 0.8 * before).all()  # less is bought
    assert abs(found.cost(1).abatement) < 0.2 * np.median(before - after)


def test_a_tonne_that_is_avoided_by_buying_less_has_no_cost_that_is_known(found: Comparison) -> None:
    """Its buyers lose what the sum does not hold: under a cap alone it seemed to cost a hundredth of a permit."""
    cap = ("policy.cap_and_trade.start=2014", "policy.cap_and_trade.cap_share=0.5")
    worlds = [small(*settings, until=2017) for settings in (("baseline",), ("cap_and_trade", *cap))]
    less = sim.compare(worlds, replicates=FEWEST, workers=1, assumptions=False)
    for each, told in ((found, True), (less, False)):
        change = each.effect(1, EMISSIONS, "total")
        assert change is not None
        assert change.high < 0
        assert (each.cost(1).per_tonne is not None) == told
        cleaned = later(each, GROSS) - later(each, OPERATIONAL)
        assert (np.median(cleaned / -later(each, EMISSIONS)) > 0.5) == told
        assert (summarize(each, {}).policies[0].costs["per_tonne"] == "most by using less") == (not told)


def test_buyers_clean_up_no_tonne_that_is_dearer_than_the_price_of_carbon(found: Comparison) -> None:
    per_tonne = paid_more(found) / -later(found, EMISSIONS)
    assert (per_tonne > 0).all()
    assert (per_tonne < 100).all()


def test_a_pair_that_differs_by_rounding_avoids_no_tonne(found: Comparison, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or its cost over next to nothing would be an end of the range."""
    before, usual, ends = found.paths(0, EMISSIONS), Comparison.paths, found.cost(1).changes["per_tonne"]

    def paths(self: Comparison, scenario: int, measure: str, *, wide: bool = False) -> np.ndarray:
        own: np.ndarray = usual(self, scenario, measure, wide=wide)
        if (scenario, measure, wide) == (1, EMISSIONS, False):
            own = np.vstack([before[:1] * (1 - 1e-14), own[1:]])
        return own

    monkeypatch.setattr(Comparison, "paths", paths)
    assert replace(found).cost(1).changes["per_tonne"].replicates == ends.replicates - 1


def test_costs_have_both_ranges(found: Comparison) -> None:
    written = summarize(found, {}).policies[0].costs
    for name in ("lost_market", "abatement", "whole", "per_tonne"):
        assert re.fullmatch(r"[^[(]+ \[.+, .+\]\n[^[(]+ \(.+, .+\)", written[name])
        change = found.cost(1).changes[name]
        assert change.low <= change.difference <= change.high
        assert change.wide_low <= change.wide_difference <= change.wide_high
        assert change.draws == FEWEST


def test_costs_are_of_years_that_are_named_and_say_what_a_minus_is(found: Comparison) -> None:
    (policy,) = summarize(found, {}).policies
    heads = cost_heads((2014, 2017))
    assert policy.costs.keys() == heads.keys()
    assert list(heads.values()) == [
        "Public outlay, 2014–2017", "Of it kept by labs for other things (−), 2014–2017",
        "Product market lost (−: gained), 2014–2017",
        "Clean power and removals, 2014–2017", "Cost, all four", "Per tonne avoided", "Per halving of the divide",
        "Revenue paid back (no cost), 2014–2017",
    ]  # fmt: skip
    luck, wide = policy.costs["per_tonne"].split("\n")
    assert luck.startswith(policy.cost[3])
    assert luck.endswith("]")
    assert wide.endswith(")")


def net(*settings: str) -> tuple[Comparison, PolicySummary]:
    """A tax with these settings, and what is told of it."""
    worlds = [small(until=2015), small("baseline", *TAX, *settings, until=2015)]
    found = sim.compare(worlds, replicates=FEWEST, workers=1, assumptions=False)
    return found, summarize(found, {}).policies[0]


def test_what_the_treasury_takes_in_and_pays_out_is_told_together() -> None:
    """With its range over pairs; not where it pays nothing."""
    voucher = "policy.compute_voucher.value=1", "policy.compute_voucher.start=2013"
    found, policy = net(*voucher)
    kept = found.net(1, "total")
    assert kept is not None
    revenue, paid = (found.values(1, id, "total") for id in (REVENUE, OUTLAY))
    assert 0 < kept.low <= kept.difference <= kept.high
    assert kept.difference == pytest.approx(np.median(revenue - paid))
    rows = {row.window: row for row in policy.key if row.label.startswith("Treasury's net revenue")}
    assert rows["total"].policy == number(kept.policy, "USD")
    assert [line for line in policy.verdict if line.startswith("leaves the treasury about $")]
    assert not [row for row in net()[1].key if "net" in row.label]


def test_a_treasury_that_had_revenue_before_is_told_of_in_amounts() -> None:
    """In the verdict, in its rows and in the table of all, though there are percents."""
    voucher = "policy.compute_voucher.budget=100 BUSD/yr", "policy.compute_voucher.start=2013"
    worlds = [small("baseline", *TAX, *more, until=2015) for more in ((), voucher)]
    found = sim.compare(worlds, replicates=FEWEST, workers=1, assumptions=False)
    (policy,) = (summary := summarize(found, {})).policies
    told = "; ".join(policy.verdict)
    assert re.search(r"owers the treasury's net revenue by about \$1\d\d B a year, from \$\S+ \w to −\$", told)
    rows = [row.change for row in policy.key if row.measure in (REVENUE, OUTLAY, NET)]
    assert len(rows) == 6
    assert not [text for text in (*rows, *[one.cells[policy.name] for one in summary.rows if one.measure == REVENUE])
                if "%" in text or "×" in text]  # fmt: skip


def test_money_that_is_not_the_treasurys_is_no_net_revenue_of_it() -> None:
    """Revenue for another use, a part of it too, and the worth of permits given away, also beside what it pays."""
    voucher = "policy.compute_voucher.value=1", "policy.compute_voucher.start=2013"
    part = 'policy.carbon_tax.second_use="academic_compute"', "policy.carbon_tax.second_share=0.1"
    for settings in (('policy.carbon_tax.revenue_use="equal_dividend"',), part):
        found, policy = net(*settings, *voucher)
        assert found.net(1) is None
        assert not [row for row in policy.key if "net" in row.label]
    given = "policy.cap_and_trade.start=2013", "policy.cap_and_trade.cap_share=50 %"
    permits = [small(until=2015), small("cap_and_trade_given", *given, *voucher, until=2015)]
    (told,) = summarize(sim.compare(permits, replicates=FEWEST, workers=1, assumptions=False), {}).policies
    assert {row.label for row in told.key} > {"Revenue of policies"}
    assert not [row for row in told.key if "net" in row.label]


def test_one_countrys_programme_is_not_netted_against_a_tax_of_the_whole_world(tmp_path: Path) -> None:
    """And the revenue is said to be that of all; a country's own tax is netted."""
    ours = '[kind.our_lab]\nlike = "academic_lab"\ncount = 9\nhome = { germany = 1 }\n'
    head = f'schema = 1\nextends = "{BASELINE.as_posix()}"\ntitle = "T"\nquestion = "?"\n'
    tax = '[[policy]]\nname = "carbon_tax"\nrate = 100\nstart = 2013\n'
    pays = '[[policy]]\nname = "compute_voucher"\nkinds = ["our_lab"]\nvalue = 1\nstart = 2013\n'

    def told(*policies: str) -> tuple[sim.Comparison, ComparisonSummary]:
        worlds = []
        for name, more in (("alone", ""), ("with_it", "".join(policies))):
            (file := tmp_path / f"{name}.toml").write_text(head + ours + more, encoding="utf-8")
            worlds.append(load(file, FEW, until=2015))
        found = sim.compare(worlds, replicates=FEWEST, workers=1, assumptions=False)
        return found, summarize(found, {})

    mixed, summary = told(tax, pays)
    assert mixed.net(1) is None
    text = "; ".join(summary.policies[0].verdict)
    assert " net" not in text
    assert "a year in all 6 regions together" in text
    assert [said for said in summary.scope if said.startswith("Policy carbon tax holds in all 6 regions")]
    own, summary = told(f'{tax}regions = ["germany"]\n', pays)
    assert own.net(1) is not None
    assert "in all 6" not in "; ".join(summary.policies[0].verdict)


def test_money_that_finds_no_compute_is_told_in_the_verdict() -> None:
    """And which limits stand in its way; not where it finds some."""
    pays = "policy.compute_voucher.budget=1 MUSD/yr", "policy.compute_voucher.start=2013"
    limit = "policy.carbon_budget.limit=1 gCO2e/yr", "policy.carbon_budget.start=2013"
    elsewhere = 'policy.carbon_budget.kinds=["corporation"]'

    def said(*settings: str) -> list[str]:
        worlds = [small(until=2014), small("baseline", *settings, until=2014)]
        found = sim.compare(worlds, replicates=FEWEST, workers=1, assumptions=False)
        return [line for line in summarize(found, {}).policies[0].verdict if "finds none" in line]

    (line,) = said(*pays, *limit)
    assert re.fullmatch(
        r"(nearly all|all) of the \$1\.0 M a year for compute finds none, because of carbon_budget", line
    )
    assert said(*pays) == []
    assert said(*pays, *limit, elsewhere) == []
    labs = 'policy.carbon_budget.kinds=["academic_lab"]'
    tax = "policy.carbon_tax.rate=500", "policy.carbon_tax.start=2013"
    for use in ("efficiency_research", "academic_compute", "treasury"):  # of money that no programme offers
        assert said(*pays, *limit, labs, *tax, f"policy.carbon_tax.revenue_use={use}") == [line]
    assert said(*limit) == []


def test_a_net_loss_is_told_as_a_cost() -> None:
    """Vouchers that cost more than the tax brings in."""
    found, policy = net("policy.compute_voucher.budget=100 BUSD/yr", "policy.compute_voucher.start=2013")
    lost = found.net(1)
    assert lost is not None
    assert lost.high < 0
    assert re.search(r"costs the treasury about \$[\d.]+ B a year net", "; ".join(policy.verdict))


@pytest.mark.slow
def test_the_same_money_in_another_way_costs_the_same() -> None:
    """Sums of many parts differ in their last digits: that is no money, in the costs, the flows and the words."""
    budget = "budget=1.1 BUSD/yr"
    equal, merit = (
        small("baseline", f"policy.{name}.{budget}", f"policy.{name}.start=2012", *more, until=2014)
        for name, more in (("compute_voucher", []), ("public_compute", ["policy.public_compute.allotment=merit"]))
    )
    found = sim.compare([equal, merit], replicates=6, assumptions=True, workers=1)
    outlay, again = (found.values(i, OUTLAY) for i in (0, 1))
    assert outlay.tolist() != again.tolist()  # to the bit
    assert outlay == pytest.approx(again, rel=1e-12)
    assert found.cost(1).changes["outlay"].is_nothing
    assert [change for (payer, _, _), change in found.flows(1).items() if payer == "government"] == []
    assert "Public money" not in str(summarize(found, {}).policies[0])


@pytest.mark.parametrize(
    ("given", "left", "told"),
    [
        ({"lab": 10.0}, {"lab": 4.0}, 4.0),
        ({"lab": 10.0}, {"lab": 40.0}, 10.0),  # no more than was given
        ({"lab": 10.0}, {"lab": -3.0}, 0.0),
        ({"lab": 10.0, "other": 5.0}, {"lab": 2.0, "other": 9.0}, 7.0),  # each kind by itself
        ({}, {"lab": 4.0}, 0.0),
        ({"lab": -10.0}, {"lab": 4.0}, 0.0),
    ],
)
def test_what_labs_leave_of_revenue_is_told_beyond_the_baseline(
    given: dict[str, float], left: dict[str, float], told: float
) -> None:
    base = {("government", kind, "academic compute"): 20.0 for kind in given}
    base |= {("lab", "suppliers", "what is left"): 8.0}
    after = {("government", kind, "academic compute"): 20.0 + usd for kind, usd in given.items()}
    after |= {(kind, "suppliers", "what is left"): 8.0 * (kind == "lab") + usd for kind, usd in left.items()}
    assert unspent(base, after) == told
    assert unspent(base, {flow: usd * (1 + 1e-13) for flow, usd in base.items()}) == 0.0  # rounding is no money


@pytest.mark.parametrize("purpose", TRANSFERS)
@pytest.mark.parametrize(("left", "told"), [(3.0, 0.0), (7.0, 0.0), (9.0, 2.0), (40.0, 10.0)])
def test_money_without_a_purpose_that_labs_leave_is_none_of_it(purpose: str, left: float, told: float) -> None:
    base = {("lab", "suppliers", "what is left"): 8.0, ("government", "lab", purpose): 1.0}
    after = {
        ("lab", "suppliers", "what is left"): 8.0 + left,
        ("government", "lab", purpose): 8.0,
        ("government", "lab", "academic compute"): 10.0,
        ("government", "firm", purpose): 100.0,
    }
    assert unspent(base, after) == told


def test_money_that_labs_leave_makes_no_tonne_dearer() -> None:
    """Plans grow no faster than their ramp, so that nearly all of large revenue is left, and nothing is used up."""
    cap = ("policy.cap_and_trade.start=2014", "policy.cap_and_trade.cap_share=0.5")
    uses = [("policy.cap_and_trade.revenue_use", use) for use in ("treasury", "academic_compute")]
    kept, given = (small("cap_and_trade", *cap, f'{path}="{use}"', until=2016) for path, use in uses)
    found = sim.compare([small(until=2016), kept, given], replicates=2, assumptions=False, workers=1)
    one, other = found.cost(1), found.cost(2)
    assert other.outlay > 1e6
    assert -other.unspent > 0.9 * other.outlay
    assert other.whole < one.whole + 0.1 * other.outlay
    assert found.unspent(2).shape == (2, 5)


def test_without_pairs_nothing_has_a_cost(found: Comparison) -> None:
    nothing = replace(found, pairs=[]).cost(1)
    assert np.isnan([nothing.outlay, nothing.whole, nothing.abatement]).all()
    assert (nothing.per_tonne, nothing.per_halving) == (None, None)


@pytest.mark.parametrize(
    ("change", "whole", "why"),
    [
        (an_effect(-0.3, (-0.5, -0.1)), (1.0, 9.0), ""),
        (an_effect(-0.3, (-0.5, -0.1)), (-9.0, -1.0), ""),  # the halving comes with a gain
        (an_effect(-0.3, (-0.5, -0.1)), (-9.0, 9.0), "range goes both ways"),
        (an_effect(-0.3, (-0.5, 0.005)), (1.0, 9.0), "range goes both ways"),
        (altered(an_effect(-0.002, (-0.9, -0.1)), relative_high=-0.001, high=-0.01), (1.0, 9.0), "less than 1 %"),
    ],
)
def test_a_halving_has_no_cost_where_next_to_nothing_is_halved(
    change: Effect, whole: tuple[float, float], why: str, monkeypatch: pytest.MonkeyPatch, found: Comparison
) -> None:
    """Of a divide that was narrower by 0.2 % it was −4.83 billion, between −83 and 120."""
    sums = dict.fromkeys(
        ("outlay", "unspent", "lost_market", "abatement", "paid_back", "avoided", "cleaned"), np.ones(6)
    )
    sums["whole"] = np.linspace(*whole, 6)
    monkeypatch.setattr("sim.results.cost._sums", lambda *_, wide: sums)
    monkeypatch.setattr(Comparison, "effect", lambda _self, _i, id, _window="final": {DIVIDE: change}.get(id))
    monkeypatch.setattr(Comparison, "values", lambda _self, i, _id, _window, *, wide: np.full(6, 2.0 - i))
    assert direction(change) < 0
    cost = replace(found).cost(1)
    assert (cost.per_halving is None) == bool(why)
    cell = with_ranges(cost, (2014, 2017))["per_halving"]
    assert ("$" in cell) == (not why)
    assert cell.endswith(why)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, "no change"),
        ({DIVIDE: an_effect(-0.3, (-0.5, 0.4))}, "direction unclear"),
        ({DIVIDE: replace(an_effect(-0.3, (-0.5, -0.1)), replicates=FEWEST - 1)}, "too few replicates"),
        ({DIVIDE: an_effect(0.3, (0.1, 0.5))}, "not better"),
        (
            {DIVIDE: an_effect(-0.3, (-0.5, -0.1)), ACADEMIA_SHARE: an_effect(-0.6, (-0.8, -0.3))},
            "academia's share of training compute falls",
        ),
    ],
)
def test_an_empty_cell_says_why(
    changes: dict[str, Effect], why: str, monkeypatch: pytest.MonkeyPatch, found: Comparison
) -> None:
    monkeypatch.setattr(Comparison, "effect", lambda _self, _i, id, _window="final": changes.get(id))
    assert with_ranges(replace(found).cost(1), (2014, 2017))["per_halving"] == why
