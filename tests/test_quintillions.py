"""The quintillions on trial: each step adds up, verdicts follow the draws, the page is of this version."""

import re
from collections.abc import Iterator
from dataclasses import replace
from math import log10

import numpy as np
import pytest

from sim.evidence import quintillions as pages
from sim.evidence import rivals, tasks
from sim.evidence.bridge import Bridge, _run, bridges
from sim.evidence.claims import CLAIMS, CONTRADICTED, SUPPORTED, UNDECIDED, verdict
from sim.evidence.drawn import DrawnWorld, WorldYears, drawn
from sim.evidence.findings import EXTRAPOLATED
from sim.evidence.page import Page
from sim.evidence.quintillions import _basis, in_draws, quintillions, steps_and_claims
from sim.experiment.run import run
from sim.measures import FRONTIER_ERROR
from sim.measures.access import HALVING_COST, HALVING_EMISSIONS, HALVING_FLOP
from sim.measures.carbon import ENERGY, GROSS, INTENSITY
from sim.measures.research import EFFICIENCY
from sim.mechanisms.theories import THEORIES
from sim.scenario import load
from sim.scenario.data import laws
from tests.pairs import YEARLY
from tests.worlds import FROZEN, ROOT, SCENARIOS

ERROR, YEAR = 0.01, 2030
DOCS = ROOT / "docs"
PAGE = (DOCS / "quintillions.md").read_text(encoding="utf-8")
PRICE, CARBON = 1e-20, 1e-24  # USD and tCO2e of a FLOP in a made-up world


def world(**others: np.ndarray) -> WorldYears:
    """Twenty years from 2012 in which algorithms gain tenfold every two years; 1 % is reached in none."""
    times = np.arange(20.0)
    flop = np.full(20, 1e30)
    values = {
        HALVING_FLOP: flop, HALVING_COST: flop * PRICE, HALVING_EMISSIONS: flop * CARBON,
        INTENSITY: np.full(20, 0.2), EFFICIENCY: 10 ** (times / 2), FRONTIER_ERROR: np.full(20, 0.02),
        GROSS: np.full(20, 0.4), ENERGY: np.ones(20), **others,
    }  # fmt: skip
    return WorldYears(values, 2012)


@pytest.fixture(scope="module")
def both() -> tuple[Bridge, Bridge]:
    scenario = load(SCENARIOS / "baseline.toml")
    return bridges(scenario, [world()], [DrawnWorld(scenario, world())] * 6, ERROR, YEAR)


def test_steps_lead_from_the_published_price_to_what_such_a_run_costs(both: tuple[Bridge, Bridge]) -> None:
    """Worked out at once: the law's compute at the start, over what is known, at the price of a FLOP."""
    flop = float(np.exp(load(SCENARIOS / "baseline.toml").anchored_law().ln_compute_for(np.asarray(ERROR)))) / 1e9
    for bridge, each in zip(both, (PRICE, CARBON), strict=True):
        assert bridge.start + sum(step.power for step in bridge.steps) == pytest.approx(bridge.end, abs=1e-9)
        assert bridge.end == pytest.approx(log10(flop * each), abs=1e-9)
        assert bridge.end_over.low == pytest.approx(bridge.end)


def test_clean_power_is_a_step_of_its_own(both: tuple[Bridge, Bridge]) -> None:
    steps = {step.name: step.power for step in both[1].steps}
    assert steps["clean power"] == pytest.approx(log10(0.5))
    assert steps["cleaner grids"] == pytest.approx(log10(0.4 / 0.4327), abs=1e-3)  # 0.954 lb


def test_the_last_step_goes_on_to_the_first_run_that_reaches_the_error(both: tuple[Bridge, Bridge]) -> None:
    scenario, times = load(SCENARIOS / "baseline.toml"), np.arange(20.0)
    falls = world(frontier_error=np.where(times >= 19, ERROR, 0.02))  # at the end of 2031, a year after
    draws = [DrawnWorld(scenario, one) for one in (falls, falls, world(), world(), world())]
    for bridge in bridges(scenario, [falls, falls, world()], draws, ERROR, YEAR):
        assert bridge.reached == 2031
        assert bridge.later.power == pytest.approx(-0.5)
        assert bridge.last == pytest.approx(bridge.end - 0.5)
        assert (bridge.years, bridge.draws) == ((2031, 2031), 5)
        assert bridge.reached_by(0.4) == 2031
        assert bridge.reached_by(0.5) is None
    for bridge in both:
        assert bridge.reached is None
        assert bridge.reached_by(0.01) is None


def test_knowledge_is_found_again_where_large_runs_gain_more_of_it() -> None:
    """In a world that was simulated: the run that halves the error takes what its measure says."""
    scenario = load(SCENARIOS / "baseline.toml", ["law.theory=scale_dependent"], replicates=1, until=2022)
    (one,) = drawn(scenario)
    halved = one.years.at(FRONTIER_ERROR, 2022) / 2.0
    flop = _run(one.world, one.years, halved, 2022) + 9.0
    assert flop == pytest.approx(log10(one.years.at(HALVING_FLOP, 2022)), abs=1e-9)


def test_the_start_is_what_was_published(both: tuple[Bridge, Bridge]) -> None:
    """6.0e19 USD of 2020, and 3.6e19 lb (1.6e16 t), which the source prints as 10^20."""
    dollars, tonnes = both
    assert 10**dollars.start / 6.0e19 == pytest.approx(1.18, abs=0.03)  # in dollars of 2023
    assert 10**tonnes.start == pytest.approx(3.63e19 * 0.45359237 / 1000, rel=0.02)


def test_algorithms_are_worth_what_was_learnt_since_the_source(both: tuple[Bridge, Bridge]) -> None:
    for bridge in both:
        step = next(step for step in bridge.steps if step.name == "better algorithms")
        assert step.power == pytest.approx(-5.0)  # ten years


@pytest.mark.parametrize("changed", ["step", "claim"])
def test_the_record_of_the_page_tells_how_worlds_are_read(changed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another step to the model's price, or another size from which something explodes, is another page."""
    scenario = load(SCENARIOS / "baseline.toml")
    draws = {"it": DrawnWorld(scenario, world())}
    monkeypatch.setattr("sim.evidence.quintillions.END", YEAR)
    made = steps_and_claims(draws)
    assert steps_and_claims(draws) == made
    if changed == "step":
        monkeypatch.setattr("sim.evidence.bridge._run", lambda *known: 1.01 * _run(*known))
    else:
        costs, *others = CLAIMS
        monkeypatch.setattr("sim.evidence.quintillions.CLAIMS", (replace(costs, beyond=5.0), *others))
    now = steps_and_claims(draws)
    assert {name for name in made if now[name] != made[name]} == {"step": {"it, steps"}, "claim": {"claims numbers"}}[
        changed
    ]


@pytest.mark.parametrize(("held", "word"), [(100, SUPPORTED), (95, SUPPORTED), (94, UNDECIDED), (6, UNDECIDED),
                                            (5, CONTRADICTED), (0, CONTRADICTED)])  # fmt: skip
def test_a_verdict_follows_the_share_of_draws(held: int, word: str) -> None:
    for claim in CLAIMS:
        factors = np.r_[np.full(held, claim.beyond * 1.01), np.full(100 - held, claim.beyond)]
        found = verdict(claim, factors, 2040)
        assert found.word == word
        assert f"{claim.since}" in found.sentence
        assert f"{held:.3g}" in found.sentence or held == 100


def test_a_draw_without_a_value_does_not_support() -> None:
    factors = np.full(20, 1e6)
    factors[:2] = np.nan
    assert verdict(CLAIMS[0], factors, 2040).word == UNDECIDED


def test_every_benchmark_of_the_table_is_a_scenario() -> None:
    scenarios = tasks.scenarios(replicates=1, until=2030)
    published = {name for name, fits in laws()["benchmarks"].items() if "thompson2020_polynomial" in fits}
    assert {scenario.law_table.benchmark for scenario in scenarios} == published
    for scenario in scenarios[1:]:
        known = [q for q in scenario.quantities if q.path.startswith("law.known_")]
        assert len(known) == 3
        assert all(q.source in scenario.sources and q.source != "fitted" for q in known)
        assert all(q.low is not None and q.high is not None for q in known if not q.path.endswith("year"))


def test_the_year_of_a_target_is_the_first_at_whose_end_it_is_reached() -> None:
    found = run(load(SCENARIOS / "baseline.toml", replicates=2, until=2030))
    errors = found.series[found.series["measure"] == "frontier_error"]
    assert set(tasks.years_of(found, 0.05)) == {0, 1}
    for replicate, year in tasks.years_of(found, 0.05).items():
        path = errors[errors["replicate"] == replicate].set_index("year")["value"]
        assert path.loc[year] <= 0.05 < path.loc[year - 1]
    assert tasks.years_of(found, 1e-9) == {}


@pytest.fixture(scope="module")
def made() -> Iterator[Page]:
    """The page from few actors who step by the year: its numbers are not asked about."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (tasks, rivals, pages):
            patch.setattr(module, "load", lambda file, settings=(), **more: load(file, [*YEARLY, *settings], **more))
        yield quintillions(pairs=6, replicates=1, until=2041)


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({"a": 0.2, "b": 0.55, "c": 0.25}, "favour `b`**, with 55 % of the weight. With so few"),
        ({"a": 0.43, "b": 0.2, "c": 0.37}, "do not decide between them**: `a` leads with 43 %"),
    ],
)
def test_records_favour_a_theory_that_has_most_of_the_weight(
    weights: dict[str, float], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rivals, "weights", lambda: weights)
    monkeypatch.setattr(rivals, "by_one_seed", lambda name: (weights[name], weights[name]))
    assert said in rivals.favoured()
    monkeypatch.setattr(rivals, "by_one_seed", lambda name: (0.3, 0.7))
    assert "do not decide between them" in rivals.favoured()
    assert "by one seed alone" in rivals.favoured()


@pytest.mark.slow
def test_the_page_is_made_whole(made: Page) -> None:
    text = made.files["quintillions.md"]
    assert isinstance(text, str)
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        line for line in PAGE.splitlines() if line.startswith("## ")
    ]
    for claim in CLAIMS:
        assert claim.said in text
    claims = text[text.index("## Four claims") : text.index("## Rival theories")]
    assert all(f"| {name} " in claims for name in THEORIES)  # a column for each, and what to quote
    assert claims.count("The claim holds in") == len(CLAIMS) * len(THEORIES)
    assert rivals.favoured() in text
    assert "nan" not in text
    assert {name for name in made.files if name.endswith(".png")} == set(
        re.findall(r"\]\((quintillions/\S+png)\)", text)
    )


def test_the_page_tells_what_becomes_of_claims_from_either_year() -> None:
    """From 2012 a divide opens in every draw; from 2024 in hardly any. At the baseline's own numbers it opens less."""
    rows = re.findall(r"^\| *(.*?) *\| (2012|2024) +\| (.*?) *\| (.*?) *\| (\d+) of 50 draws", PAGE, re.MULTILINE)
    assert len(rows) == 2 * len(CLAIMS)
    at = next(i for i, row in enumerate(rows) if row[0] == "A divide opens between rich and poor")
    early, late = rows[at : at + 2]
    own = float(early[2].split("×")[0])
    assert own < float(early[3].split("[")[1].split(",")[0]), "outside the range over draws, as the page says of some"
    assert (early[1], early[4], late[1]) == ("2012", "50", "2024")
    assert int(late[4]) < 5
    quoted = re.search(r"lead over academia in compute is (\S+× \[.*?\]) that of 2012", PAGE)
    assert quoted
    assert early[3] == quoted[1]


def test_the_findings_say_that_few_draws_reach_one_percent() -> None:
    told = {int(reached) for reached in re.findall(r"(\d+) of 50 draws reach it by 2110", PAGE)}
    assert told
    assert max(told) < 25
    findings = (DOCS / "findings" / "findings.md").read_text(encoding="utf-8")
    assert EXTRAPOLATED in findings
    assert "most worlds](../quintillions.md) do not reach 1 % by 2110" in EXTRAPOLATED


def test_every_link_of_the_page_leads_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", PAGE)
    assert targets
    for target in targets:
        assert (DOCS / target).exists(), target


def test_what_numbers_rest_on_is_told_of_the_baseline_as_it_is() -> None:
    assumed = load(SCENARIOS / "baseline.toml", FROZEN)
    assert "are not fitted to records" in _basis(assumed)
    one, *others = (quantity._replace(source=None) for quantity in assumed.quantities)
    for fitted, said in (([one], "1 number is fitted"), ([one, others[0]], "2 numbers are fitted")):
        rest = (one, *others)[len(fitted) :]
        now = replace(assumed, quantities=(*(each._replace(source="fitted") for each in fitted), *rest))
        assert said in _basis(now)
        assert "not fitted" not in _basis(now)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ([0, 0, 400], "none in 2 of 3 draws, all in 1"),
        ([0, 3, 384, 400], "none in 1 of 4 draws, 3 to 384 in 2, all in 1"),
        ([400, 400], "all in 2 of 2 draws"),
    ],
)
def test_counts_that_lie_far_apart_are_told_by_draws(counts: list[int], said: str) -> None:
    """A median of 0 with a range to 400 said nothing of how often all labs can."""
    assert in_draws(np.array(counts, dtype=float), 400) == said
