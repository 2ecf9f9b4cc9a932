"""The knowledge network as a networkx graph."""

from collections.abc import Sequence

import networkx as nx
import numpy as np

from sim.economy.state import World


def graph(world: World, shown: Sequence[int] | None = None) -> nx.Graph:
    """The actors, all or those of the rows ``shown``, and the links among them.

    Nodes are rows, with kind, sector and first plan [USD/yr]; links have no weight.
    """
    chosen = np.zeros(world.groups.size, dtype=bool)
    chosen[slice(None) if shown is None else list(shown)] = True
    made = nx.Graph()
    for kind, rows in world.rows():
        for row in (np.flatnonzero(chosen[rows]) + rows.start).tolist():
            made.add_node(row, kind=kind.id, sector=kind.sector, plan=float(world.fixed.traits.start_plan[row]))
    pairs = world.fixed.network.pairs
    made.add_edges_from(pairs[chosen[pairs].all(axis=1)].tolist())
    return made
