"""The tables of a scenario: which numbers each holds, with unit, range and meaning."""

from dataclasses import dataclass
from math import inf
from typing import Any

from sim.mathematics import log, log1p, power
from sim.mechanisms.market import RULES
from sim.quantity import Series, choice, flag, integer, quantity
from sim.scenario.carbon import Abatement, Pledges
from sim.scenario.law import LawTable
from sim.scenario.observation import Observation
from sim.scenario.products import Expectations, Product

# FLOP/kWh at the thermodynamic limit: k T ln 2 = 2.9e-21 J at 300 K for each of about 1000 bits that a 16-bit
# multiply-add of two FLOP erases. The bits are an order of magnitude.
LANDAUER = 2.5e24
LAST_YEAR = 2200  # to which a scenario may go
DIRTIEST = 2000.0  # gCO2e/kWh, about twice the worst grid: what no fuel exceeds


@dataclass(frozen=True, kw_only=True)
class Time:
    """The calendar. A year is simulated whole; the run ends with the last day of ``end``."""

    start: int = integer("first calendar year simulated", low=1950, high=LAST_YEAR)
    end: int = integer("last calendar year simulated, to its end", low=1950, high=LAST_YEAR)
    steps_per_year: int = integer("steps in a year", low=1, high=365)


@dataclass(frozen=True, kw_only=True)
class Run:
    """How the scenario is run when the command line does not say otherwise."""

    seed: int = integer("root of all random streams", low=0, high=2**63 - 1)
    replicates: int = integer("independent repetitions", low=1, high=100_000)


@dataclass(frozen=True, kw_only=True)
class Mechanisms:
    """Which mechanisms work. Switched off, the rest of the world goes on without it."""

    research_choice: bool = flag("actors choose how much goes to efficiency research; off: the first share stays")
    private_knowledge: bool = flag("actors know more or less than is public; off: everyone knows what is public")
    knowledge_network: bool = flag("actors learn from those they are linked to")
    open_release: bool = flag("released models can be used by all; off: everyone has its own models only")
    siting: bool = flag("work moves between regions; off: it stays where it began")
    existing_carbon_prices: bool = flag("carbon prices already in force; off: no price but those of policies")
    grid_limits: bool = flag("grids connect only so much new power a year; off: as much as is wanted")
    pledges: bool = flag("large buyers use the clean power that they promised; off: none because of a promise")
    abatement: bool = flag("buyers choose clean power and removals; off: they use the grid's power as it is")
    regional_purchases: bool = flag(
        "where policies price carbon in some regions above others, actors buy less there; off: one bundle for all"
    )
    inference: bool = flag("serving customers takes compute too")
    embodied_carbon: bool = flag("making hardware emits too")
    sponsored_compute: bool = flag("corporations sponsor compute of labs")
    funding_rounds: bool = flag("venture capital comes in rounds; off: it flows steadily")
    exit_and_entry: bool = flag("startups fail, are bought, and are founded; off: all live on")
    brand_habit: bool = flag("customers come back to those who sold last year")
    capacity_response: bool = flag("capacity follows demand after the given path; off: it grows at capacity_growth")
    volume_discount: bool = flag("small buyers pay more for compute")
    expectations: bool = flag("firms and investors spend by the market that they expect; off: by the market as it is")
    unequal_means: bool = flag("some actors of a kind have more of everything; off: what their kind's spreads say")
    serving_grows: bool = flag("serving takes more of sales as products are adopted; off: always inference_share")
    luck: bool = flag("the largest run is a matter of luck; off: always the typical share")


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """How algorithms get better: ln of effective compute per FLOP, public and each actor's own."""

    public_rate: float = quantity("1/yr", "growth of public knowledge at the start", low=0, high=10)
    own_rate: float = quantity("1/yr", "growth of own knowledge by unpublished research at the start", low=0, high=10)
    returns: float = quantity("1", "lambda: elasticity of the growth of knowledge to research", low=0, high=1)
    fishing_out: float = quantity("1", "beta: how fast ideas get harder to find", low=0.001, high=5)
    absorption: float = quantity("1/yr", "rate at which actors catch up with what is public", low=0, high=20)
    leak: float = quantity("1/yr", "rate at which a lead over what is public is lost", low=0, high=20)


@dataclass(frozen=True, kw_only=True)
class Network:
    """Who learns from whom: links drawn once, at the start."""

    links: float = quantity("1", "links that an actor makes, on average", low=0, high=100)
    within_sector: float = quantity("1", "share of links made within the own sector", low=0, high=1)
    prominence: float = quantity("1", "elasticity to the first plan of the chance of being linked to", low=0, high=3)
    rate: float = quantity("1/yr", "rate at which actors catch up with the best they are linked to", low=0, high=20)


@dataclass(frozen=True, kw_only=True)
class Research:
    """Efficiency research as a choice: the same gain in error for the last dollar of compute and of research."""

    horizon: float = quantity("yr", "years over which better algorithms are counted", low=0, high=50)
    response: float = quantity("1", "eta: fall in ln error per unit of knowledge", low=0, high=2)
    substitution: float = quantity("1", "sigma: elasticity of substitution between research and compute", low=0, high=5)
    adjustment: float = quantity("1/yr", "rate at which the share of research approaches its best", low=0.01, high=20)
    unspent_share: float = quantity(
        "1", "share of money that finds no compute which stays unspent; the rest goes to research", low=0, high=1
    )


@dataclass(frozen=True, kw_only=True)
class Release:
    """Models that are given away."""

    lag: float = quantity("yr", "time from reaching an error to releasing the model", low=0.1, high=20)
    reach: float = quantity("1", "weight of the best released model among sellers at equal accuracy", low=0, high=1e6)


@dataclass(frozen=True, kw_only=True)
class Siting:
    """Where the mobile part of work goes."""

    speed: float = quantity("1/yr", "rate at which mobile work approaches the shares it tends to", low=0, high=20)
    scale: float = quantity(
        "1", "difference in price over its mean that makes a region e times less used", low=0.001, high=100
    )


@dataclass(frozen=True, kw_only=True)
class Hardware:
    """What making the hardware emits."""

    device_power: float = quantity("W", "power of one accelerator with its part of the server", low=1, high=1e5)
    device_carbon: float = quantity("kgCO2e", "carbon of making one accelerator", low=0, high=1e5)
    server_carbon: float = quantity("kgCO2e", "carbon of making the rest of the server", low=0, high=1e6)
    devices_per_server: float = quantity("1", "accelerators in a server", low=1, high=1000)
    life: float = quantity("yr", "years that a server works", low=0.5, high=30)
    use: float = quantity("1", "share of the years it works in which a server is busy", low=0.01, high=1)


@dataclass(frozen=True, kw_only=True)
class Yardsticks:
    """What measures hold results against; nothing in the world depends on them."""

    social_cost: Series = quantity(
        "USD/tCO2", "damage done by a tonne emitted in each year", low=0, high=1e5, form="series"
    )
    car: float = quantity("tCO2e", "emissions of a car over its life, fuel included", low=0.1, high=1000)
    wage: float = quantity("USD/yr", "cost of one researcher in efficiency research", low=1, high=1e8)
    near: float = quantity(
        "1", "largest run over an own one up to which an actor is near the frontier", low=1, high=1e6
    )
    lower_threshold: float = quantity("FLOP", "size above which training runs are counted", low=1, high=1e40)
    upper_threshold: float = quantity("FLOP", "larger size above which training runs are counted", low=1, high=1e40)


@dataclass(frozen=True, kw_only=True)
class Compute:
    """What compute costs and what energy it takes."""

    flop_per_usd: float = quantity(
        "FLOP/USD", "training compute per dollar of whole cost, in price_year", low=1, high=1e30
    )
    price_year: float = quantity("year", "year of flop_per_usd", low=1950, high=2200)
    price_halving: float = quantity(
        "yr", "time in which the price of compute halves, until trend_end", low=0.5, high=100
    )
    trend_end: float = quantity(
        "year", "year in which the price of compute ceases to halve so fast", low=1950, high=2200
    )
    halving_after: float = quantity(
        "yr", "time in which the price of compute halves from trend_end on", low=0.5, high=1000
    )
    price_limit: float = quantity("FLOP/USD", "most training compute per dollar that there can be", low=1, high=1e30)
    energy_share: float = quantity(
        "1", "share of energy in the whole cost of compute, taken out and counted apart", low=0, high=0.9
    )
    flop_per_kwh: float = quantity(
        "FLOP/kWh", "compute per kilowatt-hour of the hardware, in energy_year", low=1, high=1e30
    )
    energy_year: float = quantity("year", "year of flop_per_kwh", low=1950, high=2200)
    energy_gain: float = quantity("%/yr", "growth of compute per kilowatt-hour, up to energy_limit", low=0, high=150)
    energy_limit: float = quantity("FLOP/kWh", "most compute per kilowatt-hour that there can be", low=1, high=LANDAUER)
    volume_discount: float = quantity(
        "1", "elasticity by which hardware cost falls with volume bought", low=0, high=0.5
    )
    small_buyer_limit: float = quantity("1", "most that small buyers pay over the reference buyer", low=1, high=10)


@dataclass(frozen=True, kw_only=True)
class Market:
    """The market for compute."""

    allocation: str = choice("how scarce compute is allocated", tuple(RULES))
    capacity: Series = quantity(
        "FLOP/yr", "compute on offer at the start of each given year", low=1, high=1e32, form="path"
    )
    capacity_growth: float = quantity("%/yr", "growth of capacity after the last given year", low=-20, high=150)
    electricity_limit: float = quantity(
        "TWh/yr", "most electricity for hardware, cooling not counted: capacity stays within it", low=1e-6, high=1e9
    )
    connection_year: float = quantity(
        "year", "year up to which grids connect grid_connections; not given: for ever", low=1950, high=2200, default=inf
    )
    connection_growth: float = quantity(
        "%/yr", "change of what all grids connect in a year, after connection_year", low=-50, high=50, default=0.0
    )
    outside_demand: float = quantity("FLOP/yr", "demand of everyone not modelled, at the start", low=0, high=1e32)
    outside_growth: float = quantity("%/yr", "growth of outside demand while hardware is on trend", low=-20, high=150)
    outside_limit: float = quantity("USD/yr", "most that everyone not modelled spends on hardware", low=1, high=1e18)
    outside_elasticity: float = quantity("1", "price elasticity of outside demand", low=0, high=10)
    response: float = quantity("1/yr", "growth of capacity per unit of ln excess demand", low=0, high=20)
    utilisation: float = quantity("1", "demand at cost over capacity that calls for no other growth", low=0.1, high=2)
    slowest: float = quantity("1/yr", "least growth of ln capacity", low=-5, high=0)
    fastest: float = quantity("1/yr", "most growth of ln capacity", low=0, high=10)
    outside_contracts: float = quantity(
        "1", "share of outside demand under contract, where contracts allocate", low=0, high=1
    )
    rent_ceiling: float = quantity(
        "1", "scarcity rent, in hardware prices, above which buyers are rationed", low=0.01, high=1e9
    )


@dataclass(frozen=True, kw_only=True)
class Training:
    """How a year's compute becomes its largest run."""

    run_share: float = quantity("1", "typical share of a year's compute in its largest run", low=1e-4, high=0.99)
    window: float = quantity("yr", "time over which past purchases count for the largest run", low=0.1, high=10)
    luck_spread: float = quantity("1", "spread of the largest run's share (sd of logit)", low=0, high=3)
    luck_persistence: float = quantity("1", "share of luck that carries over to the next year", low=0, high=0.99)


@dataclass(frozen=True, kw_only=True)
class Finance:
    """Money that moves between actors, investors and government."""

    venture_share: float = quantity(
        "1", "investors' yearly money for startups over the AI product market", low=0, high=5
    )
    venture_contest: float = quantity("1", "elasticity of investors' favour to accuracy (1/error)", low=0, high=20)
    round_rate: float = quantity("1/yr", "rate of funding rounds of a startup", low=0.01, high=20)
    round_multiple: float = quantity("1", "most that a round brings, over the startup's cash", low=0.01, high=1000)
    runway: float = quantity("yr", "time for which a startup keeps cash for what it wants to spend", low=0, high=100)
    failure_floor: float = quantity("1", "cash over a new startup's below which a startup fails", low=0, high=0.99)
    acquired_share: float = quantity("1", "share of failing startups that a corporation buys", low=0, high=1)
    acquisition_price: float = quantity("yr", "price of a startup in years of its sales", low=0, high=100)
    founding_rate: float = quantity("1/yr", "rate at which failed startups are replaced by new ones", low=0, high=20)
    seed: float = quantity("yr", "first money of a startup in years of average venture capital", low=0.001, high=100)
    sponsored_share: float = quantity(
        "1", "kappa: compute sponsored for labs over corporations' spending on AI", low=0, high=1
    )
    sponsor_contest: float = quantity("1", "elasticity of sponsors' favour to accuracy (1/error)", low=0, high=20)
    recycling: float = quantity("1/yr", "rate at which earmarked public revenue is paid out", low=0.1, high=20)


@dataclass(frozen=True, kw_only=True)
class Region:
    """A place with its electricity: intensity, price, carbon price."""

    id: str = choice("name of its table", default="")
    label: str = choice("what a reader calls it", default="")
    grid_intensity: Series = quantity(
        "gCO2e/kWh", "yearly average carbon intensity", low=0, high=DIRTIEST, form="series"
    )
    grid_change: float = quantity("%/yr", "change of intensity after the last given year", low=-50, high=20)
    electricity_price: float | Series = quantity(
        "USD/kWh", "industrial electricity price; carbon is added", low=0, high=10, by_year=True
    )
    carbon_price: Series = quantity("USD/tCO2", "yearly carbon price on electricity", low=0, high=10_000, form="series")
    carbon_price_growth: float = quantity("%/yr", "real growth after the last given year", low=-50, high=50)
    cloud_share: float = quantity("1", "weight of the region in work that actors run away from home", low=0, high=1e6)
    clean_premium: float = quantity(
        "USD/kWh",
        "what the first kWh of firm clean power costs above the grid's, in clean_year; not given: none on offer",
        low=0,
        high=10,
        default=inf,
    )
    grid_connections: float = quantity(
        "GW/yr",
        "most power for hardware that its grid connects anew in a year; not given: no limit in any region",
        low=0,
        high=1e6,
        default=inf,
    )


TABLES: dict[str, type[Any]] = {
    "time": Time,
    "run": Run,
    "mechanisms": Mechanisms,
    "law": LawTable,
    "knowledge": Knowledge,
    "network": Network,
    "research": Research,
    "release": Release,
    "compute": Compute,
    "hardware": Hardware,
    "siting": Siting,
    "abatement": Abatement,
    "pledges": Pledges,
    "market": Market,
    "product": Product,
    "expectations": Expectations,
    "training": Training,
    "finance": Finance,
    "yardsticks": Yardsticks,
    "observation": Observation,
}


def trend(value: float, halving: float, years: float) -> float:
    """``value`` after ``years`` of halving every ``halving`` years."""
    return float(value * power(2.0, -years / halving))


def grown(value: float, rate: float, years: float) -> float:
    """``value`` after ``years`` of growth at ``rate`` per year, compounded yearly."""
    return float(value * power(1.0 + rate, years))


def reached(value: float, rate: float, limit: float) -> float:
    """Years in which ``value`` grows to ``limit`` at ``rate`` per year; infinite where it never does."""
    return log(limit / value) / log1p(rate) if rate > 0 else inf


def price_at(compute: Compute, time: float) -> float:
    """Price of compute net of energy [USD/FLOP] at a time [year]: on trend, then slower, down to its limit."""
    c = compute
    on_trend = trend(1.0 / c.flop_per_usd, c.price_halving, min(time, c.trend_end) - c.price_year)
    whole = trend(on_trend, c.halving_after, max(time - c.trend_end, 0.0))
    return (1.0 - c.energy_share) * max(whole, 1.0 / c.price_limit)


def efficiency_at(compute: Compute, time: float) -> float:
    """Efficiency of hardware [FLOP/kWh] at a time [year]: on trend, up to its limit."""
    c = compute
    return min(grown(c.flop_per_kwh, c.energy_gain, time - c.energy_year), c.energy_limit)


def series_at(series: Series, after: float, year: int) -> float:
    """A yearly series in a calendar year; beyond its last year it changes at the rate ``after`` per year."""
    return grown(series.at(year), after, max(0, year - series.years[-1]))


def amount_at(number: float | Series, year: int) -> float:
    """A number in a calendar year, where it may be given by year."""
    return number.at(year) if isinstance(number, Series) else number


def path_at(series: Series, after: float, time: float) -> float:
    """A path given at the starts of years, read between them at constant growth, and grown on at ``after``."""
    return grown(series.along(time), after, max(0.0, time - series.years[-1]))
