"""Tables of a scenario on carbon: what it costs to emit less without computing less, and what was promised."""

from dataclasses import dataclass

from sim.quantity import Series, quantity


@dataclass(frozen=True, kw_only=True)
class Abatement:
    """Firm clean power in place of the grid's, and removals. What clean power costs by place stands in regions."""

    clean_year: float = quantity("year", "year of the clean_premium of regions", low=1950, high=2200)
    clean_change: float = quantity("%/yr", "change of what clean power costs above the grid's", low=-50, high=20)
    clean_rise: float = quantity(
        "USD/kWh", "what clean power for one more hour costs at half of all hours, above the first", low=1e-6, high=100
    )
    build: float = quantity(
        "1/yr", "most by which the share of clean power can grow: what is built in a year", low=0, high=100
    )
    contract: float = quantity("yr", "time for which clean power is bought", low=0.01, high=1000)
    removal_year: float = quantity("year", "year of removal_price", low=1950, high=2200)
    removal_price: float = quantity("USD/tCO2", "price of the first removal, in removal_year", low=0.01, high=1e5)
    removal_change: float = quantity("%/yr", "change of the price of removals", low=-50, high=20)
    removal_spread: float = quantity("1", "what the last removal costs above the first, over it", low=0.1, high=1000)
    removable: float = quantity("1", "most of the emissions left that removals can make up for", low=0, high=1)


@dataclass(frozen=True, kw_only=True)
class Pledges:
    """What large buyers promise, and how much of it they keep."""

    clean_share: Series = quantity(
        "1", "share of power that is promised to be firm clean power, by year", low=0, high=1, form="series"
    )
    credibility: float = quantity("1", "share of what is promised that is kept", low=0, high=1)
    size: float = quantity(
        "USD/yr", "income from outside the AI market, at the start, from which on actors promise", low=0, high=1e15
    )
