"""What a scenario holds: frozen tables of numbers in base units, and where each number comes from."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.actors import Kind
from sim.mechanisms.scaling import AnchoredLaw, Law
from sim.policies import Policy
from sim.quantity import Quantity, Series, choice, integer, quantity


@dataclass(frozen=True, kw_only=True)
class Time:
    """The calendar. A year is simulated whole; the run ends with the last day of ``end``."""

    start: int = integer("first calendar year simulated", low=1950, high=2200)
    end: int = integer("last calendar year simulated, to its end", low=1950, high=2200)
    steps_per_year: int = integer("steps in a year", low=1, high=365)


@dataclass(frozen=True, kw_only=True)
class Run:
    """How the scenario is run when the command line does not say otherwise."""

    seed: int = integer("root of all random streams", low=0, high=2**63 - 1)
    replicates: int = integer("independent repetitions", low=1, high=100_000)


@dataclass(frozen=True, kw_only=True)
class LawTable:
    """Which scaling law, and where it is anchored. The law's own numbers stand in the same table."""

    benchmark: str = choice("task whose error is followed")
    profile: str = choice("published fit of the law for that benchmark")
    start_error: float = quantity("1", "error (or loss) that start_compute reaches at the start", low=1e-4, high=20)
    start_compute: float = quantity("FLOP", "run that reaches start_error at the start", low=1, high=1e30)
    fitted_growth: float = quantity(
        "1/yr", "growth of ln compute in the years the law was fitted on", low=0.01, high=10
    )


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """Public algorithmic progress, a trend."""

    growth: float = quantity("1/yr", "growth of ln effective compute per FLOP", low=0, high=5)


@dataclass(frozen=True, kw_only=True)
class Compute:
    """What compute costs and what energy it takes."""

    flop_per_usd: float = quantity(
        "FLOP/USD", "training compute per dollar of whole cost, in price_year", low=1, high=1e30
    )
    price_year: float = quantity("year", "year of flop_per_usd", low=1950, high=2200)
    price_halving: float = quantity("yr", "time in which the price of compute halves", low=0.5, high=100)
    energy_share: float = quantity(
        "1", "share of energy in that whole cost, taken out and counted apart", low=0, high=0.9
    )
    flop_per_kwh: float = quantity(
        "FLOP/kWh", "compute per kilowatt-hour of the hardware, in energy_year", low=1, high=1e30
    )
    energy_year: float = quantity("year", "year of flop_per_kwh", low=1950, high=2200)
    energy_gain: float = quantity("%/yr", "growth of compute per kilowatt-hour", low=0, high=150)
    volume_discount: float = quantity("1", "powers of hardware cost per power of volume bought", low=0, high=0.5)
    small_buyer_limit: float = quantity("1", "most that small buyers pay over the reference buyer", low=1, high=10)


@dataclass(frozen=True, kw_only=True)
class Market:
    """The market for compute."""

    allocation: str = choice("how scarce compute is allocated", ("price",))
    capacity: Series = quantity("FLOP/yr", "compute on offer at the start of each given year", low=1, form="path")
    capacity_growth: float = quantity("%/yr", "growth of capacity after the last given year", low=-20, high=150)
    outside_demand: float = quantity("FLOP/yr", "demand of everyone not modelled, at the start", low=0, high=1e32)
    outside_growth: float = quantity("%/yr", "growth of outside demand", low=-20, high=150)
    outside_elasticity: float = quantity("1", "price elasticity of outside demand", low=0, high=10)
    rent_ceiling: float = quantity(
        "1", "scarcity rent, in hardware prices, above which buyers are rationed", low=0.01, high=1e9
    )


@dataclass(frozen=True, kw_only=True)
class Product:
    """The market for AI products."""

    size: float = quantity("USD/yr", "market for AI products at the start", low=1e-6, high=1e15)
    growth_exponent: float = quantity("1", "mu: powers of market size per power of 1/error", low=0, high=20)
    cap: float = quantity("1", "most that the market can grow to, over its start", low=1.5, high=1e9)
    adoption: float = quantity("1/yr", "rate at which the market approaches where it tends", low=0.01, high=20)
    contest: float = quantity("1", "theta: powers of a seller's weight per power of 1/error", low=0, high=20)
    margin: float = quantity("1", "share of sales left after all costs but training", low=0, high=1)
    weight: float = quantity("1", "phi: weight of future sales in what accuracy is worth today", low=0, high=20)


@dataclass(frozen=True, kw_only=True)
class Training:
    """How a year's compute becomes its largest run."""

    run_share: float = quantity("1", "typical share of a year's compute in its largest run", low=1e-4, high=0.99)
    window: float = quantity("yr", "time over which past purchases count for the largest run", low=0.1, high=10)
    luck_spread: float = quantity("1", "spread of that share (sd of its logit)", low=0, high=3)
    luck_persistence: float = quantity("1", "share of luck that carries over to the next year", low=0, high=0.99)


@dataclass(frozen=True, kw_only=True)
class Finance:
    """Money that moves between actors, investors and government."""

    venture_share: float = quantity(
        "1", "investors' yearly money for startups over the AI product market", low=0, high=5
    )
    venture_contest: float = quantity("1", "powers of investors' favour per power of 1/error", low=0, high=20)
    recycling: float = quantity("1/yr", "rate at which earmarked public revenue is paid out", low=0.1, high=20)


@dataclass(frozen=True, kw_only=True)
class Region:
    """A place with its electricity: intensity, price, carbon price."""

    id: str = choice("name of its table", default="")
    label: str = choice("what a reader calls it", default="")
    grid_intensity: Series = quantity("gCO2e/kWh", "yearly average carbon intensity", low=0, high=2000, form="series")
    grid_change: float = quantity("%/yr", "change of intensity after the last given year", low=-50, high=20)
    electricity_price: float = quantity("USD/kWh", "industrial electricity price without carbon price", low=0, high=10)
    carbon_price: Series = quantity("USD/tCO2", "yearly carbon price on electricity", low=0, high=10_000, form="series")
    carbon_price_growth: float = quantity("%/yr", "real growth after the last given year", low=-50, high=50)
    cloud_share: float = quantity("1", "weight of the region in work that actors run away from home", low=0, high=1e6)


TABLES: dict[str, type[Any]] = {
    "time": Time,
    "run": Run,
    "law": LawTable,
    "knowledge": Knowledge,
    "compute": Compute,
    "market": Market,
    "product": Product,
    "training": Training,
    "finance": Finance,
}


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Frozen assumptions of one world, in base units."""

    name: str
    title: str
    question: str
    file: Path
    time: Time
    run: Run
    law_table: LawTable
    law: Law
    knowledge: Knowledge
    compute: Compute
    market: Market
    product: Product
    training: Training
    finance: Finance
    regions: tuple[Region, ...]
    kinds: tuple[Kind, ...]
    policies: tuple[Policy, ...]
    quantities: tuple[Quantity, ...] = field(repr=False)
    sources: dict[str, dict[str, Any]] = field(repr=False)
    tree: dict[str, Any] = field(repr=False)  # the resolved file
    notes: tuple[str, ...] = ()  # what is allowed and probably not meant

    @property
    def kind_ids(self) -> tuple[str, ...]:
        """Names of the kinds in the order of their rows."""
        return tuple(kind.id for kind in self.kinds)

    @property
    def region_ids(self) -> tuple[str, ...]:
        """Names of the regions in the order of their columns."""
        return tuple(region.id for region in self.regions)

    @property
    def steps(self) -> int:
        """Steps from the start to the end of the last year."""
        return (self.time.end - self.time.start + 1) * self.time.steps_per_year

    def anchored_law(self) -> AnchoredLaw:
        """The law as it holds in this world (see ``AnchoredLaw``)."""
        table = self.law_table
        stretch = 1.0 + self.knowledge.growth / table.fitted_growth
        return AnchoredLaw(self.law, table.start_error, table.start_compute, stretch)


def trend(value: float, halving: float, years: float) -> float:
    """``value`` after ``years`` of halving every ``halving`` years."""
    return float(value * 2.0 ** (-years / halving))


def grown(value: float, rate: float, years: float) -> float:
    """``value`` after ``years`` of growth at ``rate`` per year, compounded yearly."""
    return float(value * (1.0 + rate) ** years)


def series_at(series: Series, after: float, year: int) -> float:
    """A yearly series in a calendar year; beyond its last year it changes at the rate ``after`` per year."""
    return grown(series.at(year), after, max(0, year - series.years[-1]))


def path_at(series: Series, after: float, time: float) -> float:
    """A path given at the starts of years, read between them at constant growth, and grown on at ``after``."""
    return grown(series.along(time), after, max(0.0, time - series.years[-1]))
