"""The figure of the knowledge network."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import LineCollection
from numpy.typing import NDArray

from sim.plurals import counted
from sim.report.colours import LINE, LOOKS, OTHER, TERTIARY
from sim.report.origin import verbatim
from sim.report.run.data import RunData
from sim.report.run.figures import GALLERY
from sim.report.style import canvas, png
from sim.report.sunflower import sunflower

if TYPE_CHECKING:
    import networkx as nx

MOST_SHOWN = 300  # actors in a picture of the network
MOST_DESCRIBED = 5000  # actors of a network whose measures are worth the wait
APART = 2.6  # between the middles of kinds, each in a disc of radius 1


@GALLERY.figure(order=11)
def network(run: RunData) -> bytes | None:
    """Who is linked to whom, kinds apart, size by compute in the last year of the first replicate."""
    if run.actors.empty:
        return None
    actors = run.actors
    last = actors[(actors["replicate"] == actors["replicate"].min()) & (actors["year"] == actors["year"].max())]
    compute = last["compute_flop"].to_numpy()
    kinds = list(dict.fromkeys(last["kind"]))
    shown, places = _places(last["kind"].to_numpy(), compute, kinds)
    part = f"the {len(shown)} of {counted(len(last), 'actor')} with most compute"
    subtitle = f"Links by which actors learn from each other; {part}"
    subtitle = subtitle if len(shown) < len(last) else "Links by which actors learn from each other"
    figure, (ax,) = canvas(
        "The knowledge network",
        f"{subtitle}; size by compute, largest in the middle",
        replace(run.origin, replicates=1).line,
    )
    if len(last) <= MOST_DESCRIBED:
        ax.text(0.0, 0.0, _described(facts(run.graph())), transform=ax.transAxes, fontsize=8, color=TERTIARY)
    links = [(places[a], places[b]) for a, b in run.graph(shown).edges]
    ax.add_collection(LineCollection(links, colors=LINE, linewidths=0.3, alpha=0.5, zorder=1))
    top = max(compute.max(), 1e-300)
    for i, kind in enumerate(kinds):
        rows = [row for row in shown if last["kind"].iloc[row] == kind]
        hue, text, marker = LOOKS.get(run.looks.get(kind, ""), OTHER)
        sizes = [6 + 90 * float(compute[row] / top) ** 0.25 if compute[row] > 0 else 4 for row in rows]
        xy = np.array([places[row] for row in rows])
        ax.scatter(xy[:, 0], xy[:, 1], s=sizes, color=hue, marker=marker, linewidth=0.4, edgecolor="white", zorder=2)
        ax.text(APART * i, 1.22, verbatim(run.labels.get(kind, kind)), color=text, ha="center", fontweight="bold")
    ax.set_xlim(-1.3, APART * (len(kinds) - 1) + 1.3)
    ax.set_ylim(-1.25, 1.4)
    ax.set_axis_off()
    return png(figure)


def facts(made: "nx.Graph") -> dict[str, float]:
    """What describes a graph: links per actor, clustering, mixing of sectors, and how much of it hangs together.

    ``assortativity`` is 1 when links stay within sectors and 0 when they ignore them (Newman 2003); it does not exist
    with one sector. ``connected`` is the share of actors in the largest connected part.
    """
    import networkx as nx

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


def _described(of: dict[str, float]) -> str:
    """The whole network in a line."""
    mixing = f"; assortativity of sectors {of['assortativity']:.2f}" if np.isfinite(of["assortativity"]) else ""
    return (
        f"Of all actors: {of['links_per_actor']:.1f} links each, {of['most_links']:.0f} at most; "
        f"clustering {of['clustering']:.2f}{mixing}; {100 * of['connected']:.0f} % hang together"
    )


def _places(
    kind: NDArray[np.str_], compute: NDArray[np.float64], kinds: list[str]
) -> tuple[list[int], dict[int, tuple[float, float]]]:
    """Rows shown, and where: each kind a sunflower, its largest actor in the middle."""
    part = min(1.0, MOST_SHOWN / len(compute))
    shown, places = [], {}
    for i, name in enumerate(kinds):
        rows = np.flatnonzero(kind == name)
        rows = rows[np.argsort(-compute[rows], kind="stable")][: max(1, int(part * rows.size))]
        for row, (x, y) in zip(rows.tolist(), sunflower(rows.size), strict=True):
            places[row] = (APART * i + x, y)
            shown.append(row)
    return shown, places
