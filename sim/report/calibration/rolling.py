"""A calibration from each origin: its forecasts beside naive ones, target by target."""

import pandas as pd

from sim.history.origins import Rolling, ahead
from sim.history.scores import Scored, decide_little, mean
from sim.history.validation import LAST_VALUE, TREND
from sim.report.calibration.tables import markdown
from sim.report.calibration.tables import verdict as fit_verdict

SCORES = {"interval_score": "interval score", "crps": "CRPS"}
FEWEST, MOST = 0.75, 1  # share of bands that should cover at least, and records that may be missed at least


def rolling_table(found: Rolling) -> pd.DataFrame:
    """A row for each target of each origin: record, the model's band, and scores beside both naive forecasts'."""
    return pd.DataFrame([
        _row(one, origin.calibration.evidence.last) for origin in found.origins for one in origin.forecast.scored
    ])  # fmt: skip


def _row(one: Scored, until: int) -> dict[str, object]:
    naive = {}
    for key in SCORES:
        for name in (TREND, LAST_VALUE):
            other = one.naive[name]
            naive[f"{key}_{name.replace(' ', '_')}"] = None if other is None else getattr(other, key)
    return {
        "fitted_to": until, "target": one.target.name, "first": one.target.first, "last": one.target.last,
        "unit": one.target.unit, "record": one.record, "median": one.model.median, "low": one.model.low,
        "high": one.model.high, "covered": one.model.covered,
        **{key: getattr(one.model, key) for key in SCORES}, **naive, "ahead": ahead(one, "interval_score"),
        "log_score": one.model.log_score,
    }  # fmt: skip


def verdict(found: Rolling) -> list[str]:
    """What it comes to, in sentences; what the model is behind in stands first, after records that are used twice."""
    every = found.scored
    behind = [f"{one.target.name} of {one.target.first}-{str(one.target.last)[2:]}" for one in every
              if not ahead(one, "interval_score")]  # fmt: skip
    lines = [
        *found.origins[0].calibration.fitted.used_twice(),
        f"Behind the better naive forecast (interval score): {', '.join(behind)}." if behind
        else "Behind the better naive forecast: none.",
        f"Ahead of it on {len(found.won())} of {len(every)} targets by the interval score, on "
        f"{len(found.won('crps'))} by the CRPS.",
    ]  # fmt: skip
    for name in (TREND, LAST_VALUE):
        both = [(one.model, other) for one in every if (other := one.naive[name]) is not None]
        scores = ", ".join(
            f"{what} {mean([getattr(ours, key) for ours, _ in both]):.2f} against "
            f"{mean([getattr(theirs, key) for _, theirs in both]):.2f}" for key, what in SCORES.items()
        )  # fmt: skip
        lines.append(f"Mean scores beside the {name}: {scores}; smaller is better.")
    covered = sum(one.model.covered for one in every)
    good = "as they should" if FEWEST * len(every) <= covered <= len(every) - MOST else "not as they should"
    lines.append(f"{covered} of {len(every)} records lie in the 90 % bands: {good} (three quarters or more, not all).")
    if decide_little(found.scored):
        lines[-1] += " With so few targets that decides little."
    lines += [
        f"Fitted to {one.calibration.evidence.last}. {fit_verdict(one.calibration)[0]} Sample as good as "
        f"{one.calibration.effective:.0f} points of equal weight." for one in found.origins
    ]  # fmt: skip
    return lines


def rolling_report(found: Rolling) -> str:
    """The report, in Markdown."""
    scenario = found.origins[0].calibration.scenario
    said = [f"# {scenario.title}: forecasts of years that it was not fitted to", ""]
    said += [f"{line}\n" for line in verdict(found)]
    said += ["## Targets", "", markdown(_short(found)), "", "Scores are in the target's unit; smaller is better.", ""]
    for one in found.origins:
        said += [f"## Fitted to {one.calibration.evidence.last}", ""]
        said += [f"{line}\n" for line in fit_verdict(one.calibration)]
    return "\n".join(said)


def _short(found: Rolling) -> pd.DataFrame:
    """The columns that a page has room for."""
    table = rolling_table(found)
    years = [f"{row.first}-{str(row.last)[2:]}" for row in table.itertuples()]
    covered = ["yes" if one else "no" for one in table["covered"]]
    return pd.DataFrame({
        "years": years, "target": table["target"], "record": table["record"], "median": table["median"],
        "low": table["low"], "high": table["high"], "covered": covered, "score": table["interval_score"],
        "trend's": table["interval_score_trend"], "last value's": table["interval_score_last_value"],
        "CRPS": table["crps"], "its trend's": table["crps_trend"], "its last value's": table["crps_last_value"],
    })  # fmt: skip
