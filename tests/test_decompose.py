"""A world taken apart: the parts, what they add, the words, the files."""

import json
import shlex
from dataclasses import dataclass, fields, replace
from html import unescape
from math import exp, log
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from sim.actors.academic_lab import AcademicLab
from sim.actors.base import OwnMeans
from sim.actors.corporation import Corporation
from sim.cli import commands, read
from sim.experiment.decompose import decompose
from sim.experiment.factors import ENDOWMENT, FEEDBACK, _means, factors, without
from sim.experiment.path import simulate
from sim.experiment.run import run as simulated
from sim.measures import registry
from sim.quantity import quantity
from sim.report.decomposition import words
from sim.report.decomposition.figures import what_makes
from sim.report.decomposition.html import decomposition_page
from sim.report.decomposition.summary import summarize
from sim.report.origin import FigureOrigin
from sim.results import Breakdown, Contribution, Decomposition, Spread
from sim.results.decomposition import Parts
from sim.scenario import load
from sim.scenario.schema import Mechanisms
from tests.saying import Say
from tests.worlds import FEW, SCENARIOS, small

DIVIDE = "compute_ratio_industry_academia"


YEARLY = "time.steps_per_year=1"
NO_WORK = "regional_purchases"  # the baseline has no policy for it to act on


@pytest.fixture(scope="module")
def found() -> Decomposition:
    measures = (DIVIDE, "emissions_total", "policy_revenue")
    return decompose(small("baseline", YEARLY, until=2014), measures=measures, replicates=6, workers=1)


@pytest.mark.parametrize("parts", [1, what_makes.SHOWN, what_makes.SHOWN + 1, what_makes.SHOWN + 2])
def test_a_bar_of_others_stands_for_several_parts(
    found: Decomposition, parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Figure] = []
    monkeypatch.setattr(what_makes, "png", lambda figure: drawn.append(figure))
    whole = found.breakdown(DIVIDE)
    *alone, interaction = whole.alone
    what_makes.what_makes(replace(whole, alone=[*alone[:parts], interaction]), FigureOrigin("", 6, 1, "", (2012, 2014)))
    names = [tick.get_text() for tick in drawn[0].axes[0].get_yticklabels()]
    others = [name for name in names if "others" in name]
    several = parts > what_makes.SHOWN + 1
    assert (others, len(names)) == ((["2 others"], what_makes.SHOWN + 4) if several else ([], parts + 3))


def test_every_mechanism_and_every_difference_is_a_part() -> None:
    baseline = load(SCENARIOS / "baseline.toml")
    ids = [factor.id for factor in factors(baseline)]
    on = [f.name for f in fields(Mechanisms) if getattr(baseline.mechanisms, f.name) and f.name != NO_WORK]
    assert ids == [*on, FEEDBACK, "first_plans", "outside_means", "customers", "pace", "openness", "places"]
    bare = without(baseline, factors(baseline))
    assert not any(getattr(bare.mechanisms, f.name) for f in fields(Mechanisms) if f.name != NO_WORK)
    assert bare.product.growth_exponent == 0
    assert factors(bare) == []
    assert all(factor.meaning for factor in factors(baseline))


def test_buying_by_region_is_a_part_where_a_policy_names_regions() -> None:
    cap = ("policy.cap_and_trade.cap=1", 'policy.cap_and_trade.regions=["france"]')
    ids = [factor.id for factor in factors(load(SCENARIOS / "baseline.toml", [*cap]))]
    assert NO_WORK in ids
    assert set(ids) - {factor.id for factor in factors(load(SCENARIOS / "baseline.toml"))} == {NO_WORK}


def test_kinds_without_their_differences_are_alike() -> None:
    baseline = load(SCENARIOS / "baseline.toml")
    kinds = {k.id: k for k in without(baseline, [f for f in factors(baseline) if f.group == ENDOWMENT]).kinds}
    corporation, startup, lab = (kinds[id] for id in ("corporation", "startup", "academic_lab"))
    for name in ("start_plan", "start_spread", "ramp", "openness", "release_share", "home", "home_share", "pue"):
        assert getattr(corporation, name) == getattr(startup, name) == getattr(lab, name), name
    means = (
        corporation.core_revenue * corporation.core_share, startup.cash * startup.burn, lab.grant * lab.compute_share,  # type: ignore[attr-defined]
    )  # fmt: skip
    assert means == pytest.approx([means[0]] * 3)
    assert corporation.core_growth == lab.grant_growth  # type: ignore[attr-defined]
    assert corporation.core_spread == startup.cash_spread == lab.grant_spread  # type: ignore[attr-defined]
    assert corporation.reach == startup.reach  # type: ignore[attr-defined]
    counts = {kind.id: kind.count for kind in baseline.kinds}
    plans = [(counts[kind.id], log(kind.start_plan)) for kind in baseline.kinds]
    mean = sum(n * plan for n, plan in plans) / sum(n for n, _ in plans)
    assert lab.start_plan == pytest.approx(exp(mean))


def test_a_kind_with_a_rule_of_its_own_is_made_alike_too() -> None:
    """By the names that its rule gives its numbers."""

    @dataclass(frozen=True, kw_only=True)
    class Centre(AcademicLab):
        rule = "centre"
        title = "Centre"
        own_means = OwnMeans("upkeep", "part", "width", None)
        upkeep: float = quantity("USD/yr", "what it gets", low=0, high=1e9, default=4e5)
        part: float = quantity("1", "part of it for training", low=0, high=1, default=0.5)
        width: float = quantity("1", "its spread", low=0, high=4, default=0.7)

    baseline = load(SCENARIOS / "baseline.toml")
    lab = next(kind for kind in baseline.kinds if isinstance(kind, AcademicLab))
    centre = Centre(**{**vars(lab), "id": "centre", "grant": 0.0})
    *_, alike = _means((*baseline.kinds, centre))
    first = _means((*baseline.kinds, centre))[0]
    assert isinstance(alike, Centre)
    assert isinstance(first, Corporation)
    assert alike.upkeep * alike.part == pytest.approx(first.core_revenue * first.core_share)
    assert alike.width == first.core_spread


@pytest.mark.slow
def test_contributions_and_interaction_make_the_whole(found: Decomposition) -> None:
    for id in found.measures:
        for way in ("alone", "out"):
            parts = found.contributions(id, way)
            assert [part.part for part in parts] == [*(part.id for part in found.parts), "interaction"]
            assert sum(part.added for part in parts) == pytest.approx(found.total(id).mean(), abs=1e-9)
    whole, nothing = (found.values(DIVIDE, done) for done in ("all", "nothing"))
    assert found.in_logs(DIVIDE)
    assert found.total(DIVIDE) == pytest.approx(np.log(whole / nothing))
    assert not found.in_logs("policy_revenue")
    assert all(part.added == 0 for part in found.contributions("policy_revenue", "alone"))


def test_parts_add_up_where_a_replicate_has_no_value_in_some_world(found: Decomposition) -> None:
    """Each part was averaged over the replicates that had a value there."""
    column, world = found.columns.index(DIVIDE), found.worlds.index(("off", found.parts[0].id))
    last = [[row.copy() for row in one.last] for one in found.replicates]
    last[2][world][column] = last[4][0][column] = np.nan
    fewer = replace(found, replicates=[Parts(i, rows) for i, rows in enumerate(last)])
    rest = replace(found, replicates=[one for i, one in enumerate(found.replicates) if i not in (2, 4)])
    taken = fewer.breakdown(DIVIDE)
    for parts in (taken.alone, taken.out):
        assert sum(part.added for part in parts) == pytest.approx(taken.total.added, abs=1e-9)
    assert (taken.logs, taken.left_out) == (True, 2)
    assert replace(taken, left_out=0) == rest.breakdown(DIVIDE)
    assert set(fewer.table.groupby("measure")["replicates"].unique().loc[DIVIDE]) == {4}
    said = [one.sentences[-1] for one in summarize(fewer).measures]
    assert said[0] == "Of 6 replicates 2 have no value in some world and are left out."
    assert not any("left out" in sentence for sentence in said[1:])
    nowhere = replace(fewer, replicates=[fewer.replicates[2]]).breakdown(DIVIDE)
    assert np.isnan([nowhere.whole, nowhere.total.added]).all()


@pytest.mark.slow
def test_worlds_are_runs_of_their_own(found: Decomposition) -> None:
    scenario = small("baseline", YEARLY, until=2014)
    column = list(registry(scenario.region_ids, scenario.kind_ids)).index("emissions_total")
    off = small("baseline", YEARLY, "mechanisms.inference=false", until=2014)
    alone = [simulate(off, replicate).yearly[-1, column] for replicate in range(6)]
    assert found.values("emissions_total", "off", "inference") == pytest.approx(alone, rel=1e-12)
    out = {part.part: part for part in found.contributions("emissions_total", "out")}["inference"]
    gaps = np.log(found.values("emissions_total", "all") / np.array(alone))
    assert out.added == pytest.approx(gaps.mean())
    assert out.high - out.added == pytest.approx(2.570581836 * gaps.std(ddof=1) / 6**0.5)


@pytest.mark.slow
def test_of_few_replicates_parts_have_no_range_and_no_word() -> None:
    few = decompose(small("baseline", YEARLY, until=2013), measures=("emissions_total",), replicates=3, workers=1)
    summary = summarize(few)
    (measure,) = summary.measures
    assert not any("[" in text for row in measure.rows for text in (row.alone, row.out))
    assert "3 replicates are too few for a range or a direction" in summary.note
    assert len(measure.sentences) == 2  # the levels alone
    for word in ("is there without", "can be told", "comes from", "missing of"):
        assert word not in " ".join(measure.sentences)


def test_levels_are_the_medians_of_a_run(found: Decomposition) -> None:
    run = simulated(small("baseline", YEARLY, until=2014, replicates=6), workers=1)
    for id in (DIVIDE, "emissions_total"):
        assert found.level(id, "all") == Spread.of(run.values(id)[:, -1]).median


def test_what_goes_beyond_the_whole_is_that_with_endowments_alike_over_it(found: Decomposition) -> None:
    taken = found.breakdown(DIVIDE)
    assert taken.beyond.added == pytest.approx(taken.unexplained.added - taken.total.added)
    steps = np.log(found.values(DIVIDE, "alike") / found.values(DIVIDE, "all"))
    half = 2.570581836 * steps.std(ddof=1) / 6**0.5
    assert (taken.beyond.low, taken.beyond.high) == pytest.approx((steps.mean() - half, steps.mean() + half))


def test_words_follow_the_numbers() -> None:
    def said(
        levels: tuple[float, float, float], kept: tuple[float, float, float], total: float = 4.0,
        part: str = "revenue_feedback", luck: float = 0.1,
    ) -> str:  # fmt: skip
        feedback = Contribution(part, "mechanism", 3.0, 2.9, 3.1)
        rest = Contribution("interaction", "interaction", 1.0, 0.9, 1.1)
        whole = Contribution("all", "all", total, total - 0.1, total + 0.1)
        at, nothing, alike = levels
        unexplained, over = Contribution("alike", "mechanism", *kept), kept[0] - total
        beyond = Contribution("alike", "mechanism", over, over - luck, over + luck)
        taken = Breakdown(registry()[DIVIDE], "ratio", True, at, nothing, alike, [feedback, rest], [feedback, rest],
                          whole, unexplained, beyond)  # fmt: skip
        return " ".join(words.sentences(taken, 2040))

    emerges = said((54.6, 1.0, 20.1), (3.0, 2.9, 3.1))
    assert "In 2040 the compute divide is 54.6×" in emerges
    assert "most comes from revenue feedback (× 20.1)" in emerges
    assert (
        ": 75.0 % of the difference is there without unequal ones, above all through the size of the market." in emerges
    )
    assert emerges.index("Left out of the whole") < emerges.index("Added alone")
    assert "size of the market" not in said((54.6, 1.0, 20.1), (3.0, 2.9, 3.1), part="open_release")
    more = said((54.6, 1.0, 148.0), (5.0, 4.9, 5.1))
    assert "it is 148×: more than all of the difference is there then" in more
    assert "so unequal endowments do not cause it." in more
    twice, hardly = said((54.6, 1.0, 2981.0), (8.0, 7.9, 8.1)), said((54.6, 1.0, 55.3), (4.012, 3.9, 4.1))
    assert "more than all of the difference is there then" in twice
    assert "it is 55.3×: all of the difference is there then, above all through the size of the market." in hardly
    assert "more than all" in said((54.6, 1.0, 55.3), (4.012, 3.9, 4.1), luck=0.01)
    assert "nothing of the difference is there without unequal ones" in said((54.6, 1.0, 1.01), (0.01, -0.1, 0.1))
    assert "nothing of the difference is there without unequal ones" in said((54.6, 1.0, 0.4), (-1.0, -1.1, -0.9))
    assert "nothing that can be told from luck" in said((1.0, 1.0, 1.0), (0.0, -0.1, 0.1), total=0.05)


def test_cells_are_factors_where_large_and_percent_where_small() -> None:
    def cell(added: float, logs: bool = True) -> str:
        return words.cell(Contribution("x", "mechanism", added, added - 0.1, added + 0.1), "USD/yr", logs)

    assert cell(0.1) == "× 1.11 [1.00, 1.22]"
    assert cell(-0.05) == "÷ 1.05 [0.951, 1.16]"
    assert cell(5.0) == "× 148 [134, 164]"
    assert cell(-5.0) == "÷ 148 [134, 164]"
    assert cell(0.0).startswith("× 1")
    assert cell(2e6, logs=False) == "+$2.00 M [+$2.00 M, +$2.00 M]"


@pytest.mark.slow
@pytest.mark.usefixtures("drawn")
def test_the_command_writes_a_whole_directory(say: Say, tmp_path: Path) -> None:
    settings = [part for setting in (*FEW, YEARLY, "time.end=2013") for part in ("--set", setting)]
    answer = say("decompose", SCENARIOS / "baseline.toml", *settings, "--replicates", "2", "--workers", "1", "--out",
                 tmp_path / "out", "--measure", DIVIDE, "--measure", "research_share")  # fmt: skip
    assert answer.code == 0, answer.err
    assert "Compute divide, 2013" in answer.out
    parts = len(factors(load(SCENARIOS / "baseline.toml", FEW)))
    worlds = 3 + 2 * parts  # all, nothing, alike; each alone, each out
    assert f"2 replicates of {worlds} worlds" in answer.out
    names = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    kept = {name for name in names if name.startswith("shards/")}
    assert len(kept) == 2
    assert names - kept == {"plan.json", "scenario.toml", "decomposition.csv", "summary.json", "provenance.json",
                            "report.html", f"figures/what_makes_{DIVIDE}.png",
                            "figures/what_makes_research_share.png"}  # fmt: skip
    table = pd.read_csv(tmp_path / "out" / "decomposition.csv")
    assert set(table["measure"]) == {DIVIDE, "research_share"}
    assert len(table) == 2 * 2 * (parts + 1)  # measures, replicates, and what is not of one part
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert [measure["id"] for measure in summary["measures"]] == [DIVIDE, "research_share"]
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "://" not in page.replace("http://www.w3.org", "")  # letters alone may be of a picture
    assert "knowledge.<wbr>own_<wbr>rate" in page
    again = say("report", tmp_path / "out")
    assert again.code == 2
    assert "written by `decompose`" in again.err


def test_policies_are_said_to_stay_on(found: Decomposition) -> None:
    """They are no parts: the world with nothing has them too."""
    scenario = small("carbon_tax", YEARLY, "policy.carbon_tax.start=2013", until=2014)
    taxed = summarize(decompose(scenario, measures=(DIVIDE,), replicates=1, workers=1))
    assert taxed.stays == (
        "Policies are no parts: they stay on in all worlds, the one without any part too (carbon_tax)."
    )
    assert taxed.stays in decomposition_page(taxed, {}, [], {})
    assert summarize(found).stays == ""
    assert "sell nothing), but policies on, it would be" in taxed.measures[0].sentences[0]
    assert "policies on" not in summarize(found).measures[0].sentences[0]


def test_before_it_simulates_it_tells_how_to_take_the_world_without_the_policies_apart(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    voucher = SCENARIOS / "compute_voucher.toml"
    words = ["decompose", str(voucher), "--set", "policy.compute_voucher.value=9", "--set", "product.margin=0.4"]

    def told(*typed: str) -> str:
        commands()["decompose"].wanted(read([*typed]))
        return capsys.readouterr().err

    said = told(*words, "--out", str(tmp_path / "out"))
    assert said.startswith("Policies are no parts: they stay on in all worlds")
    command = shlex.split(said.strip().rpartition("To take the world without them apart: ")[2])[2:]
    off = "policy.compute_voucher.value=0"
    assert command == ["decompose", str(voucher), "--set", "product.margin=0.4", "--set", off]
    assert told(*command) == ""  # none is on
    assert told(*words, "--quiet") == ""
    assert "--set policy.cap_and_trade.cap_share=inf" in told("decompose", str(SCENARIOS / "cap_and_trade.toml")) or (
        "--set policy.cap_and_trade.cap=inf" in told("decompose", str(SCENARIOS / "cap_and_trade.toml"))
    )


def test_an_unknown_measure_is_refused(say: Say) -> None:
    answer = say("decompose", SCENARIOS / "baseline.toml", "--measure", "frontier_eror")
    assert answer.code == 2
    assert "did you mean 'frontier_error' (Frontier error)?" in answer.err
    answer = say("decompose", SCENARIOS / "baseline.toml", "--every-step")
    assert answer.code == 2
    assert "keeps the last year alone" in answer.err


def test_what_several_parts_add_is_told_on_the_same_scale_as_one() -> None:
    assert words.amount(0.0056, "USD", logs=True) == "× 1.01"
    assert words.amount(-0.7, "USD", logs=True) == "÷ 2.01"
    assert words.amount(1e-9, "USD", logs=True) == "× 1"
    assert words.amount(2e9, "USD", logs=False) == "+$2.00 B"


def test_what_is_asked_names_what_is_taken_apart(found: Decomposition) -> None:
    """The page asked for divide, emissions and frontier whatever it answered."""
    asked = summarize(found).question
    assert asked.startswith("What is behind the compute divide, yearly emissions and ")
    one = summarize(replace(found, chosen=("research_share",)))
    assert one.question.startswith(f"What is behind {registry()['research_share'].level}: which mechanism")
    page = unescape(decomposition_page(one, {}, [], {}))
    assert one.question in page
    assert "frontier" not in page.partition("</h1>")[2].partition("<h2>")[0]


@pytest.mark.parametrize(("logs", "whole", "small", "large"), [(True, 54.6, 0.0099, 0.011), (False, 5.0, 0.04, 0.06)])
def test_parts_that_do_nothing_are_not_named(logs: bool, whole: float, small: float, large: float) -> None:
    """Most came from sponsored compute (÷ 1.00)."""

    def told(added: float) -> str:
        parts = [Contribution(f"part_{added:g}", "mechanism", added, added - 1e-4, added + 1e-4),
                 Contribution("interaction", "interaction", 1.0, 0.9, 1.1)]  # fmt: skip
        total = Contribution("all", "all", 4.0, 3.9, 4.1)
        taken = Breakdown(registry()[DIVIDE], "ratio", logs, whole, 1.0, 20.1, parts, parts, total, total, total)
        return " ".join(words.sentences(taken, 2040))

    for sign in (1, -1):
        assert "part 0." not in told(sign * small).replace("-", "")
        assert f"part {sign * large:g}" in told(sign * large)
        assert "Added alone" not in told(sign * small)


def test_with_endowments_alike_it_is_said_who_still_sells_nothing(found: Decomposition) -> None:
    """Labs still sell nothing, which is the one inequality that most of the divide hangs on."""
    unlike = words.still_unlike(found.scenario)
    assert unlike == " (academic labs still sell nothing)"
    assert all(f"all endowments alike{unlike}" in one.sentences[0] for one in summarize(found).measures)
    firms = tuple(kind for kind in found.scenario.kinds if hasattr(kind, "reach"))
    assert words.still_unlike(replace(found.scenario, kinds=firms)) == ""
