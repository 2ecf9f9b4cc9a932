"""The knowledge network as a networkx graph, for figures, for the page, and for measures of graphs."""

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


def facts(made: nx.Graph) -> dict[str, float]:
    """What describes the graph: links per actor, clustering, mixing of sectors, and how much of it hangs together.

    ``assortativity`` is 1 when links stay within sectors and 0 when they ignore them (Newman 2003); it does not exist
    with one sector. ``connected`` is the share of actors in the largest connected part.
    """
    n = made.number_of_nodes()
    several = len(set(nx.get_node_attributes(made, "sector").values())) > 1 and made.number_of_edges() > 0
    largest = max((len(part) for part in nx.connected_components(made)), default=0)
    return {
        "links_per_actor": 2.0 * made.number_of_edges() / n,
        "clustering": float(nx.average_clustering(made)),
        "assortativity": float(nx.attribute_assortativity_coefficient(made, "sector")) if several else float("nan"),
        "connected": largest / n,
        "most_links": float(np.max([degree for _, degree in made.degree()])),
    }
