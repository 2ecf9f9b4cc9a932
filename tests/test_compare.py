"""Policies compared in pairs: the pairs, both intervals, the tables, the words, the files."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.errors import InputError, Notice
from sim.experiment.compare import paired
from sim.experiment.path import simulate
from sim.policies import registry
from sim.report.run.summary import summarize
from sim.results import Cost
from sim.results.paired import Paired
from sim.results.statistics import FEWEST
from sim.results.tenths import parts
from sim.scenario import load
from sim.scenario.variants import with_options, with_values
from tests.saying import Say
from tests.worlds import BASELINE, SCENARIOS, small

FEW = ("kind.corporation.count=6", "kind.startup.count=14", "kind.academic_lab.count=20", "time.end=2016")
TAX = ("policy.carbon_tax.rate=500", "policy.carbon_tax.start=2013")
VOUCHER = ("policy.compute_voucher.value=1000", "policy.compute_voucher.start=2015")


@pytest.fixture(scope="module")
def found() -> sim.Comparison:
    scenarios = [small(until=2016), small("baseline", *TAX, until=2016), small(until=2016)]
    with pytest.warns(Notice, match="baseline-3 is the same as baseline"):
        return sim.compare(scenarios, replicates=FEWEST, workers=1)


@pytest.mark.slow
def test_the_baseline_against_itself_is_zero_everywhere(found: sim.Comparison) -> None:
    itself = found.table[found.table["scenario"] == found.names[1]]
    assert len(itself) > 100
    for column in ("difference", "ci_low", "ci_high", "wide_low", "wide_high"):
        assert (itself[column] == 0).all(), column
    assert (itself["relative"].dropna() == 0).all()
    assert (itself["baseline"] == itself["policy"]).all()


@pytest.mark.slow
def test_pairs_are_runs_of_their_own(found: sim.Comparison) -> None:
    """Replicate r of a scenario in a comparison is replicate r of it alone."""
    alone = simulate(small("baseline", *TAX, until=2016, seed=1), 2)
    assert np.array_equal(found.pairs[2].luck[1].yearly, alone.yearly, equal_nan=True)


@pytest.mark.slow
@pytest.mark.parametrize("start", [2012, 2014.5])
def test_a_way_in_common_is_gone_once_and_changes_nothing(start: float) -> None:
    """Scenarios that part when a policy begins give what each gives alone, to the bit."""
    files = [SCENARIOS / f"{name}.toml" for name in registry()]
    shares = ("cap_and_trade", "compute_permits")  # of the year before
    begins = [f"policy.{name}.start={max(start, 2013) if name in shares else start}" for name in registry()]
    others = [load(file, [*FEW, setting]) for file, setting in zip(files, begins, strict=True)]
    scenarios = [small(until=2016), *others, small("baseline", "mechanisms.siting=false", until=2016)]
    found = sim.compare(scenarios, replicates=1, workers=1, assumptions=False, every_step=True)
    for i, scenario in enumerate(found.scenarios):
        alone, mine = simulate(scenario, 0, True, ()), found.pairs[0].luck[i]
        assert np.array_equal(mine.yearly, alone.yearly, equal_nan=True), scenario.name
        assert np.array_equal(mine.by_step, alone.by_step, equal_nan=True)
        assert np.array_equal(mine.times, alone.times)
        assert mine.flows == alone.flows
        assert mine.outcomes == alone.outcomes
        assert all(np.array_equal(mine.trained[year], alone.trained[year]) for year in (2012, 2016))


def test_names_change_only_where_two_are_the_same() -> None:
    """`tax` beside `tax-low` is another name."""

    def named(*names: str) -> list[str]:
        return [one.name for one in paired([with_options(small(), name=name) for name in names], 1)]

    assert named("tax-low", "tax", "tax-2") == ["tax-low", "tax", "tax-2"]
    assert named("tax", "tax", "tax-2", "tax") == ["tax", "tax-3", "tax-2", "tax-4"]


@pytest.mark.parametrize(
    ("first", "others", "counts_from"),
    [
        ((), [TAX], 2013),
        (TAX, [()], 2013),
        (TAX, [(*TAX, *VOUCHER)], 2015),  # both worlds have the tax, and money counts from the voucher on
        (VOUCHER, [(*TAX, *VOUCHER), VOUCHER], 2013),
        (TAX, [(*TAX, "policy.carbon_tax.rate=100")], 2013),
        (TAX, [(*TAX, "market.utilisation=0.3")], 2012),  # worlds that no policy sets apart
        (TAX, [(*TAX, "policy.compute_voucher.value=0", "policy.compute_voucher.start=2015")], 2012),
    ],
)
def test_totals_count_from_the_first_policy_that_not_all_worlds_have(
    first: tuple[str, ...], others: list[tuple[str, ...]], counts_from: int
) -> None:
    worlds = [small("baseline", *settings, until=2016) for settings in (first, *others)]
    assert sim.Comparison(worlds, [], 0).first_year == counts_from


@pytest.mark.slow
def test_the_table_has_the_columns_that_were_promised(found: sim.Comparison) -> None:
    assert list(found.table.columns) == [
        "scenario", "measure", "unit", "window", "baseline", "policy", "difference", "ci_low", "ci_high", "wide_low",
        "wide_high", "relative", "replicates", "wide_median", "relative_low", "relative_high", "wide_relative_median",
        "wide_relative_low", "wide_relative_high", "draws",
    ]  # fmt: skip
    windows = found.table.groupby("measure")["window"].agg(set)
    assert windows["emissions_total"] == {"final", "total", "mean"}
    assert windows["frontier_error"] == {"final", "mean"}
    assert found.first_year == 2013
    row = found.table.set_index(["scenario", "measure", "window"]).loc[("baseline-2", "emissions_total", "total")]
    values = found.paths(1, "emissions_total")[:, 1:].sum(axis=1) - found.paths(0, "emissions_total")[:, 1:].sum(axis=1)
    assert row["difference"] == pytest.approx(np.median(values))
    assert row["unit"] == "tCO2e"
    assert row["relative_low"] <= row["relative"] <= row["relative_high"] < 0
    assert row["ci_low"] < row["difference"] < row["ci_high"] < 0


def test_effects_are_medians_of_pairs(found: sim.Comparison) -> None:
    """The level is the median that a run shows, the change that of the pairs; with six of them its interval reaches
    from the smallest to the largest, and so does the wide range, which has the centre of its own draws."""
    got = found.effect(1, "emissions_total")
    assert got is not None
    before, after = (found.values(i, "emissions_total", "final") for i in (0, 1))
    level = next(row for row in summarize(found.results[0]).headline if row.measure == "emissions_total").values[-1]
    assert got.baseline == level.values.median == np.median(before)
    assert got.policy == np.median(after)
    assert (got.low, got.difference, got.high) == (
        (after - before).min(), np.median(after - before), (after - before).max()
    )  # fmt: skip
    assert (got.relative_low, got.relative, got.relative_high) == pytest.approx(
        tuple(np.percentile(after / before - 1, [0, 50, 100]))
    )
    first, last = (found.values(i, "emissions_total", "final", wide=True) for i in (0, 1))
    assert (got.wide_low, got.wide_difference, got.wide_high) == pytest.approx(
        tuple(np.percentile(last - first, [0, 50, 100]))
    )


@pytest.mark.slow
def test_from_python(found: sim.Comparison, tmp_path: Path) -> None:
    figure = found.plot()
    figure.savefig(tmp_path / "plot.png")
    assert (tmp_path / "plot.png").stat().st_size > 10_000
    summary = found.report(tmp_path / "report")
    assert summary["replicates"] == FEWEST
    assert (tmp_path / "report" / "report.html").exists()
    with pytest.raises(InputError, match="not empty"):
        found.report(tmp_path / "report")
    money = found.money(1)
    assert money["difference"].abs().is_monotonic_decreasing
    assert not found.money(2).size
    assert set(found.winners(1)["tenth"]) == set(range(11))
    assert (found.winners(2)["ratio"].dropna() == 1).all()


def test_tenths_and_flows_are_those_of_the_books(found: sim.Comparison) -> None:
    """The whole kind is the sum of its tenths in every replicate, and money that of the measures."""
    tenths, every = found.tenths(1), parts(found.scenarios[0].kinds)
    trained = dict(zip(every, found._training(0, False).T, strict=True))
    for kind in ("corporation", "startup", "academic_lab"):
        assert sum(trained[part] for part in trained if part[0] == kind and part[1]) == pytest.approx(trained[kind, 0])
        assert tenths[kind, 0].baseline == pytest.approx(np.median(trained[kind, 0]))
    labs = slice(-found.scenarios[0].kinds[-1].count, None)
    last = [pair.luck[1].trained[2016][labs] for pair in found.pairs]
    assert tenths["academic_lab", 0].policy == pytest.approx(np.median([compute.sum() for compute in last]))
    poorest = [np.argsort(pair.luck[0].trained[2012][labs])[:2] for pair in found.pairs]
    sums = [compute[rows].sum() for compute, rows in zip(last, poorest, strict=True)]
    assert tenths["academic_lab", 1].policy == pytest.approx(np.median(sums))
    paid = found.flows(1)["corporation", "government", "carbon"]
    taxed = found.effect(1, "carbon_paid_corporation")
    assert taxed is not None
    assert paid.difference == pytest.approx(taxed.difference, rel=0.05)  # beside existing carbon prices
    assert paid.wide_low > 0


@pytest.mark.slow
def test_results_of_drawn_worlds_go_with_their_draws(found: sim.Comparison, tmp_path: Path) -> None:
    """Replicate r of drawn.csv rests on draw r of assumptions.csv: its numbers are those of a scenario that says so."""
    found.report(tmp_path / "out")
    drawn, draws = (pd.read_csv(tmp_path / "out" / f"{name}.csv") for name in ("drawn", "assumptions"))
    series = pd.read_csv(tmp_path / "out" / "series.csv")
    assert list(drawn.columns) == list(series.columns)
    assert set(drawn["replicate"]) == set(draws["replicate"])
    own = draws[draws["replicate"] == 2].set_index("path")["value"].to_dict()
    alone = simulate(with_values(small("baseline", *TAX, until=2016, seed=1), own), 2)
    mine = drawn.query("scenario == 'baseline-2' and replicate == 2").pivot(
        index="year", columns="measure", values="value"
    )
    expected = pd.DataFrame(alone.yearly, index=found.years, columns=list(found.measures))
    assert mine.to_numpy() == pytest.approx(expected[mine.columns].to_numpy())
    got = found.effect(1, "emissions_total")
    assert got is not None
    last = drawn.query("year == 2016 and measure == 'emissions_total'").pivot(
        index="replicate", columns="scenario", values="value"
    )
    assert got.wide_difference == pytest.approx((last["baseline-2"] - last["baseline"]).median())


def test_costs_count_what_is_bought_and_show_what_is_paid_back() -> None:
    def costs(use: str) -> Cost:
        taxed = small("baseline", *TAX, f'policy.carbon_tax.revenue_use="{use}"', until=2015)
        return sim.compare([small(until=2015), taxed], replicates=1, workers=1, assumptions=False).cost(1)

    treasury, dividend, compute = (costs(use) for use in ("treasury", "equal_dividend", "academic_compute"))
    assert treasury.outlay == treasury.paid_back == 0
    assert dividend.outlay == 0 < dividend.paid_back
    assert compute.paid_back == 0 < compute.outlay
    assert compute.outlay == pytest.approx(dividend.paid_back, rel=0.3)


# -- the command


def said(say: Say, out: Path, *arguments: object) -> str:
    settings = [part for setting in FEW for part in ("--set", setting)]
    answer = say("compare", SCENARIOS / "baseline.toml", SCENARIOS / "carbon_tax.toml", *settings,
                 "--set", "policy.carbon_tax.start=2013", "--out", out, *arguments)  # fmt: skip
    assert answer.code == 0, answer.err
    return answer.out


@pytest.mark.slow
@pytest.mark.usefixtures("drawn")
def test_the_command_writes_a_whole_directory(say: Say, tmp_path: Path) -> None:
    shown = said(say, tmp_path / "out", "--replicates", "6", "--workers", "1", "--every-step")
    assert re.search(r"\n\nCarbon tax from 2013 [^-]+\n- .+?\ncarbon_tax changes policy", shown, re.DOTALL)
    row = r"Emissions +[\d.,]+ (?:\w )?tCO2e/yr +[\d.,]+ (?:\w )?tCO2e/yr +−[\d.]+ % \[−[\d.]+, −[\d.]+\] +[\w ]+, b"
    assert re.search(row + r".*\n +−[\d.]+ % \(−[\d.]+, −[\d.]+\)", shown)
    assert "[ ] luck" in shown
    assert "( ) luck and assumptions" in shown
    out = tmp_path / "out"
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert {
        "comparison.csv", "series.csv", "steps.csv", "assumptions.csv", "drawn.csv", "winners.csv", "money.csv",
        "summary.json", "provenance.json",
        "report.html", "scenarios/baseline.toml", "scenarios/carbon_tax.toml", "figures/trade_off.png",
        "figures/over_time.png", "figures/winners.png",
    } <= names  # fmt: skip
    page = (out / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"(?:src|href)=\"(?!data:)", page)
    assert "://" not in page.replace("http://www.w3.org", "")  # letters alone may be of a picture
    record = json.loads((out / "provenance.json").read_text())
    assert set(record["files"]) == names - {"provenance.json"}
    series = pd.read_csv(out / "series.csv")
    assert set(series["scenario"]) == {"baseline", "carbon_tax"}
    again = load(out / "scenarios" / "carbon_tax.toml")
    assert again.policies[0].start == 2013


def test_measures_that_are_asked_for_are_told(say: Say, tmp_path: Path) -> None:
    """Below each verdict and in the report, also after a comparison is gone on with, and from Python; once each."""
    early = "policy.carbon_tax.start=2013"
    files, asked = (
        [SCENARIOS / f"{name}.toml" for name in ("baseline", "carbon_tax")],
        ("startups_alive", "error_median_lab", "compute_ratio_industry_academia", "policy_revenue"),
    )
    ids = [part for id in asked for part in ("--measure", id)]
    settings = [part for setting in (*FEW, early) for part in ("--set", setting)]
    said = say("compare", *files, *ids, *settings, "--replicates", 6, "--workers", 1, "--out", tmp_path / "a").out
    assert len(re.findall("^Startups alive ", said, re.MULTILINE)) == 1
    assert len(re.findall("^Median lab's error ", said, re.MULTILINE)) == 1
    assert len(re.findall("^Compute divide ", said, re.MULTILINE)) == 1
    assert len(re.findall("^Revenue of policies ", said, re.MULTILINE)) == 1
    assert len(re.findall("^Revenue of ", said, re.MULTILINE)) == 2  # and over the years
    assert "2013–2016  " in said
    say("resume", tmp_path / "a", "--replicates", 7, "--workers", 1)
    summary = json.loads((tmp_path / "a" / "summary.json").read_text())
    assert {"startups_alive", "error_median_lab"} < {row["measure"] for row in summary["policies"][0]["key"]}
    assert "startups_alive" in [row["measure"] for row in summary["rows"]]
    pair = [load(files[0], FEW), load(files[1], (*FEW, early))]
    found = sim.compare(pair, replicates=1, measures=["startups_alive"], assumptions=False, workers=1)
    assert "startups_alive" in [row["measure"] for row in found.report(tmp_path / "b")["policies"][0]["key"]]
    with pytest.raises(sim.InputError, match="unknown measure 'startup_alive'"):
        sim.compare(pair, replicates=1, measures=["startup_alive"])


@pytest.mark.slow
def test_more_policies_share_one_table(say: Say, tmp_path: Path) -> None:
    sooner = [f"policy.{name}.start=2013" for name in ("carbon_tax", "compute_voucher", "public_compute")]
    settings = [part for setting in (*FEW, *sooner) for part in ("--set", setting)]
    files = [SCENARIOS / f"{name}.toml" for name in ("baseline", "carbon_tax", "compute_voucher", "public_compute")]
    answer = say("compare", *files[:3], *settings, "--replicates", "2", "--workers", "1", "--out", tmp_path / "out")
    assert answer.code == 0, answer.err
    assert len(re.findall("^Compute divide ", answer.out, re.MULTILINE)) == 2  # each has rows of its own
    answer = say("compare", *files, SCENARIOS / "open_publication.toml", *settings,
                 "--replicates", "2", "--workers", "1", "--out", tmp_path / "more")  # fmt: skip
    assert answer.code == 0, answer.err
    assert "Compute divide" in next(line for line in answer.out.splitlines() if "Emissions" in line)
    names = ("carbon tax", "compute", "public")
    assert all(len(re.findall(rf"^{name} .*too few", answer.out, re.MULTILINE)) == 1 for name in names)
    assert "\n- changes nothing, since open publication begins in 2027" in answer.out
    assert " changes policy" not in answer.out  # that stands in the report


@pytest.mark.slow
def test_workers_change_no_byte(say: Say, tmp_path: Path) -> None:
    for workers in (1, 2):
        said(say, tmp_path / str(workers), "--replicates", "3", "--workers", workers, "--quiet")
    for name in ("series.csv", "assumptions.csv", "drawn.csv", "comparison.csv"):
        one, two = ((tmp_path / str(n) / name).read_text().splitlines() for n in (1, 2))
        assert len(one) == len(two), name
        assert not [pair for pair in zip(one, two, strict=True) if pair[0] != pair[1]], name


@pytest.mark.slow
def test_a_setting_of_a_policy_is_for_those_who_have_it(say: Say, tmp_path: Path) -> None:
    said(say, tmp_path / "out", "--replicates", "2", "--workers", "1", "--quiet", "--set", "policy.carbon_tax.rate=900")
    scenarios = [load(tmp_path / "out" / "scenarios" / f"{name}.toml") for name in ("baseline", "carbon_tax")]
    assert [[policy.rate for policy in scenario.policies] for scenario in scenarios] == [[], [pytest.approx(0.9)]]  # type: ignore[attr-defined]


@pytest.mark.slow
def test_an_order_that_is_probably_not_meant_is_noted(say: Say, tmp_path: Path) -> None:
    """The policy first: all is told turned round."""
    names = ("carbon_tax", "baseline", "green_grid", "carbon_budget")
    tax, base, green, cap = (SCENARIOS / f"{name}.toml" for name in names)
    few = [word for one in FEW for word in ("--set", one)]
    for i, (files, noted) in enumerate([((tax, base), True), ((base, tax), False), ((tax, base, cap), False),
                                        ((base, green), False)]):  # fmt: skip
        told = say("compare", *files, *few, "--until", "2012", "--replicates", "1", "--out", tmp_path / str(i)).err
        said_so = "carbon_tax stands first and has what the others lack: carbon_tax. Is the order meant?" in told
        assert said_so is noted


@pytest.mark.slow
def test_json_and_laws(say: Say, tmp_path: Path) -> None:
    """Each law once, the world's own as it stands, in as many replicates, with the baseline and what was asked for."""
    asked = ("--across-laws", "--measure", "energy_total")
    shown = said(say, tmp_path / "out", "--replicates", "2", "--workers", "1", "--json", *asked)
    summary = json.loads(shown)
    assert summary["replicates"] == 2
    laws = {law["law"]: law for law in summary["laws"]}
    assert next(iter(laws)) == "thompson2022_hardware, as it stands"
    assert {"thompson2020_exponential", "thompson2020_polynomial"} <= set(laws)
    assert len([law for law in laws if law.startswith("thompson2022_hardware")]) == 1
    for law in laws.values():
        assert law["replicates"] == 2
        assert law["columns"] == ["Compute divide", "Emissions", "Energy"]
        assert [*law["rows"]] == ["baseline", "carbon_tax"]
        assert law["rows"]["baseline"][0].endswith("×")
    (own,) = [row for row in summary["rows"] if row["measure"] == "energy_total"]
    assert own["cells"]["carbon_tax"] == next(iter(laws.values()))["rows"]["carbon_tax"][2]
    assert summary["across_laws"] == ["carbon_tax: too few replicates to say what holds under every law."]
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<h2>Across laws</h2>" in page
    assert "what holds under every law" in re.sub(r"<[^>]*>", "", page)  # words of the glossary are marked
    assert ">Rank<" not in page


@pytest.mark.parametrize(
    ("arguments", "texts"),
    [
        ([SCENARIOS / "baseline.toml"], ["nothing to compare", "at least two scenarios"]),
        (
            [SCENARIOS / "baseline.toml", SCENARIOS / "nothing.toml"],
            ["no such file", "nothing.toml"],
        ),
        (
            [SCENARIOS / "baseline.toml", SCENARIOS / "carbon_tax.toml", "--discount", "7"],
            ["--discount", "from 0 to 1"],
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(
    arguments: list[object], texts: list[str], say: Say, tmp_path: Path
) -> None:
    answer = say("compare", *arguments, "--replicates", "2", "--out", tmp_path / "out")
    assert answer.code == 2
    assert all(text in answer.err for text in texts), answer.err


def test_worlds_that_cannot_be_paired_are_refused() -> None:
    for other, words in (
        (small(until=2017), "different ends"),
        (small("baseline", "kind.startup.count=15", until=2016), "different actors"),
        (small("baseline", "time.steps_per_year=2", until=2016), "different steps"),
    ):
        with pytest.raises(InputError, match=words):
            sim.compare([small(until=2016), other], replicates=1)


def test_a_policy_in_a_world_with_a_kind_of_its_own_is_told_which_world_to_stand_beside(tmp_path: Path) -> None:
    """The file that wrote the kind, where that is another one; where the policy's own file did, to part it."""
    head = 'schema = 1\ntitle = "T"\nquestion = "?"\n'
    kind = '[kind.our_lab]\nlike = "academic_lab"\ncount = 10\n'
    policy = '[[policy]]\nname = "compute_voucher"\nvalue = 1\nstart = 2013\n'
    files = {
        "labs": f'extends = "{BASELINE.as_posix()}"\n{head}{kind}',
        "centre": f'extends = "labs.toml"\n{head}{policy}',
        "both": f'extends = "{BASELINE.as_posix()}"\n{head}{kind}{policy}',
    }
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    for worlds in ([BASELINE, tmp_path / "centre.toml"], [tmp_path / "centre.toml", BASELINE]):
        with pytest.raises(InputError, match=r"centre.toml has a kind that baseline.toml lacks: our_lab") as refused:
            sim.compare(worlds, replicates=1)
        assert str(refused.value.fix).startswith("name the world without the policy first")
        assert str(refused.value.fix).endswith(f"compare {tmp_path / 'labs.toml'} {tmp_path / 'centre.toml'}")
    with pytest.raises(InputError, match=r"both.toml has a kind that baseline.toml lacks") as refused:
        sim.compare([BASELINE, tmp_path / "both.toml"], replicates=1)
    assert "in a file of their own" in str(refused.value.fix)


def test_worlds_whose_kinds_stand_in_another_order_are_refused(tmp_path: Path) -> None:
    """Actors are paired by their rows: those of one kind would be taken for those of another."""
    worlds = []
    for name, kinds in (("first", ("old", "new")), ("second", ("new", "old"))):
        text = f'schema = 1\nextends = "{BASELINE}"\ntitle = "Labs of two kinds"\nquestion = "Who gains?"\n'
        text += "".join(f'[kind.{kind}]\nlike = "academic_lab"\ncount = 10\n' for kind in kinds)
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
        worlds.append(load(tmp_path / f"{name}.toml", FEW))
    with pytest.raises(InputError, match="different orders of kinds") as refused:
        sim.compare(worlds, replicates=1)
    assert refused.value.found == ["corporation", "startup", "academic_lab", "new", "old"]
    assert "['corporation', 'startup', 'academic_lab', 'old', 'new']" in str(refused.value)
    with pytest.raises(InputError, match="different actors"):  # whose counts differ too
        sim.compare([worlds[0], load(tmp_path / "second.toml", [*FEW, "kind.old.count=9"])], replicates=1)


@pytest.mark.parametrize("kept", [0, 1])
def test_an_interrupt_under_a_later_theory_ends_the_comparison(kept: int, tmp_path: Path) -> None:
    """What is finished by then is handed back, and no other theory is begun."""
    begun = list[int]()

    def progress(pairs: Iterable[Paired], total: int) -> Iterator[Paired]:
        begun.append(total)
        for pair in pairs:
            if len(begun) == 2 and pair.replicate == kept:
                raise KeyboardInterrupt
            yield pair

    other = small("baseline", "policy.carbon_tax.rate=50", until=2012)
    asked: dict[str, Any] = {"replicates": 2, "workers": 1, "assumptions": False, "progress": progress}
    said = f"Interrupted: 2 of 2 replicates finished, {kept} of 2 under meek, 0 of 2 under scale_dependent."
    with pytest.warns(Notice, match=said):
        found = sim.compare([small(until=2012), other], theories=True, **asked)
    assert (len(begun), found.interrupted, repr(found)[-28:]) == (2, True, ": 2 pairs of 2, interrupted>")
    assert [len(one.pairs) for one in found.theories.values()] == [2, *([kept] if kept else [])]
    summary = found.report(tmp_path / "out")
    assert said in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    of = [[one["under"], one["replicates"], one["replicates_asked"]] for one in summary["finished_under"]]
    assert of == [["meek", kept, 2], ["scale_dependent", 0, 2]]
    assert summary["interrupted"] is True
