"""A verdict says what a policy does, the largest first, in words that no number of its effects gives the lie to."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR, registry
from sim.measures.access import ACADEMIA_SHARE
from sim.measures.economy import MARKET, OUTLAY, REVENUE
from sim.report.comparison import matrix
from sim.report.comparison.figures import GALLERY
from sim.report.comparison.html import comparison_page
from sim.report.comparison.key import _part, bought, claims
from sim.report.comparison.summary import ComparisonSummary, summarize
from sim.report.comparison.verdict import SpokenEffect, clauses, judged, reading, sentence
from sim.report.words import rough
from sim.results.certainty import Sureness, sureness
from sim.results.comparison import Comparison
from sim.results.statistics import FEWEST, Effect
from tests.made_effects import altered, an_effect
from tests.saying import Say
from tests.worlds import SCENARIOS, small

TEN_LARGEST = "compute_ratio_ten_largest"
YEARS = (2027, 2040)
SURE, NONE, UNCLEAR = an_effect(-0.3, (-0.5, -0.1)), an_effect(0.001, (-0.004, 0.009)), an_effect(0.16, (-0.04, 0.2))
MAY = an_effect(-0.71, (-0.89, 0.0))


def luck(change: Effect, low: float, high: float) -> Effect:
    """The effect with this interval of luck."""
    base = change.baseline
    return altered(change, low=low * base, high=high * base, relative_low=low, relative_high=high)


def few(change: Effect) -> Effect:
    return replace(change, replicates=FEWEST - 1)


def amount(usd: float, low: float, high: float) -> Effect:
    """An amount where the baseline has none."""
    nan = float("nan")
    return altered(
        an_effect(1.0, (0.5, 1.5)), baseline=0.0, policy=usd, difference=usd, low=0.9 * usd, high=1.1 * usd,
        wide_low=low, wide_high=high, wide_difference=(low + high) / 2, relative=nan, relative_low=nan,
        relative_high=nan, wide_relative=nan, wide_relative_low=nan, wide_relative_high=nan,
    )  # fmt: skip


def claim(id: str, last: Effect, total: Effect | None = None) -> SpokenEffect:
    measure = registry()[id]
    return SpokenEffect(measure, measure.unit, last, total)


def said(*of: SpokenEffect) -> str:
    return sentence(clauses(of, YEARS, {one.measure.id: one.last for one in of}))


SMALL = luck(NONE, -0.002, 0.003)


@pytest.mark.parametrize(
    ("change", "how"),
    [
        (SURE, Sureness.SURE),
        (few(SURE), Sureness.FEW),
        (replace(SURE, draws=FEWEST - 1), Sureness.FEW),
        (few(SMALL), Sureness.FEW),
        (MAY, Sureness.MAY),
        (luck(an_effect(-0.05, (-0.13, -0.006)), -0.053, -0.049), Sureness.MAY),  # its end is practically nothing
        (luck(an_effect(0.002, (0.0001, 0.12)), 0.001, 0.003), Sureness.MAY),
        (SMALL, Sureness.HARDLY),
        (luck(an_effect(0.0023, (0.0002, 0.0065)), 0.0019, 0.0026), Sureness.HARDLY),  # sure, and tiny
        (luck(an_effect(0.003, (-0.2, 0.3)), -0.1, 0.1), Sureness.UNCLEAR),
        (UNCLEAR, Sureness.UNCLEAR),
        (luck(SURE, -0.6, 0.1), Sureness.UNCLEAR),  # luck alone leaves doubt
        (an_effect(-0.3, (0.1, 0.5)), Sureness.UNCLEAR),  # drawn worlds go the other way
        (amount(30e9, 46e6, 180e9), Sureness.SURE),  # worlds differ in size by powers of ten
        (amount(500e9, 0.0, 4e12), Sureness.MAY),
    ],
)
def test_how_sure_an_effect_is(change: Effect, how: Sureness) -> None:
    assert sureness(change) is how


def test_the_largest_comes_first_then_what_does_not_change_then_money() -> None:
    tax = [
        *(claim(id, SMALL) for id in (DIVIDE, TEN_LARGEST, ACADEMIA_SHARE, FRONTIER_ERROR)),
        claim(EMISSIONS, luck(an_effect(-0.041, (-0.09, -0.02)), -0.045, -0.038), an_effect(-0.03, (-0.05, -0.02))),
        claim(MARKET, an_effect(-0.5, (-0.6, -0.4))),
        claim(REVENUE, amount(33e9, 20e9, 40e9), amount(400e9, 300e9, 500e9)),
    ]
    assert said(*tax) == (
        "Shrinks the AI product market by about 50 %; cuts emissions by about 4 % (2 to 9 %; 3 % over "
        "2027–2040, 2 to 5 %); access and the frontier's error hardly change; raises about $33 B a year ($20 B to "
        "$40 B; $400 B over 2027–2040, $300 B to $500 B)."
    )


def test_an_amount_that_drawn_assumptions_do_not_bear_out_stands_beside_their_range() -> None:
    assert said(claim(REVENUE, amount(33e9, 20e9, 40e9))) == "Raises about $33 B a year ($20 B to $40 B)."
    outside = said(claim(REVENUE, amount(31e9, 15e9, 23e9)))
    assert outside == "Raises about $31 B a year (with drawn numbers about $19 B, $15 B to $23 B)."
    half = an_effect(-0.5, (-0.995, -0.81))
    assert said(claim(EMISSIONS, altered(half, wide_relative=-0.97))) == (
        "Cuts emissions by about 50 % (with drawn numbers about 97 %, 81 to 99.5 %)."
    )
    assert "where the size lies outside their range" in reading(YEARS, True)
    assert "outside" not in reading(YEARS, False)
    wide = altered(amount(30e9, 0.5e9, 180e9), wide_difference=40e9)
    assert said(claim(REVENUE, wide)) == "Raises about $30 B a year ($500 M to $180 B)."
    share = said(claim(ACADEMIA_SHARE, an_effect(7.0, (0.14, 14.0))))
    assert share == "Raises academia's share of training compute about 8.0-fold (14 % to 15-fold)."


@pytest.mark.parametrize(
    ("wide", "median", "told"),
    [
        ((-3e9, -1e9), -2e9, "by $1.0 B to $3.0 B"),
        ((-3e9, -1e9), -2.9e9, "by $1.0 B to $3.0 B"),
        ((-0.9e9, -0.1e9), -0.2e9, "with drawn numbers by about $200 M, $100 M to $900 M"),
    ],
)
def test_what_stands_beside_two_levels_is_a_sentence(wide: tuple[float, float], median: float, told: str) -> None:
    """From $15 B to $0 (by with drawn numbers about $2.2 B, …)."""
    less = replace(altered(amount(-2e9, *wide), baseline=2e10, policy=1.8e10, wide_difference=median), in_amounts=True)
    text = said(claim(REVENUE, less, less))
    assert f"from $20 B to $18 B ({told}; " in text
    assert "by with" not in text
    assert "by median" not in text
    assert "by by" not in text


IDS = st.permutations([DIVIDE, TEN_LARGEST, ACADEMIA_SHARE, FRONTIER_ERROR, EMISSIONS, MARKET])


@given(IDS, st.lists(st.floats(-0.99, 30), min_size=6, max_size=6))
def test_no_effect_is_left_out_or_told_twice(ids: list[str], sizes: list[float]) -> None:
    of = [claim(id, an_effect(size, (1.2 * size, 0.8 * size))) for id, size in zip(ids, sizes, strict=True)]
    text = said(*of).lower()
    for one in of:
        told_as_part = "access" in text and one.measure.words.theme == "access"
        assert len(re.findall(rf"{one.measure.subject}\b".lower(), text)) == (not told_as_part), text


@given(IDS, st.lists(st.floats(0.05, 30), min_size=6, max_size=6, unique=True))
def test_clauses_are_ordered_by_size(ids: list[str], sizes: list[float]) -> None:
    of = [claim(id, an_effect(size, (0.8 * size, 1.2 * size))) for id, size in zip(ids, sizes, strict=True)]
    text = said(*of)
    largest_first = sorted(zip(sizes, ids, strict=True), reverse=True)
    places = [text.index(registry()[id].subject) for _, id in largest_first]
    assert places == sorted(places)


def test_uncertain_effects_are_said_plainly() -> None:
    assert said(claim(EMISSIONS, MAY, UNCLEAR), claim(DIVIDE, UNCLEAR)) == (
        "May cut emissions by about 71 % (0 to 89 %; direction unclear over 2027–2040); "
        "direction unclear: the compute divide (−4 to +20 %)."
    )
    doubt = luck(an_effect(-0.42, (-0.9, 2.3)), -0.7, 2.9)
    assert said(claim(DIVIDE, doubt), claim(EMISSIONS, few(SURE))) == (
        "Direction unclear: the compute divide (−90 to +230 %); too few values to say of emissions."
    )
    late = luck(an_effect(0.0004, (0.0, 0.07)), 0.0001, 0.0007)
    assert said(claim(EMISSIONS, late)) == "May raise emissions by about 0.04 % (0 to 7 %)."
    assert said(claim(EMISSIONS, few(SURE))) == "Too few replicates to say what it does."


def test_a_range_one_way_has_its_signs_where_the_direction_is_unclear() -> None:
    """Of few draws ends count as farther out: "direction unclear (2 to 94 %)" named a range that was below nothing."""
    change = replace(an_effect(0.007, (-0.94, -0.02)), draws=10)
    assert sureness(change) is Sureness.UNCLEAR
    assert "with drawn numbers −94 to −2 %)" in said(claim(DIVIDE, change))
    assert "with drawn numbers +2 to +94 %)" in said(claim(DIVIDE, replace(an_effect(-0.007, (0.02, 0.94)), draws=10)))


def test_what_was_done_before_the_last_year_is_told() -> None:
    """A policy that has ended by then."""
    assert said(claim(EMISSIONS, SMALL, SURE)) == (
        "Cuts emissions by about 30 % over 2027–2040 (10 to 50 %; in 2040: hardly changes)."
    )
    assert said(claim(REVENUE, replace(amount(0.0, 0.0, 0.0)), amount(4e9, 1e9, 9e9))) == (
        "Raises about $4.0 B over 2027–2040 ($1.0 B to $9.0 B; nothing in 2040)."
    )
    assert said(claim(REVENUE, amount(4e9, 3e9, 5e9), amount(-9e9, -12e9, -8e9))) == (
        "Raises about $4.0 B a year ($3.0 B to $5.0 B; lowers the revenue of policies by about $9.0 B over 2027–2040, "
        "$8.0 B to $12 B)."
    )


def test_a_narrower_divide_is_told_with_the_share_that_falls_once() -> None:
    divide, share = an_effect(-0.9, (-0.95, -0.8)), an_effect(-0.6, (-0.8, -0.3))
    both = (claim(DIVIDE, divide), claim(TEN_LARGEST, SURE), claim(EMISSIONS, SURE))
    assert said(*both, claim(ACADEMIA_SHARE, share)) == (
        "Narrows the compute divide by about 90 % and narrows the divide of the ten largest by about 30 % (10 to 50 "
        "%), but lowers academia's share of training compute by about 60 % (30 to 80 %); cuts emissions by about 30 % "
        "(10 to 50 %)."
    )
    assert "but" not in said(*both, claim(ACADEMIA_SHARE, an_effect(0.6, (0.3, 0.8))))
    assert "but" not in said(*both, claim(ACADEMIA_SHARE, an_effect(-0.6, (-0.8, 0.3))))  # it may be luck


def test_a_table_calls_a_divide_better_only_where_labs_do_not_lose() -> None:
    divide, share = an_effect(-0.9, (-0.95, -0.8)), an_effect(-0.6, (-0.8, -0.3))

    def called(id: str, **others: Effect) -> str:
        return judged(registry()[id], {DIVIDE: divide, **others}.get)

    assert called(DIVIDE) == "narrows, better"
    but = "narrows, not better: academia's share of training compute falls"
    assert called(DIVIDE, **{ACADEMIA_SHARE: share}) == but
    assert called(ACADEMIA_SHARE, **{ACADEMIA_SHARE: share}) == "falls, worse"
    assert called(EMISSIONS, **{EMISSIONS: MAY}) == "may fall, better"
    assert called(EMISSIONS, **{EMISSIONS: UNCLEAR}) == "direction unclear"
    assert called(EMISSIONS, **{EMISSIONS: SMALL}) == "hardly changes"
    assert called(REVENUE, **{REVENUE: amount(1e9, 1e8, 1e10)}) == "rises"


@given(st.floats(-0.999999, 1e6))
def test_rough_numbers_are_never_all_or_nothing(relative: float) -> None:
    """A fall to almost nothing is not one by 100 %; and what is a percent is not 0."""
    text = rough(relative)
    assert text != "100 %" or relative > 0
    assert text != "0 %" or abs(relative) < 1e-4
    if text.endswith(" %"):
        printed = float(text.removesuffix(" %").replace(",", "")) / 100
        assert printed == pytest.approx(abs(relative), rel=0.5, abs=1e-4)


# -- comparisons


def compared(use: str) -> Comparison:
    tax = ("policy.carbon_tax.rate=500", "policy.carbon_tax.start=2013", f'policy.carbon_tax.revenue_use="{use}"')
    return sim.compare(
        [small(until=2015), small("baseline", *tax, until=2015)], replicates=1, workers=1, assumptions=False
    )


def test_revenue_that_buys_compute_is_told_by_what_flows() -> None:
    assert bought(compared("treasury"), 1) == ""
    assert bought(compared("efficiency_research"), 1) == ""
    labs = bought(compared("academic_compute"), 1)
    assert labs.startswith("Its revenue comes back as money for compute, which emits as well (academic compute: $")
    assert re.search(r": \$([\d.]+) ([kMB]) a year to academic labs, \$[\d.]+ [kM] each[,)]", labs)
    assert " each" not in bought(compared("equal_dividend"), 1)  # who gets it are many kinds
    shared_out = bought(compared("equal_dividend"), 1)
    assert "(dividend: $" in shared_out
    assert "as money for compute" not in shared_out  # nobody has to buy compute of it
    voucher = small("compute_voucher", "policy.compute_voucher.start=2013", until=2015)
    public = sim.compare([small(until=2015), voucher], replicates=1, workers=1, assumptions=False)
    assert bought(public, 1).startswith("Public money pays for compute, which emits as well (compute vouchers: $")
    assert "compute vouchers" in [flow.purpose for flow in summarize(public, {}).policies[0].money]
    both = small("public_compute", "policy.public_compute.start=2013", until=2015)
    other = sim.compare([small(until=2015), both], replicates=1, workers=1, assumptions=False)
    assert "(public compute: $" in bought(other, 1)


def test_revenue_for_compute_that_labs_keep_is_told() -> None:
    """Plans of labs follow what they get no faster than their ramp; they keep the rest, which buys no compute."""
    tax = (
        "policy.carbon_tax.rate=500",
        "policy.carbon_tax.start=2013",
        'policy.carbon_tax.revenue_use="academic_compute"',
    )
    few = [f"kind.academic_lab.{entry}" for entry in ("count=2", "ramp=1.01")]
    slow = sim.compare(
        [small("baseline", *few, until=2015), small("baseline", *few, *tax, until=2015)],
        replicates=1, workers=1, assumptions=False,
    )  # fmt: skip
    assert re.search(
        r" each, who keep (\d+ %|nearly all|all) of it for other things: .* faster than kind\.academic_lab\.ramp\)\.$",
        bought(slow, 1),
    )
    fast = [f"kind.academic_lab.{entry}" for entry in ("count=2", "ramp=1000")]
    quick = sim.compare(
        [small("baseline", *fast, until=2015), small("baseline", *fast, *tax, until=2015)],
        replicates=1, workers=1, assumptions=False,
    )  # fmt: skip
    assert "keep" not in bought(quick, 1)


@pytest.mark.parametrize(("share", "told"), [(1.0, "all"), (0.9997, "nearly all"), (0.994, "99 %"), (0.12, "12 %")])
def test_a_part_that_is_nearly_all_is_not_told_as_all(share: float, told: str) -> None:
    assert _part(share) == told


def test_of_permits_that_are_given_away_the_state_keeps_nothing() -> None:
    given = small(
        "cap_and_trade_given", "policy.cap_and_trade.start=2013", "policy.cap_and_trade.cap_share=50 %", until=2015
    )
    told = bought(sim.compare([small(until=2015), given], replicates=1, workers=1, assumptions=False), 1)
    assert told.startswith(
        "Permits are given away: the state keeps none of their worth, and it may be spent on compute"
    )


def told_of_each(policy: str, *settings: str) -> str:
    """What is told of public money under a policy with these settings, from the second year on."""
    entries = [f"policy.{policy}.{setting}" for setting in ("start=2013", *settings)]
    worlds = [small(until=2015), small(policy, *entries, until=2015)]
    return bought(sim.compare(worlds, replicates=1, workers=1, assumptions=False), 1)


def test_what_each_gets_is_told_where_all_get_it() -> None:
    """Not what winners of a lottery share on average, nor a part for places whose startups have failed."""
    assert told_of_each("compute_voucher", "value=2 kUSD/yr").endswith(" a year to academic labs, $2.0 k each).")
    assert " each" not in told_of_each("compute_voucher", "value=2 kUSD/yr", 'kinds=["startup"]')
    assert told_of_each("public_compute").endswith(" each).")
    for rule in ("lottery", "need", "merit"):
        assert told_of_each("public_compute", f"allotment={rule}").endswith(" each on average).")
    past = told_of_each("compute_permits", "cap=1e21", 'kinds=["academic_lab"]', 'allocation="grandfathering"')
    assert re.search(r"be spent on compute, which .* \(permits given away: \$[^;]* each on average\)\.$", past)


@pytest.mark.parametrize(("policy", "told"), [(0.121, "8.3"), (0.79, "1.3"), (0.81, ""), (0.0, ""), (1.2, "")])
def test_a_divide_that_turns_round_is_told(policy: float, told: str) -> None:
    """The larger of two has become the smaller, which a change of -99.9 % does not say."""
    change = replace(an_effect(-0.99, (-0.999, -0.9)), baseline=90.0, policy=policy)
    text = said(claim(DIVIDE, change))
    assert ("labs' typical largest run is then" in text) is bool(told)
    assert not told or f"then {told} times industry's" in text
    assert ("the ten largest labs then buy" in said(claim(TEN_LARGEST, change))) is bool(told)
    before = replace(change, baseline=0.9)
    assert "industry's" not in said(claim(DIVIDE, before))


def test_what_tells_which_numbers_decide_a_direction_is_named_where_numbers_are_drawn(say: Say) -> None:
    found = re.search(r"`python run\.py (.*)`", reading(YEARS, True))
    assert found
    command = found[1].replace("BASELINE", str(SCENARIOS / "baseline.toml")).replace("POLICY", "carbon_tax")
    assert "no number with a range" in say(*command.split(), "--vary", "no.such").err  # all else is understood
    assert "sensitivity" not in reading(YEARS, False)


@pytest.mark.parametrize(
    ("id", "begins"),
    [(REVENUE, "may raise about $500 B a year"), (OUTLAY, "may cost the treasury about $500 B a year")],
)
def test_a_sentence_says_may_of_money_where_its_row_does(id: str, begins: str) -> None:
    perhaps = amount(500e9, 0.0, 4e12)
    assert judged(registry()[id], {id: perhaps}.get).startswith("may rise")
    assert said(claim(id, perhaps)).lower().startswith(begins.lower())
    of_readme = matrix.money({id: perhaps}, registry())
    assert of_readme.startswith({REVENUE: "may raise $500 B", OUTLAY: "may pay $500 B"}[id])


@pytest.fixture(scope="module")
def found() -> Comparison:
    tax = ("policy.carbon_tax.rate=500", "policy.carbon_tax.start=2013")
    scenarios = [small(until=2015), small("baseline", *tax, until=2015), small("green_grid", until=2015)]
    return sim.compare(scenarios, replicates=FEWEST, workers=1)


def test_rows_are_of_all_that_a_verdict_speaks_of_in_both_worlds_and_windows(found: Comparison) -> None:
    summary = summarize(found, {})
    for i, policy in enumerate(summary.policies, start=1):
        spoken = claims(found, i, {id: found.effect(i, id) for id in found.measures})
        assert {row.measure for row in policy.key} == {one.measure.id for one in spoken}
        shown = [(row.measure, row.window) for row in policy.key]
        assert {(DIVIDE, "final"), (ACADEMIA_SHARE, "final"), (EMISSIONS, "final"), (EMISSIONS, "total")} <= set(shown)
        assert ((REVENUE, "final") in shown) == (policy.name == "baseline-2")
    last, total = (found.table.query(f"scenario == 'baseline-2' and measure == '{EMISSIONS}' and window == '{window}'")
                   for window in ("final", "total"))  # fmt: skip
    rows = {row.window: row for row in summary.policies[0].key if row.measure == EMISSIONS}
    for table, row in ((last, rows["final"]), (total, rows["total"])):
        assert f"{100 * float(table['relative'].iloc[0]):.2f}".replace("-", "−")[:4] in row.change
        assert row.baseline != row.policy
    assert rows["total"].label == "Emissions, 2013–2015"


@pytest.mark.parametrize(
    ("id", "policy", "where"),
    [(DIVIDE, 0.004, ["key"]), ("spend_bound_by_ramp", 0.004, ["rows"]), ("spend_bound_by_ramp", 0.0051, [])],
)
def test_a_line_says_why_levels_differ_the_other_way_than_a_change(
    id: str, policy: float, where: list[str], monkeypatch: pytest.MonkeyPatch, found: Comparison
) -> None:
    change = replace(an_effect(0.02, (-0.1, 0.1), baseline=0.005), policy=policy)
    monkeypatch.setattr(Comparison, "effect", lambda _self, _i, one, _window="final": {id: change}.get(one))
    summary = summarize(found, {})
    marked = {
        "key": [row.policy for row in summary.policies[0].key],
        "rows": [text for row in summary.rows for text in row.cells.values()],
    }
    assert [one for one, texts in marked.items() if "†" in str(texts)] == where
    told = {"key": summary.note, "rows": comparison_page(found, summary, {}, {}).partition("More measures")[2]}
    assert [one for one, text in told.items() if "† The medians of both worlds differ the other way" in text] == where


def page(found: Comparison) -> tuple[str, ComparisonSummary]:
    summary = summarize(found, {})
    return comparison_page(found, summary, GALLERY.draw_all(found, ""), {}), summary


@pytest.mark.slow
@pytest.mark.usefixtures("drawn")
def test_the_report_begins_with_verdicts_and_folds_the_rest(found: Comparison) -> None:
    html, summary = page(found)
    plain = re.sub(r"</?abbr[^>]*>", "", html)  # words that are explained where they stand
    text = re.sub(r"\s+", " ", plain.replace("\N{NO-BREAK SPACE}", " ").replace("&#39;", "'"))
    places = [text.index(line) for policy in summary.policies for line in policy.verdict]
    parts = ["Before and after", "<figure", "More measures in 2015", "What each scenario changes", "What it costs"]
    places += [text.index(part) for part in parts]
    assert places == sorted(places)
    folded = re.sub(r"<details open>", "<section>", text)
    outside = re.sub(r"<details>.*?</details>", "", folded)
    assert outside.count("<figure") <= 2 < text.count("<figure") + 1
    assert "frontier_error" not in outside  # ids are folded with the rows that few need
    assert "Compute divide" in outside


def test_a_divide_narrower_because_labs_lose_has_no_price(monkeypatch: pytest.MonkeyPatch, found: Comparison) -> None:
    divide, share = an_effect(-0.9, (-0.95, -0.8)), an_effect(-0.6, (-0.8, -0.3))

    def priced(**others: Effect) -> float | None:
        changes = {DIVIDE: divide, **others}
        monkeypatch.setattr(Comparison, "effect", lambda _self, _i, id, _window="final": changes.get(id, UNCLEAR))
        return replace(found).cost(1).per_halving

    assert priced() is not None
    assert priced(**{ACADEMIA_SHARE: share}) is None


@pytest.mark.slow
def test_a_point_says_where_a_narrower_divide_is_not_better(monkeypatch: pytest.MonkeyPatch, found: Comparison) -> None:
    from sim.report.comparison.figures.trade_off import trade_off_figure

    wide = altered(an_effect(-0.9, (-0.6, -0.2)), wide_relative=-0.4)
    changes = {DIVIDE: wide, EMISSIONS: SURE, ACADEMIA_SHARE: an_effect(-0.6, (-0.8, -0.3))}
    monkeypatch.setattr(Comparison, "effect", lambda _self, _scenario, id, _window="final": changes.get(id))
    figure = trade_off_figure(found, "")
    assert figure is not None
    (ax,) = figure.axes
    labels = [" ".join(text.get_text().split()) for text in ax.texts]
    assert sum("but academia's share of training compute falls" in label for label in labels) == len(found.names)
    rings = [line for line in ax.lines if line.get_markerfacecolor() == "white" and line.get_marker() == "o"]
    assert [line.get_xdata()[0] for line in rings] == [-0.4, -0.4]  # type: ignore[index]
    thin = [line.get_xdata() for line in ax.lines if line.get_linewidth() == 1 and len(line.get_xdata()) == 2]  # type: ignore[arg-type]
    assert [-0.6, -0.2] in [sorted(float(x) for x in xs) for xs in thin]  # type: ignore[union-attr]
    assert [-0.4, -0.4] in [[float(x) for x in xs] for xs in thin]  # type: ignore[union-attr]
