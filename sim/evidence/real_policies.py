"""What laws and programmes on record change in the baseline, what some shipped scenarios change, and the notes in their
files that say so.

Each is compared with the baseline, or the scenario that it changes, on the same luck, with the numbers as they stand.
``check`` tells a test whether the record is current; notes are written from the record alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.arrays import Array
from sim.evidence.page import Check, Foretell, Page, checked_page, digests, single_runs, whole, with_note
from sim.evidence.policies import effect_of
from sim.experiment.compare import compare, planned
from sim.experiment.duration import in_turn
from sim.experiment.pool import Progress
from sim.measures import DIVIDE, FRONTIER_ERROR, registry
from sim.measures.access import ACADEMIA_SHARE, MEDIAN_LAB
from sim.measures.carbon import CLEAN_POWER, ENERGY, OPERATIONAL
from sim.measures.economy import CHEAPER_PERMIT, DEARER_PERMIT, FRONTIER_FLOP, OUTLAY, PERMIT_PRICE, REVENUE
from sim.measures.ids import emissions_in, known_runs, share_of
from sim.report.certainty import statement
from sim.report.comparison.leakage import part_elsewhere
from sim.report.words import POINTS, change_text, number, plain
from sim.results import Comparison
from sim.results.certainty import Sureness, sureness
from sim.results.statistics import PLAIN, Effect, Middle, effect
from sim.scenario import Scenario, load, shipped
from sim.scenario import real_policies as on_record
from sim.scenario.policy_notes import joined
from sim.scenario.variants import with_options

PAIRS, PLACES = 12, 2  # pairs of a comparison; significant figures of a note
THERE, ELSEWHERE, KNOWN = "emissions_there", "emitted_elsewhere", known_runs()
FOLDER, EFFECTS = "real-policies/", "effects.csv"
LUCK = f"with the numbers as they stand, medians of {PAIRS} pairs, [ ] by luck alone"
SQUARE = str.maketrans("()", "[]")
LEAK = "us_tax"  # a tax of 200 USD/t in the United States alone, from 2024 on, which is no file
LEAK_TITLE = "A tax of 200 USD/t in the United States alone, from 2024 on"
LEAK_SETTINGS = (
    "policy.carbon_tax.rate=200",
    "policy.carbon_tax.start=2024",
    'policy.carbon_tax.regions=["united_states"]',
)


@dataclass(frozen=True)
class NoteFacts:
    """What a note speaks of."""

    years: tuple[int, ...]
    measures: tuple[str, ...]
    against: str = "baseline"  # the shipped scenario that it is compared with


CARBON = (OPERATIONAL, THERE, ELSEWHERE, DIVIDE)
TAX, CAP = NoteFacts((2030, 2040), (*CARBON, REVENUE)), (*CARBON, PERMIT_PRICE)
LABS = (ACADEMIA_SHARE, DIVIDE, MEDIAN_LAB)
SHARES = (*map(share_of, ("corporation", "startup")), ACADEMIA_SHARE)
NOTES = {
    "california": TAX, "canada": TAX, "china": TAX, "eu_price": TAX, "norway": TAX, LEAK: TAX,
    "uk_price_support": NoteFacts((2022, 2030, 2040), (*CARBON, REVENUE)),
    "eu_cap": NoteFacts((2024, 2030, 2040), CAP),
    "california_cap": NoteFacts((2021, 2030, 2040), (*CAP, REVENUE)),
    "two_caps": NoteFacts((2030,), (*CARBON, DEARER_PERMIT, CHEAPER_PERMIT)),
    "clean_power": NoteFacts((2030, 2040), (CLEAN_POWER, OPERATIONAL, DIVIDE)),
    "carbon_tax_clean": NoteFacts((2030, 2040), (CLEAN_POWER, OPERATIONAL, ENERGY, DIVIDE, REVENUE), "clean_power"),
    "clean_power_support": NoteFacts((2030, 2040), (CLEAN_POWER, OPERATIONAL, DIVIDE, OUTLAY), "clean_power"),
    "cap_and_trade_clean": NoteFacts(
        (2030, 2040), (CLEAN_POWER, OPERATIONAL, FRONTIER_ERROR, DIVIDE, PERMIT_PRICE), "clean_power"
    ),
    "cap_and_trade": NoteFacts((2028, 2030, 2040), (OPERATIONAL, DIVIDE, PERMIT_PRICE)),
    "compute_permits": NoteFacts((2028, 2030, 2040), (ENERGY, OPERATIONAL, DIVIDE)),
    "cap_and_trade_given": NoteFacts((2030, 2040), (PERMIT_PRICE, *SHARES, DIVIDE), "cap_and_trade"),
    "nairr": NoteFacts((2024, 2029, 2032), LABS),
    "uk_research_resource": NoteFacts((2026, 2030, 2033), LABS),
    "india": NoteFacts((2025, 2029, 2033), LABS),
    "us_order": NoteFacts((2024,), (KNOWN,)),
    "eu_ai_act": NoteFacts((2025, 2026, 2028, 2032), (KNOWN,)),
    "pause_2023": NoteFacts((2023, 2024), (FRONTIER_FLOP, FRONTIER_ERROR)),
}  # fmt: skip
SHIPPED = (  # of NOTES, beside those on record
    "two_caps", "clean_power", "carbon_tax_clean", "clean_power_support", "cap_and_trade_clean", "cap_and_trade",
    "cap_and_trade_given", "compute_permits",
)  # fmt: skip
LEVELS = {  # what is told as an amount where there is none without the policy
    REVENUE: "the treasury takes in {}", OUTLAY: "the treasury pays {}", PERMIT_PRICE: "a permit costs {}",
    DEARER_PERMIT: "the dearer permit costs {}", CHEAPER_PERMIT: "the cheaper {}",
    KNOWN: "{} become known",
}  # fmt: skip
BEHIND = re.compile("(/tCO2e| runs/yr)$")  # units that a range does not say twice
NotedEffects = dict[tuple[str, int, str], Effect]  # by scenario, year and measure


def files() -> dict[str, Path]:
    """Files with a note that is written, by name."""
    return {file.stem: file for file in (*on_record(), *(shipped() / f"{name}.toml" for name in SHIPPED))}


def scenarios() -> list[Scenario]:
    """Each scenario that something is told of."""
    tax = with_options(load(shipped() / "baseline.toml", LEAK_SETTINGS), name=LEAK)
    return [*map(load, files().values()), tax]


def compared() -> list[list[Scenario]]:
    """What is compared: each scenario that others are held against, with them behind it."""
    told = scenarios()
    against = dict.fromkeys(NOTES[scenario.name].against for scenario in told)
    return [
        [load(shipped() / f"{first}.toml"), *(each for each in told if NOTES[each.name].against == first)]
        for first in against
    ]


def check() -> Check:
    """What tells the scenarios and the code that the record was made with from others."""
    worlds = {each.name: each for group in compared() for each in group}
    return digests(worlds) | single_runs(worlds)


def real_policies(bar: Progress[Any] | None = None, foretell: Foretell | None = None) -> Page:
    """Run everything and write the record. ``foretell`` hears before how long the runs take."""
    groups = compared()
    if foretell:
        foretell(in_turn(planned(group, replicates=PAIRS, assumptions=False) for group in groups))
    found = [record(whole(compare(group, replicates=PAIRS, assumptions=False, progress=bar))) for group in groups]
    return checked_page({f"{FOLDER}{EFFECTS}": pd.concat(found, ignore_index=True)}, check(), FOLDER)


def record(compared: Comparison) -> pd.DataFrame:
    """Every effect that a note tells: a row for each scenario, year and measure."""
    rows = []
    for i, scenario in enumerate(compared.scenarios[1:], start=1):
        of, where = NOTES[scenario.name], covered(scenario)
        for year in of.years:
            for id in of.measures:
                change = _change(compared, i, id, year, where) if where or id not in (THERE, ELSEWHERE) else None
                if change is not None:
                    key = {"scenario": scenario.name, "year": year, "measure": id}
                    rows.append(key | change.row())
    return pd.DataFrame(rows)


def read(table: pd.DataFrame) -> NotedEffects:
    """The effects of a record."""
    return {(str(row.scenario), int(row.year), str(row.measure)): effect_of(row) for row in table.itertuples()}


def covered(scenario: Scenario) -> list[str]:
    """Regions to which the scenario's policies are limited; none where they hold everywhere."""
    return list(dict.fromkeys(region for policy in scenario.policies for region in policy.regions))


def _change(compared: Comparison, scenario: int, id: str, year: int, where: Sequence[str]) -> Effect | None:
    """What a scenario changes in one year; of what is emitted elsewhere the share in what is cut where it holds."""
    before, after = (_values(compared, i, id, year, where) for i in (0, scenario))
    if id == ELSEWHERE:
        world, there = (
            np.subtract(*(_values(compared, i, part, year, where) for i in (scenario, 0)))
            for part in (OPERATIONAL, THERE)
        )
        before, after = np.zeros_like(world), 1.0 - world / there
    of = compared.measures.get(id)
    return effect(before, after, None, of.scale if of else PLAIN)


def _values(compared: Comparison, scenario: int, id: str, year: int, where: Sequence[str]) -> Array:
    """Values of a measure by replicate; those of emissions there summed over regions."""
    ids = [emissions_in(region) for region in where] if id in (THERE, ELSEWHERE) else [id]
    at = compared.years.index(year)
    return np.asarray(sum(compared.paths(scenario, each)[:, at] for each in ids))


def said(found: NotedEffects, scenario: Scenario) -> str:
    """A note: a sentence for each year, with ranges in the brackets of luck."""
    of, regions = NOTES[scenario.name], {region.id: region.label for region in scenario.regions}
    there = joined([regions[region] for region in covered(scenario)])
    sentences = []
    for year in of.years:
        changes = {id: found[scenario.name, year, id] for id in of.measures if (scenario.name, year, id) in found}
        if changes:
            sentences.append(f"in {year} {'; '.join(_clause(id, change, there) for id, change in changes.items())}")
    first, *others = (sentence.translate(SQUARE) for sentence in sentences)
    against = f"against {of.against}, " if of.against != "baseline" else ""
    return ". ".join([f"{LUCK}: {against}{first}", *(f"I{sentence[1:]}" for sentence in others)]) + "."


def _clause(id: str, change: Effect, there: str) -> str:
    """What one measure does, with its 95 % interval, in the words of all effects; of what hardly changes the range."""
    if id in LEVELS and not change.baseline:
        unit = registry()[id].unit
        told, *ends = (number(value, unit, PLACES) for value in change.luck.amount)
        return LEVELS[id].format(f"{told} ({' to '.join(BEHIND.sub('', end) for end in ends)})")
    if id == ELSEWHERE:
        return part_elsewhere(change.luck.amount)
    if id == CLEAN_POWER:
        points, *ends = (change_text(value, PLACES) for value in change.luck.amount)
        share = plain(100 * change.policy, PLACES)
        return f"clean power is {share} % of all, {points}{POINTS} ({' to '.join(ends)})"
    own = {OPERATIONAL: "the world's emissions by electricity", THERE: f"those in {there}",
           PERMIT_PRICE: "the price of permits"}  # fmt: skip
    measure = registry()[OPERATIONAL if id == THERE else id]
    named = replace(measure, words=replace(measure.words, subject=own.get(id) or measure.subject))
    size = change.luck.relative
    if sureness(change) is Sureness.HARDLY:
        return f"{statement(change, named, size)} ({' to '.join(change_text(end, PLACES) for end in size[1:])} %)"
    return statement(change, named, size, PLACES)


def noted(text: str, found: NotedEffects, scenario: Scenario) -> str:
    """The text of a scenario's file with its note as the record has it."""
    return with_note(text, said(found, scenario))


def leaks(found: NotedEffects) -> list[list[str]]:
    """Rows: of each policy on some regions what it changes there and in the world, and what is emitted elsewhere."""
    rows = []
    for scenario in scenarios():
        year = max(set(NOTES[scenario.name].years) & {2030}, default=0)
        if (scenario.name, year, ELSEWHERE) in found:
            there, world = (_percent(found[scenario.name, year, id].luck.relative) for id in (THERE, OPERATIONAL))
            share = found[scenario.name, year, ELSEWHERE].luck.amount
            title = LEAK_TITLE if scenario.name == LEAK else scenario.title
            rows.append([title, str(year), there, world, _percent(share).replace("+", "")])
    return rows


def _percent(change: Middle) -> str:
    """A share with its interval: −2.1 % [−2.3, −2.0]."""
    middle, low, high = (change_text(value, PLACES) for value in change)
    return f"{middle} % [{low}, {high}]"
