"""What a calibration found, as tables and as a scenario file."""

import numpy as np
import pandas as pd

from sim.arrays import Array
from sim.history.calibration import Calibration
from sim.history.evidence import MODEL_ERROR
from sim.history.fitted import structure
from sim.history.profile import RULED_OUT, Profiles
from sim.history.recovery import RATE, Recovery
from sim.history.scores import INTERVAL
from sim.history.targets import SHARE
from sim.scenario.toml import document, heading

ENDS = ((1 - INTERVAL) / 2, (1 + INTERVAL) / 2)  # of an interval, as parts of what lies below
HALVINGS = 60  # of where a quantile can lie
REACH = 10.0  # standard deviations of luck, beyond which nothing lies
DIGITS = 6  # of a number of the ensemble, which every file that stands alone holds


def ensemble(found: Calibration) -> pd.DataFrame:
    """A row for each point: weight, chi-square, and its numbers, headed by path and unit, as a scenario names it."""
    units = {one.path: one.unit for numbers in found.fitted.facts.values() for one in numbers}
    values = pd.DataFrame([found.fitted.written(row) for row in found.shares])
    head = pd.DataFrame({"weight": found.weight, "chi_square": found.chi_square})
    table = pd.concat([head, values.rename(columns={path: f"{path} [{unit}]" for path, unit in units.items()})], axis=1)
    return table.map(lambda value: float(f"{value:.{DIGITS}g}"))


def targets(found: Calibration) -> pd.DataFrame:
    """A row for each target: the record with its 95 % interval, the best point, the ensemble's median with its own,
    between the same quantiles. They are of the record with its rows drawn anew, and of a world of the ensemble, over
    luck and numbers."""
    said, best = found.evidence, found.mean[found.best]
    of = [quantile(found.mean, found.luck, found.weight, part) for part in (ENDS[0], 0.5, ENDS[1])]
    share = np.array([one.unit == SHARE for one in said.targets])
    low, median, high = (np.where(share, np.clip(values, 0.0, 1.0), values) for values in of)
    return pd.DataFrame({
        "target": [one.name for one in said.targets], "unit": [one.unit for one in said.targets],
        "record": said.value, "record_low": said.low, "record_high": said.high, "best": best,
        "inside": (said.low <= best) & (best <= said.high), "ensemble_median": median,
        "ensemble_low": low, "ensemble_high": high,
    })  # fmt: skip


def quantile(mean: Array, variance: Array, weight: Array, part: float) -> Array:
    """Below what value this part of each target lies (t,), where points (m, t) with weights (m,) are normal."""
    from scipy.special import ndtr

    spread = np.sqrt(np.maximum(variance, 1e-300))
    low, high = (mean - REACH * spread).min(axis=0), (mean + REACH * spread).max(axis=0)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below = (weight[:, None] * ndtr((middle - mean) / spread)).sum(axis=0) < part
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    found: Array = (low + high) / 2
    return found


def parameters(found: Calibration, held: Profiles) -> pd.DataFrame:
    """A row for each number: unit, range, best value, 95 % interval, and the share of its range not ruled out."""
    low, high = found.interval()
    ends = [
        found.fitted.written(at) for at in (np.zeros(low.size), np.ones(low.size), found.shares[found.best], low, high)
    ]
    names = ["range_low", "range_high", "best", "low", "high"]
    return pd.DataFrame([
        {"fact": fact, "number": one.path, "unit": one.unit,
         **{name: at[one.path] for name, at in zip(names, ends, strict=True)}, "not_ruled_out": width}
        for (fact, numbers), width in zip(found.fitted.facts.items(), held.not_ruled_out, strict=True)
        for one in numbers
    ])  # fmt: skip


def profile(found: Calibration, held: Profiles) -> pd.DataFrame:
    """A row for each number at each place of the grid: its value, and by how much chi-square rises there."""
    rows = []
    for fact, rises in zip(found.fitted.facts.values(), held.rise, strict=True):
        for share, rise in zip(held.shares, rises, strict=True):
            values = found.fitted.written(np.full(len(found.fitted.facts), share))
            rows += [{"number": one.path, "unit": one.unit, "share_of_range": share, "value": values[one.path],
                      "chi_square_rise": rise} for one in fact]  # fmt: skip
    return pd.DataFrame(rows)


def known_numbers(found: Calibration, back: Recovery) -> pd.DataFrame:
    """A row for each fact: in how many truths its interval holds it, and how long that is, in shares of its range."""
    return pd.DataFrame({
        "fact": found.fitted.names, "truths": len(back.inside), "inside": back.inside.sum(axis=0),
        "interval": back.length.mean(axis=0),
    })  # fmt: skip


def scenario_toml(found: Calibration, held: Profiles, extends: str, ensemble: str) -> str:
    """A scenario that extends the given one, with the best point's numbers and their intervals, as fitted, and names
    the file of its ensemble."""
    facts = {one.path: one.fact for numbers in found.fitted.facts.values() for one in numbers}
    groups: dict[str, dict[str, object]] = {}
    groups |= {"mechanisms": dict.fromkeys(structure(found.scenario), True)} if structure(found.scenario) else {}
    groups["law"] = {"theory": found.scenario.law_table.theory}
    for row in parameters(found, held).to_dict("records"):
        table, _, key = row["number"].rpartition(".")
        low, high = min(row["low"], row["best"]), max(row["high"], row["best"])
        groups.setdefault(table, {})[key] = {
            "value": float(row["best"]), "unit": row["unit"], "low": float(low), "high": float(high),
            **({"fact": fact} if (fact := facts[row["number"]]) else {}),
            "source": "fitted", "note": f"records to {found.evidence.last}; low and high hold 95 % of the weight",
        }  # fmt: skip
    groups["ensemble"] = {"file": ensemble}
    groups["sources.fitted"] = {"title": f"Calibration of {found.scenario.name} to {_rows(found)}", "seen": "computed"}
    heads = list(dict.fromkeys(path.partition(".")[0] for path in groups))
    together = sorted(groups.items(), key=lambda group: heads.index(group[0].partition(".")[0]))
    first = {
        "schema": 1, "extends": extends, "title": f"{found.scenario.title}, fitted",
        "question": found.scenario.question,
    }  # fmt: skip
    return document(first, [(heading(*path.split(".")), entries) for path, entries in together])


def verdict(found: Calibration) -> list[str]:
    """What it comes to, in sentences."""
    every = targets(found)
    inside, number = int(every["inside"].sum()), len(every)
    out = ", ".join(every["target"][~every["inside"]])
    lines = [
        f"Best point: chi-square {found.chi_square[found.best]:.1f} on {number} targets; {inside} of {number} lie "
        "inside the record's 95 % interval.",
        f"Outside: {out}." if out else "None lies outside.",
        f"The first wave leaves {found.left:.2g} of the ranges. Powers of the likelihood that mixtures followed: "
        f"{', '.join(f'{power:.2g}' for power in found.powers)}.",
        f"Weighted sample: {len(found.weight)} points, as good as {found.effective:.1f} of equal weight.",
    ]
    if found.effective < FEW:
        lines.append("That is few: intervals are rough. A larger --budget helps.")
    return lines


FEW = 50.0  # points of equal weight


def recovered(back: Recovery) -> str:
    """How often known numbers came back, in a sentence."""
    enough = " That is fewer than chance explains: intervals are too short." if back.too_few else ""
    return (
        f"{len(back.inside)} worlds of the sample were fitted as the records are: {back.inside.sum()} of "
        f"{back.inside.size} known numbers ({100 * back.held:.0f} %) came back inside their {100 * RATE:g} % intervals."
        f"{enough}"
    )


def report(found: Calibration, held: Profiles, back: Recovery) -> str:
    """The report, in Markdown."""
    errors = ", ".join(f"{value:g} ({unit})" for unit, value in MODEL_ERROR.items())
    lines = [*found.fitted.used_twice(), *verdict(found), recovered(back)]
    said = [f"# {found.scenario.title}, fitted to {_rows(found)}", "", *(f"{line}\n" for line in lines)]
    said += ["![records and model](records.png)", "", "## Targets", "", markdown(targets(found)), ""]
    said += [
        f"Low and high are ends of {100 * INTERVAL:g} % intervals, which leave out as much below as above: of the "
        "record, were its rows drawn anew; of the ensemble, of one of its worlds, over luck and numbers.", "",
    ]  # fmt: skip
    said += [f"Nearer than this no model of this sort is expected to come, by unit (assumed): {errors}.", ""]
    said += ["## Numbers", "", markdown(parameters(found, held)), ""]
    said += ["![profiles](profiles.png)", ""]
    said += [
        f"Profiles: each number is held at {held.shares.size} places of its range and the others are fitted anew, by "
        f"the emulator. Not ruled out is where chi-square rises by less than {RULED_OUT:g} above its least.",
        "",
    ]
    said += ["## Known numbers come back", "", markdown(known_numbers(found, back)), ""]
    said += [
        "Each truth is a world of the sample, drawn by weight. What its records would say, with luck and with the "
        "errors of the real records and of the model, was fitted by the last emulator. The interval is in shares of "
        "the range.",
        "",
    ]
    said += [f"Seed {found.scenario.run.seed}, {found.worlds:,} worlds."]
    return "\n".join([*said, ""])


def markdown(table: pd.DataFrame) -> str:
    """A table in Markdown."""
    from tabulate import tabulate

    return str(tabulate(table, headers="keys", showindex=False, tablefmt="github", floatfmt=".4g"))


def _rows(found: Calibration) -> str:
    return f"{found.evidence.records.time.size} records to {found.evidence.last}"
