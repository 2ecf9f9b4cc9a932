"""A share of the year before is that share of what series.csv reports for that calendar year, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

import sim
from sim.economy.observe import Step
from sim.economy.stages.acts import act
from sim.economy.start import begin
from sim.economy.step import advance
from sim.errors import InputError
from sim.measures.ids import emissions_in
from sim.policies import registry
from sim.policies.carbon_tax import CarbonTax
from sim.policies.view import Before, View
from tests.worlds import changed, small, walked

STEPS = pytest.mark.parametrize("steps", [1, 4, 12])
START = 2014  # of the policy
CAPS = {name: policy for name, policy in registry().items() if policy.relative}


def steps_of(years: int, *changes: str, steps: int = 4) -> list[Step]:
    scenario = small("baseline", f"time.steps_per_year={steps}", *changes, until=2012 + years)
    return walked(begin(scenario, 1), years * steps)[1]


def test_permits_of_every_kind_can_be_a_share() -> None:
    assert set(CAPS) == {"cap_and_trade", "compute_permits"}


@STEPS
def test_a_capped_first_year_is_the_share_of_the_year_before_in_the_series(steps: int) -> None:
    changes = (
        f"time.steps_per_year={steps}",
        "policy.cap_and_trade.cap_share=0.9",
        f"policy.cap_and_trade.start={START}",
    )
    series = sim.run(small("baseline", *changes, until=START, replicates=2), workers=1).series
    emitted = series[series["measure"] == "emissions_operational"].pivot(
        index="year", columns="replicate", values="value"
    )
    prices = series[(series["measure"] == "permit_price") & (series["year"] == START)]["value"]
    assert (prices > 0).all()
    assert emitted.loc[START].to_numpy() == pytest.approx(0.9 * emitted.loc[START - 1].to_numpy(), rel=1e-9)


@pytest.mark.parametrize(("steps", "later"), [(1, 0.0), (4, 0.0), (12, 0.0), (4, 0.25), (12, 0.5)])
def test_the_share_is_of_those_covered_where_they_are_covered(steps: int, later: float) -> None:
    """A policy that begins ``later`` within a year goes by the year that was over when that one began."""
    cap = ("cap_share=0.5", f"start={START + later}", 'kinds=["corporation"]', 'regions=["united_states", "germany"]')
    taken = steps_of(3, *(f"policy.cap_and_trade.{key}" for key in cap), steps=steps)
    scenario = small()
    rows = begin(scenario, 1).groups.kinds["corporation"]
    places = [scenario.region_ids.index(region) for region in ("united_states", "germany")]

    def covered(year: int) -> list[float]:
        return [step.emissions[np.ix_(places, range(rows.start, rows.stop))].sum() for step in taken
                if int(step.time) == year and step.time >= (START + later if year == START else 0)]  # fmt: skip

    before, held = np.mean(covered(START - 1)), covered(START)
    assert held == pytest.approx([0.5 * before] * len(held), rel=1e-9)


@STEPS
@pytest.mark.parametrize("scope", ["all", "training"])
def test_permits_for_compute_are_a_share_of_compute_in_their_scope(steps: int, scope: str) -> None:
    share = ("cap_share=0.7", f"start={START}", f'scope="{scope}"', 'kinds=["startup", "academic_lab"]')
    taken = steps_of(3, *(f"policy.compute_permits.{key}" for key in share), steps=steps)
    groups = begin(small(), 1).groups
    rows = np.r_[groups.kinds["startup"], groups.kinds["academic_lab"]]
    bought = [float((s.compute + (s.inference if scope == "all" else 0.0))[rows].sum()) for s in taken]
    before = np.mean(bought[steps : 2 * steps])
    assert bought[2 * steps :] == pytest.approx([0.7 * before] * steps, rel=1e-9)


def test_an_entry_that_continues_another_goes_by_the_same_year() -> None:
    """Even where it stands alone: the year before is that of the entry it continues."""
    entry = [f"policy.cap_and_trade.{key}" for key in ("cap_share=0.8", "start=2016", "since=2014")]
    world, steps = walked(begin(small("baseline", *entry), 1), 16)
    year = sum(step.emissions.sum() for step in steps[4:8]) / 4
    assert act(world).levers.carbon_cap == pytest.approx(0.8 * year, rel=1e-12)


def test_a_date_a_little_off_the_beginning_of_a_year_means_that_year() -> None:
    cap = CAPS["cap_and_trade"](id="it", cap_share=0.5, start=2014.0)
    assert {replace(cap, start=when).year_before(when, 4) for when in (2013.997, 2014.0, 2014.003, 2014.75)} == {2013}
    early = [f"policy.cap_and_trade.{key}" for key in ("cap_share=0.5", "start=2012.996")]
    assert small("baseline", *early).policies[0].start == 2012.996


@pytest.mark.parametrize("name", CAPS)
@pytest.mark.parametrize(
    ("changes", "key", "said"),
    [
        (("cap_share=0.9",), "cap_share", "cap_share is a share of the calendar year before"),
        (("cap_share=0.9", "start=2012.75"), "cap_share", "let it start in 2013 or later, or give cap as an amount"),
        (("cap_share=0.9", "start=2015", "since=2012"), "cap_share", "which is not simulated"),
        (("cap=5", 'allocation="grandfathering"'), "allocation", "permits are given away by the use of the calendar"),
        (("cap=5", 'allocation="grandfathering"', "start=2012.5"), "allocation", "2013 or later, or auction them"),
    ],
)  # fmt: skip
def test_without_a_year_before_it_is_refused_once(name: str, changes: tuple[str, ...], key: str, said: str) -> None:
    with pytest.raises(InputError, match="calendar year before") as refused:
        small("baseline", *(f"policy.{name}.{change}" for change in changes))
    assert said in str(refused.value)
    assert refused.value.key == f"policy.{name}.{key}"


def test_who_was_founded_since_has_no_past_use() -> None:
    """A startup that takes an empty place at the end of a year gets nothing for what the one before it emitted."""
    given = [f"policy.cap_and_trade.{key}" for key in ("cap=500", "start=2015", 'allocation="grandfathering"')]
    emptied, founded = walked(begin(small("baseline", *given, "finance.founding_rate=5"), 1), 8)
    dead = emptied.fixed.traits.raises & (np.arange(emptied.groups.size) % 2 == 0)
    emptied = changed(emptied, alive=emptied.actors.alive & ~dead)
    emptied, founded = walked(emptied, 4)
    new = emptied.actors.alive & dead
    assert founded[-1].founded >= new.sum() > 0
    last = emptied.memory.years.last
    assert last is not None
    assert not last.emissions[:, new].any()
    after, _ = advance(emptied)
    (rights,) = after.treasury.rights.values()
    assert not rights[new].any()
    whole = emptied.memory.years.whole[2014].emissions.sum()
    assert whole == pytest.approx(sum(step.emissions.sum() for step in founded) / 4, rel=1e-12)
    with pytest.raises(ValueError, match="there is none"):
        advance(changed(emptied, years=replace(emptied.memory.years, last=None)))


def test_the_regions_of_the_series_hold_the_share() -> None:
    cap = [f"policy.cap_and_trade.{key}" for key in ("cap_share=0.6", f"start={START}", 'regions=["china"]')]
    series = sim.run(small("baseline", *cap, until=START, replicates=1), workers=1).series
    china = series[series["measure"] == emissions_in("china")].set_index("year")["value"]
    assert china[START] == pytest.approx(0.6 * china[START - 1], rel=1e-9)


@pytest.mark.parametrize(("name", "price"), [("cap_and_trade", "permit_price"), ("compute_permits", "license_price")])
def test_a_share_of_nothing_is_the_least_cap_there_is(name: str, price: str) -> None:
    """Where those covered used nothing in the year before, next to nothing is permitted, at a price."""
    world, _ = walked(begin(small("baseline", f"policy.{name}.cap_share=0.5", f"policy.{name}.start=2013"), 1), 4)
    used = world.memory.years.whole[2012]
    nothing = replace(used, emissions=0 * used.emissions, training=0 * used.training, serving=0 * used.serving)
    step = advance(changed(world, years=replace(world.memory.years, whole={2012: nothing})))[1]
    left = step.emissions if name == "cap_and_trade" else step.compute + step.inference
    assert 0 < left.sum() <= 1
    assert getattr(step, price) > 0


TAX = "policy.carbon_tax"


@pytest.mark.parametrize("kinds", [["startup"], ["startup", "academic_lab"]])
def test_every_policy_sees_whom_it_serves_and_the_year_before(
    kinds: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that declares no sums of money, and no share of that year."""
    seen: list[tuple[int, Before]] = []

    def act_(policy: CarbonTax, view: View) -> dict[str, float]:
        seen.append((view.served, view.before))
        return {"carbon_price": policy.rate}

    monkeypatch.setattr(CarbonTax, "act", act_)
    named = [f'"{kind}"' for kind in kinds]
    scenario = small("baseline", f"{TAX}.rate=0.001", f"{TAX}.start={START}", f"{TAX}.kinds=[{', '.join(named)}]")
    world, steps = walked(begin(scenario, 1), 9)
    rows = [world.groups.kinds[kind] for kind in kinds]
    served, before = seen[-1]
    alive = walked(begin(scenario, 1), 8)[0].actors.alive
    assert served == sum(int(alive[of].sum()) for of in rows) > 0
    year = steps[4:8]
    emitted = sum(float(step.emissions[:, of].sum()) for step in year for of in rows) / 4
    bought = sum(float((step.compute + step.inference)[of].sum()) for step in year for of in rows) / 4
    assert (before.emissions, before.compute) == (pytest.approx(emitted), pytest.approx(bought))


@pytest.mark.parametrize(("start", "found"), [((), "no start"), ((f"{TAX}.start=2012.5",), "2012.5")])
def test_a_policy_that_looks_at_a_year_that_is_not_simulated_is_told_so(
    start: tuple[str, ...], found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CarbonTax, "act", lambda _, view: {"carbon_price": view.before.emissions})
    with pytest.raises(InputError, match="carbon_tax goes by the use of the calendar year before") as refused:
        walked(begin(small("baseline", f"{TAX}.rate=1", *start), 1), 4)
    assert (str(refused.value.found), refused.value.key) == (found, f"{TAX}.start")
    assert refused.value.fix == "let it start in 2013 or later, or leave it out"


def test_a_view_made_by_hand_says_how_the_year_before_is_told() -> None:
    with pytest.raises(InputError, match="knows nothing of the year before"):
        _ = View(2020.0, 2012.0).before
