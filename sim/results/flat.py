"""What a replicate leaves as flat arrays by name, and made of them again, the same to the last bit."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.results.decomposition import Parts
from sim.results.paired import Paired
from sim.results.run import Actors, Replicate, below_each_other

Arrays = Mapping[str, NDArray[Any]]
FLOW = ("payer", "payee", "purpose")
ACTORS = "actors_"  # begins the names of columns of the tables of actors, one below the other


def replicate_arrays(one: Replicate) -> dict[str, NDArray[Any]]:
    """The arrays of a replicate of one scenario."""
    flows = [(year, *parties, usd) for year, flow in enumerate(one.flows) for parties, usd in flow.items()]
    years, *parties, dollars = zip(*flows, strict=True) if flows else ((),) * (len(FLOW) + 2)
    return {
        "replicate": np.array(one.replicate),
        "measures": _texts(one.measures),
        "yearly": one.yearly,
        "flags": one.flags,
        "by_step": one.by_step,
        "times": one.times,
        **{f"{ACTORS}{name}": column for name, column in below_each_other(one.actors).items()},
        "outcome": _texts(list(one.outcomes)),
        "outcomes": np.array(list(one.outcomes.values()), dtype=np.int64),
        "flow_years": np.array(len(one.flows)),
        "flow_year": np.array(years, dtype=np.int16),
        **{f"flow_{name}": _texts(texts) for name, texts in zip(FLOW, parties, strict=True)},
        "flow_usd": np.array(dollars, dtype=np.float64),
        "trained_years": np.array(list(one.trained), dtype=np.int16),
        "trained": np.array(list(one.trained.values()), dtype=np.float64),
        **({} if one.drawn is None else {"drawn": one.drawn, **_drawn_numbers(one.assumptions)}),
    }


def replicate_of(arrays: Arrays) -> Replicate:
    """The replicate of these arrays."""
    flows: list[dict[tuple[str, str, str], float]] = [{} for _ in range(int(arrays["flow_years"]))]
    columns = [arrays[f"flow_{name}"].tolist() for name in FLOW]
    for year, usd, *parties in zip(arrays["flow_year"].tolist(), arrays["flow_usd"].tolist(), *columns, strict=True):
        flows[year][parties[0], parties[1], parties[2]] = usd
    return Replicate(
        replicate=int(arrays["replicate"]),
        measures=tuple(arrays["measures"].tolist()),
        yearly=arrays["yearly"],
        flags=arrays["flags"],
        by_step=arrays["by_step"],
        times=arrays["times"],
        actors=_tables(arrays),
        outcomes=dict(zip(arrays["outcome"].tolist(), arrays["outcomes"].tolist(), strict=True)),
        flows=flows,
        trained=dict(zip(arrays["trained_years"].tolist(), arrays["trained"], strict=True)),
        drawn=arrays.get("drawn"),
        assumptions=_numbers_drawn(arrays) if "drawn" in arrays else {},
    )


def pair_arrays(pair: Paired) -> dict[str, NDArray[Any]]:
    """The arrays of a replicate of several scenarios, those of each under its place."""
    sides = (("luck", pair.luck), ("wide", pair.wide))
    each = {
        f"{side}_{i}_{name}": array
        for side, replicates in sides
        for i, one in enumerate(replicates)
        for name, array in replicate_arrays(one).items()
    }
    return {
        "replicate": np.array(pair.replicate),
        **{side: np.array(len(replicates)) for side, replicates in sides},
        **_drawn_numbers(pair.assumptions),
        "thrown_away": np.array(pair.thrown_away),
        **each,
    }


def pair_of(arrays: Arrays) -> Paired:
    """The replicate of several scenarios of these arrays."""

    def side(name: str) -> list[Replicate]:
        starts = [f"{name}_{i}_" for i in range(int(arrays[name]))]
        return [
            replicate_of({key.removeprefix(start): arrays[key] for key in arrays if key.startswith(start)})
            for start in starts
        ]

    thrown_away = int(arrays["thrown_away"])
    return Paired(int(arrays["replicate"]), side("luck"), side("wide"), _numbers_drawn(arrays), thrown_away)


def parts_arrays(parts: Parts) -> dict[str, NDArray[Any]]:
    """The arrays of a replicate of the worlds of a decomposition."""
    return {"replicate": np.array(parts.replicate), "last": np.array(parts.last)}


def parts_of(arrays: Arrays) -> Parts:
    """The replicate of these arrays."""
    return Parts(int(arrays["replicate"]), list(arrays["last"]))


def _drawn_numbers(values: Mapping[str, float]) -> dict[str, NDArray[Any]]:
    return {"assumption": _texts(list(values)), "assumed": np.array(list(values.values()), dtype=np.float64)}


def _numbers_drawn(arrays: Arrays) -> dict[str, float]:
    return dict(zip(arrays["assumption"].tolist(), arrays["assumed"].tolist(), strict=True))


def _tables(arrays: Arrays) -> list[Actors]:
    columns = {name.removeprefix(ACTORS): arrays[name] for name in arrays if name.startswith(ACTORS)}
    return [columns] if columns else []


def _texts(texts: Sequence[str]) -> NDArray[np.str_]:
    return np.array(list(texts), dtype=str)
