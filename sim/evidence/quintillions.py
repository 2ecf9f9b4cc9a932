"""The famous quintillions on trial: the published price of 1 % beside the baseline's, four claims, five tasks."""

from collections.abc import Callable

import numpy as np

from sim.evidence import rivals, tasks
from sim.evidence.bridge import OF_SOURCE, USED, Bridge, Years, bridges
from sim.evidence.bridge_figure import draw
from sim.evidence.claims import EXPLODES, FEWEST, MOST, verdicts
from sim.evidence.page import Bar, Check, Foretell, Page, grid, page, whole
from sim.experiment.compare import compare
from sim.experiment.compare import planned as planned_comparison
from sim.experiment.duration import in_turn
from sim.experiment.path import simulate
from sim.experiment.run import planned as planned_run
from sim.experiment.run import run
from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR, registry
from sim.measures.access import HALVING_COST, MONTHS_BEHIND
from sim.measures.carbon import ENERGY
from sim.measures.research import EFFICIENCY, RESEARCH_SHARE
from sim.measures.scrutiny import INSPECT, INSPECT_LAG, RETRAIN
from sim.plurals import counted
from sim.report import everyday
from sim.report.comparison.effects import spanned
from sim.report.words import ranged
from sim.results import Comparison, Run
from sim.results.statistics import Spread
from sim.results.theories import ByTheory
from sim.scenario import Scenario, load, shipped
from sim.scenario.data import published
from sim.scenario.drawing import uncertain
from sim.scenario.ensemble import FITTED
from sim.scenario.law import USUAL
from sim.scenario.variants import with_values

PAIRS, REPLICATES, LONG = 50, 10, 2110
MIDDLE, END = 2024, 2040
TAX = "carbon_tax"
POLICIES = (TAX, "public_compute", "training_run_ceiling")  # looked at under every theory
CHECKED = (DIVIDE, EMISSIONS, FRONTIER_ERROR, HALVING_COST, RESEARCH_SHARE)
COMMAND = "python run.py reproduce quintillions"
FOLDER = "quintillions/"  # of what stands beside the page


def check() -> Check:
    """A few numbers of single runs, quickly made: whoever changes the model or a task changes them."""
    found = {}
    for scenario in [*tasks.scenarios(replicates=1, until=END), *rivals.baselines(END)]:
        columns = list(registry(scenario.region_ids, scenario.kind_ids))
        yearly = simulate(scenario, 0).yearly
        found[scenario.name] = [float(yearly[row, columns.index(id)]) for id in CHECKED for row in (12, -1)]
    return found


def quintillions(
    bar: Bar | None = None, foretell: Foretell | None = None, *, pairs: int = PAIRS, replicates: int = REPLICATES,
    until: int = LONG,
) -> Page:  # fmt: skip
    """Simulate everything and write the page. ``foretell`` hears before how long it takes."""
    policies = [load(shipped() / f"{name}.toml") for name in ("baseline", *POLICIES)]
    worlds, by_theory = tasks.scenarios(replicates, until), rivals.under_each(policies)
    if foretell:
        each = [planned_comparison(scenarios, replicates=pairs) for scenarios in by_theory.values()]
        foretell(in_turn([*each, *map(planned_run, worlds)]))
    found = {name: whole(compare(scenarios, replicates=pairs, progress=bar)) for name, scenarios in by_theory.items()}
    compared = found[USUAL]
    runs = [whole(run(world, progress=bar)) for world in worlds]
    error = published("thompson")["headline_error"]
    both = bridges(policies[0], _point(compared), _drawn(policies[0], compared), error, END)
    told = [
        _head(both, runs[0], error), _bridge(both, error), _claims(found), rivals.section(found), _tasks(runs),
        _scrutiny(compared), _rests(runs[0]),
    ]  # fmt: skip
    files = {"quintillions.md": "\n\n".join(told) + "\n", f"{FOLDER}bridge.png": draw(both, error, END)}
    return page(files, check(), FOLDER)


def _point(compared: Comparison) -> Years:
    """The world as it stands: medians over replicates."""
    return Years({id: np.median(compared.paths(0, id), axis=0) for id in USED}, compared.years[0])


def _drawn(baseline: Scenario, compared: Comparison) -> list[tuple[Scenario, Years]]:
    """Each draw of luck and assumptions: its world, and what happened in it."""
    paths, known = {id: compared.paths(0, id, wide=True) for id in USED}, uncertain(baseline)
    found = []
    for i, pair in enumerate(compared.pairs):
        values = {path: value for path, value in pair.assumptions.items() if path in known}
        found.append((with_values(baseline, values), Years({id: paths[id][i] for id in USED}, compared.years[0])))
    return found


def _head(both: tuple[Bridge, Bridge], long: Run, error: float) -> str:
    cost, carbon = both
    percent, years = f"{100 * error:g} %", tasks.years_of(long, error)
    reach = "reach" if len(years) > 1 else "reaches"
    reached = f"{len(years) or 'None'} of {counted(len(long.replicates), 'replicate')} {reach} it by {long.years[-1]}"
    return (
        "# The quintillions on trial\n\n"
        f"A study of 2020 said that an error of {percent} on ImageNet would cost 10^20 USD and 10^20 pounds of CO2, a "
        f"hundred quintillion of each. **With what the baseline's frontier knows and pays in {END}, a run that reaches "
        f"{percent} would cost {_power(cost.end)} {_span(cost.end_over, _power)} USD and emit {_power(carbon.end)} "
        f"{_span(carbon.end_over, _power)} t of CO2e.** {reached}.\n\n{_pictured(carbon, long)}\n\n"
        f"Generated by `{COMMAND}`; a test fails when the model or a scenario has changed since. Brackets hold the "
        f"90 % range over draws of luck and assumptions. Two limits first. {_basis(long.scenario)} And where "
        "nothing else is said it holds under one theory of progress, which helps all alike; "
        "[two others](#rival-theories) are asked too."
    )


def _pictured(carbon: Bridge, long: Run) -> str:
    """What the run emits beside cars, and all that is modelled in the same year beside what a reader knows."""
    tonnes, mwh = (float(np.median(long.values(id)[:, long.years.index(END)])) for id in (EMISSIONS, ENERGY))
    return (
        f"Those tonnes are {everyday.emissions(10**carbon.end)} in a year. All that is modelled emits far less: in "
        f"{END} its emissions are {everyday.emissions(tonnes)}, and its electricity is {everyday.electricity(mwh)}."
    )


def _basis(scenario: Scenario) -> str:
    """What the numbers of a scenario rest on."""
    fitted = sum(one.source == FITTED for one in scenario.quantities)
    link = "([how far to trust this](trust.md))"
    if not fitted:
        return f"The numbers of the baseline come from sources and assumptions; they are not fitted to records {link}."
    are = "is" if fitted == 1 else "are"
    return (
        f"Of the baseline {counted(fitted, 'number')} {are} fitted to records of the past, and the others come from "
        f"sources and assumptions {link}."
    )


def _bridge(both: tuple[Bridge, Bridge], error: float) -> str:
    said = [
        f"## From the published price of {100 * error:g} % to the baseline's in {END}",
        "Each step is told in powers of ten: minus is cheaper, −1 a tenth. The start is the fit's own number, "
        f"before it was rounded to 10^20, in the model's dollars, and pounds as tonnes. Steps up to {END} use what the "
        "frontier's actor knows and pays at the end of that year.",
        f"![From the published price to the baseline's]({FOLDER}bridge.png)",
    ]
    for bridge in both:
        rows = [[f"published, technology of {OF_SOURCE}", "", _power(bridge.start), ""]]
        rows += [[step.name, step.meaning, _signed(step.power), _span(step.over, _signed)] for step in bridge.steps]
        rows += [[f"baseline in {END}", "", _power(bridge.end), _span(bridge.end_over, _power)]]
        said.append(grid(rows, [bridge.unit, "what it is", "power of ten", "90 % range"]))
    return "\n\n".join(said)


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
    effects = {registry()[id]: compared.effect(1, id, "mean") for id in (RESEARCH_SHARE, EFFICIENCY)}
    moved = [f"{measure.label.lower()}: {spanned(effect)}" for measure, effect in effects.items() if effect]
    return "\n\n".join([
        "## Four claims",
        f"A claim is supported where it holds in at least {100 * MOST:g} % of {counted(len(compared.pairs), 'draw')} "
        f"of luck and assumptions, contradicted where it holds in at most {100 * FEWEST:g} %, and else undecided. To "
        f"explode is taken to mean: to grow more than {EXPLODES:g} times.",
        grid(rows, ["claim", *found, "measured", f"to quote, under {USUAL}"]),
        "By the other theories:",
        grid(quoted, ["claim", "theory", "to quote"]),
        f"On the fourth, what a carbon tax changes ([carbon_tax](../scenarios/{TAX}.toml), mean from "
        f"{compared.first_year} on; median and 95 % range over luck and assumptions): {'; '.join(moved)}.",
    ])  # fmt: skip


def _tasks(runs: list[Run]) -> str:
    head, rows = tasks.table(runs, MIDDLE, END)
    most, least = tasks.furthest(runs, END)
    return "\n\n".join([
        "## Five tasks",
        f"Each task of the published table as a world of its own, from `python run.py run scenarios/FILE --until "
        f"{LONG}`. Medians over {counted(len(runs[0].replicates), 'replicate')}. Targets are those of the table: the "
        "year in which most replicates have reached one, and what the largest run of that year costs.",
        grid(rows, head),
        f"In this model the divide follows the market, and the market follows how far the error falls: {most}; "
        f"{least}. One world follows one task; in truth they share hardware and people.",
    ])  # fmt: skip


def _scrutiny(compared: Comparison) -> str:
    scenario, rows = compared.scenarios[0], []
    labs = sum(kind.count for kind in scenario.kinds if kind.sector == "academia")
    for id in (RETRAIN, INSPECT, MONTHS_BEHIND, INSPECT_LAG):
        measure = registry()[id]
        spreads = [Spread.of(compared.paths(0, id, wide=True)[:, compared.years.index(year)]) for year in (MIDDLE, END)]
        rows.append([measure.label, *(ranged(spread, measure.unit) for spread in spreads)])
    return "\n\n".join([
        "## Who could check the frontier",
        f"Of {labs} academic labs, how many could train again, or look into, a model within "
        f"{scenario.yardsticks.near:g} times of the frontier's compute, and how far behind they are.",
        grid(rows, ["over draws of luck and assumptions", str(MIDDLE), str(END)]),
        "This is scrutiny as far as it takes compute and weights. Interpretability, control and fairness themselves "
        "stay outside: the model knows a model's error, and nothing else of what it does.",
    ])  # fmt: skip


def _rests(long: Run) -> str:
    best = long.scenario.law.best_error
    return "\n\n".join([
        "## What this rests on",
        f"The law of ImageNet has evidence down to {100 * best:g} %. All that lies below is extrapolated. Costs are "
        "those of one training run, not of the search for it. Nothing here uses records of models after 2021.",
        *long.scenario.notes,
    ])  # fmt: skip


def _power(value: float) -> str:
    return f"10^{value:.1f}".replace("-", "−")


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")


def _span(over: Spread, text: Callable[[float], str]) -> str:
    return f"[{text(over.low)}, {text(over.high)}]"
