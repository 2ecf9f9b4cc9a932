"""The famous quintillions on trial: the published price of 1 % beside the baseline's, four claims, five tasks."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.evidence import bridge_section, rivals, tasks
from sim.evidence.bridge import Bridge, bridges
from sim.evidence.bridge_figure import draw
from sim.evidence.bridge_section import first_run, money, reached, ten, tonnes
from sim.evidence.claims import CLAIMS, EXPLODES, FEWEST, FIRST, MOST, from_both_years, verdicts
from sim.evidence.drawn import DrawnWorld, drawn, replicates_of
from sim.evidence.page import (
    LONG,
    NUMBERS,
    Check,
    Foretell,
    Page,
    checked_page,
    digest,
    digests,
    grid,
    single_runs,
    whole,
)
from sim.experiment.compare import compare
from sim.experiment.compare import planned as planned_comparison
from sim.experiment.duration import in_turn
from sim.experiment.pool import Progress
from sim.experiment.run import planned as planned_run
from sim.experiment.run import run
from sim.experiment.theories import under
from sim.measures import EMISSIONS, registry
from sim.measures.access import MONTHS_BEHIND
from sim.measures.carbon import ENERGY
from sim.measures.research import EFFICIENCY, RESEARCH_SHARE
from sim.measures.scrutiny import INSPECT, INSPECT_LAG, RETRAIN
from sim.mechanisms.theories import THEORIES
from sim.plurals import counted
from sim.report import everyday
from sim.report.comparison.effects import spanned
from sim.report.words import number, ranged
from sim.results import Comparison, Run
from sim.results.statistics import Spread
from sim.results.theories import ByTheory
from sim.scenario import Scenario, load, shipped
from sim.scenario.data import published, theories
from sim.scenario.ensemble import FITTED
from sim.scenario.law import USUAL
from sim.scenario.tally import tally

PAIRS, REPLICATES = 50, 10
MIDDLE, END = 2024, 2040
TAX = "carbon_tax"
POLICIES = (TAX, "public_compute", "training_run_ceiling")  # looked at under every theory
COMMAND = "python run.py reproduce quintillions"
FAR = 1.0  # powers of ten between a point and the median of draws, from which the page says so
LITTLE = 0.05  # change of a share that counts as next to none
AS_MUCH = ((0.1, "far less"), (0.5, "less than half"), (1.0, "less"))  # words for a part of something, up to a share
FOLDER = "quintillions/"  # of what stands beside the page


def check() -> Check:
    """What tells all that the page was made with from others: tasks, policies under each theory with their fits, what
    theories weigh, and the code: of the model, of the steps from the published price, of claims."""
    of_tasks = {scenario.name: scenario for scenario in tasks.scenarios(replicates=1, until=END)}
    of_theories = {
        f"{one.name}, {theory}": one for theory, own in rivals.under_each(_policies()).items() for one in own
    }
    weights = {f"theories {NUMBERS}": digest(sorted(theories().items()))}
    of_fits = {one.name: one for one in rivals.baselines(END).values()}
    draws = {f"{name}, drawn": drawn(one)[0] for name, one in rivals.baselines(END, replicates=1).items()}
    drawn_once = {name: one.world for name, one in draws.items()}
    worked_out = weights | steps_and_claims(draws)
    return digests(of_tasks | of_theories) | worked_out | single_runs(of_tasks | of_fits | drawn_once)


def steps_and_claims(draws: Mapping[str, DrawnWorld]) -> Check:
    """What tells how the page reads worlds from other ways: by draw, powers of ten of the published price and of each
    step from it, for dollars and then for tonnes; and what claims say, from how many times and in how many draws."""
    error, found = published("thompson")["headline_error"], {f"claims {NUMBERS}": digest(*CLAIMS, FEWEST, MOST)}
    for name, one in draws.items():
        both = bridges(one.world, [one.years], [one], error, END)
        found[f"{name}, steps"] = [power for made in both for power in (made.start, *(s.power for s in made.steps))]
    return found


def _policies() -> list[Scenario]:
    return [load(shipped() / f"{name}.toml") for name in ("baseline", *POLICIES)]


def quintillions(
    bar: Progress[Any] | None = None, foretell: Foretell | None = None, *, pairs: int = PAIRS,
    replicates: int = REPLICATES, until: int = LONG,
) -> Page:  # fmt: skip
    """Simulate everything and write the page. ``foretell`` hears before how long it takes."""
    worlds, by_theory = tasks.scenarios(replicates, until), rivals.under_each(_policies())
    longer = rivals.baselines(until, replicates=pairs)
    each_task = {name: under(tasks.scenarios((pairs + 1) // 2, END), name) for name in by_theory}
    if foretell:
        each = [planned_comparison(scenarios, replicates=pairs) for scenarios in by_theory.values()]
        alone = [*worlds, *longer.values(), *(one for scenarios in each_task.values() for one in scenarios)]
        foretell(in_turn([*each, *map(planned_run, alone)]))
    found = {name: whole(compare(scenarios, replicates=pairs, progress=bar)) for name, scenarios in by_theory.items()}
    draws = {name: drawn(scenario, bar) for name, scenario in longer.items()}
    in_tasks = {name: [drawn(one, bar) for one in scenarios] for name, scenarios in each_task.items()}
    runs = [whole(run(world, progress=bar)) for world in worlds]
    error, replicated = published("thompson")["headline_error"], replicates_of(runs[0])
    built = {name: bridges(longer[name], replicated, own, error, END) for name, own in draws.items()}
    both = built[USUAL]
    told = [
        _head(both, runs[0], error), bridge_section.section(built, error, END, until), _claims(found),
        rivals.section(found, draws), _tasks(runs, in_tasks), _scrutiny(found[USUAL]), _rests(runs[0]),
    ]  # fmt: skip
    files = {"quintillions.md": "\n\n".join(told) + "\n", bridge_section.FIGURE: draw(both, error, END)}
    return checked_page(files, check(), FOLDER)


def _head(both: tuple[Bridge, Bridge], long: Run, error: float) -> str:
    cost, carbon = both
    percent = f"{100 * error:g} %"
    return (
        "# The quintillions on trial\n\n"
        f"A study of 2020 said what an error of {percent} in recognising pictures (ImageNet) would take: 10^20 USD and "
        "10^20 pounds of CO2, a hundred quintillion of each. That was the price with the computers and the methods of "
        f"its day. **{_price(cost, percent)} At the baseline's own numbers it would emit {tonnes(carbon.end)} of "
        f"CO2e, and {first_run(cost, carbon, long.years[-1])}** {reached(cost, long.years[-1])}.\n\n"
        f"{_pictured(carbon, long)}\n\n"
        f"Generated by `{COMMAND}`; a test fails when the model or a scenario has changed since. Square brackets hold "
        f"the 90 % range over draws of luck and assumptions where nothing else is said: {PAIRS} of them, or "
        f"{REPLICATES} worlds where a part says so, since each of those is simulated to {LONG} (so "
        "numbers differ a little from the [findings](findings/findings.md), of 20 worlds). Two limits first. "
        f"{_basis(long.scenario)} And where nothing else is said it holds under one theory of progress, which helps "
        "all alike; [two others](#rival-theories) are asked too."
    )


def _price(cost: Bridge, percent: str) -> str:
    """What the error costs, in powers of ten: at the baseline's own numbers, and how far draws lie around it."""
    over = cost.end_over
    said = (
        f"With the technology of {END} a run that reaches {percent} would cost {ten(cost.end)} USD at the baseline's "
        f"own numbers ({money(cost.end)}), and over draws of luck and assumptions anything from {ten(over.low)} to "
        f"{ten(over.high)} USD (nine of ten draws; median {ten(over.median)})."
    )
    if abs(over.median - cost.end) < FAR:
        return said
    side = "below" if cost.end < over.median else "above"
    return f"{said} The baseline's own numbers meet records best, and lie far {side} the median: records allow both."


def _pictured(carbon: Bridge, long: Run) -> str:
    """What the run emits beside cars, and all that is modelled in the same year beside what a reader knows."""
    emitted, mwh = (float(np.median(long.values_in(id, END))) for id in (EMISSIONS, ENERGY))
    share = emitted / 10**carbon.end
    less = next((word for most, word in AS_MUCH if share < most), "more")
    return (
        f"The tonnes of {END} are {everyday.emissions(10**carbon.end)}. All training and serving in the "
        f"model emits {less}: in {END} its emissions are {everyday.emissions(emitted)}, and its electricity is "
        f"{everyday.electricity(mwh)}."
    )


def _basis(scenario: Scenario) -> str:
    """What the numbers of a scenario rest on."""
    fitted = tally(scenario)[FITTED]
    link = "([how far to trust this](trust.md))"
    if not fitted:
        return f"The numbers of the baseline come from sources and assumptions; they are not fitted to records {link}."
    are = "is" if fitted == 1 else "are"
    return (
        f"Of the baseline {counted(fitted, 'number')} {are} fitted to records of the past, and the others come from "
        f"sources and assumptions {link}."
    )


def _claims(found: ByTheory) -> str:
    compared, by_theory = found[USUAL], {name: verdicts(one) for name, one in found.items()}
    rows = [
        [one.claim.said, *(f"**{own[i].word}**" for own in by_theory.values()), one.claim.measured, one.sentence]
        for i, one in enumerate(by_theory[USUAL])
    ]
    quoted = [
        [one.claim.said, name, one.sentence] for i in range(len(rows)) for name, own in by_theory.items()
        if name != USUAL for one in (own[i],)
    ]  # fmt: skip
    says = "; ".join(f"{name}: {theory.says}" for name, theory in THEORIES.items())
    return "\n\n".join([
        "## Four claims",
        f"A claim is supported where it holds in at least {100 * MOST:g} % of {counted(len(compared.pairs), 'draw')} "
        f"of luck and assumptions, contradicted where it holds in at most {100 * FEWEST:g} %, and else undecided. To "
        f"explode is taken to mean: to grow more than {EXPLODES:g} times. Each is asked under each of three "
        f"[theories](#rival-theories), over draws from its own fit to records ({says}).",
        grid(rows, ["claim", *found, "measured", f"to quote, under {USUAL}"]),
        "By the other theories:",
        grid(quoted, ["claim", "theory", "to quote"]),
        _years(compared),
        _fourth(compared),
    ])  # fmt: skip


def _years(compared: Comparison) -> str:
    """What becomes of the claims when they are measured from another year."""
    head, rows = from_both_years(compared)
    return "\n\n".join([
        f"**The first year decides.** The divide is measured from {FIRST}, before it opens, and the others from "
        f"{MIDDLE}, since they are about years to come. How many times as much in {END} as in either year, under "
        f"{USUAL}:",
        grid(rows, head),
        "At the baseline's own numbers brackets hold luck alone. Some of these numbers may lie outside the range over "
        "draws. They meet records best; records allow the draws too.",
    ])  # fmt: skip


def _fourth(compared: Comparison) -> str:
    """What the share of research, and what a carbon tax does to it, say of the fourth claim."""
    early, late = (
        number(float(np.median(compared.paths(0, RESEARCH_SHARE)[:, compared.years.index(year)])), "fraction")
        for year in (MIDDLE, END)
    )
    effects = {registry()[id]: compared.effect(1, id, "mean") for id in (RESEARCH_SHARE, EFFICIENCY)}
    moved = [f"{measure.label.lower()}: {spanned(effect)}" for measure, effect in effects.items() if effect]
    share = compared.effect(1, RESEARCH_SHARE, "mean")
    little = share is not None and abs(share.wide_relative) < LITTLE
    means = (
        " That is next to nothing: by the substitution that is assumed (`research.substitution`), a price of carbon "
        "does not turn researchers to efficient algorithms."
        if little
        else ""
    )
    return (
        f"On the fourth: of what is spent on training and research, efficiency research has {early} in {MIDDLE} and "
        f"{late} in {END} (at the baseline's own numbers). What a carbon tax changes "
        f"([carbon_tax](../scenarios/{TAX}.toml), mean from {compared.first_year} on; median and 95 % range over luck "
        f"and assumptions): {'; '.join(moved)}.{means}"
    )


def _tasks(runs: list[Run], in_tasks: Mapping[str, Sequence[Sequence[DrawnWorld]]]) -> str:
    head, rows = tasks.table(runs, MIDDLE, END)
    under_head, under_rows = tasks.by_theory(in_tasks, END)
    return "\n\n".join([
        "## Five tasks",
        f"Each task of the published table as a world of its own, from `python run.py run scenarios/FILE --until "
        f"{LONG}`. Medians over {counted(len(runs[0].replicates), 'replicate')}. Targets are those of the table: the "
        "year in which a typical replicate first reaches one, and what its largest run of that year costs, which may "
        "go further than the target. Each task's law goes through a run of its own: that of ImageNet through the "
        "baseline's fitted start, the others through one of the first deep networks on the task, as published, with "
        "the methods of its year. All else is as in the baseline.",
        grid(rows, head),
        "In this model the divide needs a market that grows with accuracy. Beyond that the size of the market hardly "
        "matters at the baseline's own numbers, since labs live by what firms give them. How many times the market "
        f"grows from {runs[0].years[0]} to {END}, and the divide then: {tasks.markets(runs, END)}. One world follows "
        "one task; in truth they share hardware and people.",
        f"The same in {END} under each theory, medians over {counted(len(in_tasks[USUAL][0]), 'draw')} of luck and "
        "assumptions from its own fit (of ImageNet: no other task was fitted):",
        grid(under_rows, under_head),
    ])  # fmt: skip


def _scrutiny(compared: Comparison) -> str:
    scenario, rows = compared.scenarios[0], []
    labs = sum(kind.count for kind in scenario.kinds if kind.sector == "academia")
    for id in (RETRAIN, INSPECT, MONTHS_BEHIND, INSPECT_LAG):
        measure = registry()[id]
        draws = [compared.paths(0, id, wide=True)[:, compared.years.index(year)] for year in (MIDDLE, END)]
        counts = measure.unit == "actors"
        cells = [in_draws(one, labs) if counts else ranged(Spread.of(one), measure.unit) for one in draws]
        rows.append([measure.label, *cells])
    near = f"a factor of {scenario.yardsticks.near:g}"
    return "\n\n".join([
        "## Who could check the frontier",
        f"Of {labs} academic labs, how many could train a model again that is within {near} of the frontier's compute, "
        f"or inspect one, and how far behind they are. To inspect is to hold a model, of one's own or released, whose "
        f"error takes effective compute within {near} of what the lowest error takes.",
        grid(rows, ["over draws of luck and assumptions", str(MIDDLE), str(END)]),
        "This is scrutiny as far as it takes compute and weights. Interpretability, control and fairness themselves "
        "stay outside: the model knows a model's error, and nothing else of what it does.",
    ])  # fmt: skip


def in_draws(counts: Array, most: int) -> str:
    """Counts that lie too far apart for a median: none in 24 of 50 draws, 1 to 384 in 25, all in 1."""
    some = counts[(counts > 0) & (counts < most)]
    parts = [
        ("none", int((counts == 0).sum())),
        (f"{some.min(initial=most):g} to {some.max(initial=0):g}", len(some)),
        ("all", int((counts >= most).sum())),
    ]
    (first, many), *others = [(name, many) for name, many in parts if many]
    return ", ".join([f"{first} in {many} of {counted(len(counts), 'draw')}", *(f"{a} in {b}" for a, b in others)])


def _rests(long: Run) -> str:
    best = long.scenario.law.best_error
    return "\n\n".join([
        "## What this rests on",
        f"The law of ImageNet has evidence down to {100 * best:g} %. All that lies below is extrapolated. Costs are "
        "those of one training run, not of the search for it. Nothing here uses records of models after 2021.",
        *long.scenario.notes,
    ])  # fmt: skip
