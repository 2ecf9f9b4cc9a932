"""The markets for compute and for permits: prices, contracts or a queue fit demand to what there is."""

from sim.mechanisms.market.clearing import NONE, Purchases, Trade, clear, cost_factor, sell
from sim.mechanisms.market.records import (
    CLEARED,
    FREE,
    RATIONED,
    SLACK,
    Ask,
    Buyers,
    Caps,
    Clearing,
    NoRest,
    Outside,
    Places,
    Request,
    Supply,
)
from sim.mechanisms.market.rules import RULES

__all__ = [
    "CLEARED", "FREE", "NONE", "RATIONED", "RULES", "SLACK", "Ask", "Buyers", "Caps", "Clearing", "NoRest", "Outside",
    "Places", "Purchases", "Request", "Supply", "Trade", "clear", "cost_factor", "sell",
]  # fmt: skip
