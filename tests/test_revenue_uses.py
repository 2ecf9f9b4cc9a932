"""Revenue that is divided between two uses, and permits that are auctioned in part."""

from dataclasses import replace
from pathlib import Path

import pytest

from sim.economy.observe import Step
from sim.economy.start import begin
from sim.economy.state import World
from sim.economy.step import advance
from sim.errors import InputError
from sim.policies import Policy, registry
from sim.policies.base import divided
from sim.policies.levers import PAST_COMPUTE, PAST_EMISSIONS, REVENUE_USES, TREASURY, USES
from sim.quantity import STEPS, Series
from sim.scenario import load
from tests.test_equal_stringency import same
from tests.worlds import BASELINE, small

LABS, ALL = "academic_compute", "equal_dividend"
SCENARIO = small("baseline", until=2016)
CAPS = {"cap_and_trade": PAST_EMISSIONS, "compute_permits": PAST_COMPUTE}
GIVEN = {"allocation": "grandfathering", "start": 2013.0, "cap_share": 0.6}


def under(*policies: Policy, steps: int = 12) -> tuple[World, Step]:
    """The world and the last step under some policies."""
    now = begin(replace(SCENARIO, policies=policies), 1)
    for _ in range(steps):
        now, step = advance(now)
    return now, step


def entry(name: str, **values: object) -> Policy:
    return registry()[name](**{"id": name, **values})  # type: ignore[arg-type]


def by_use(step: Step) -> dict[str, float]:
    """What comes in, by those of its uses that get something [USD/yr]."""
    return {use: float(amount) for use, amount in zip(USES, step.revenue_by_use, strict=True) if amount}


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_a_divided_tax_is_two_taxes_with_a_use_each(share: float) -> None:
    divided_one = under(entry("carbon_tax", rate=2.0, revenue_use=LABS, second_use=ALL, second_share=share))
    apart = under(
        entry("carbon_tax", rate=2.0 * (1.0 - share), revenue_use=LABS),
        entry("carbon_tax", id="second", rate=2.0 * share, revenue_use=ALL),
    )
    same(divided_one[0], apart[0], divided_one[1], apart[1])
    found = by_use(divided_one[1])
    assert found[ALL] / (found[ALL] + found[LABS]) == pytest.approx(share, rel=1e-12)


@pytest.mark.parametrize("name", CAPS)
def test_permits_that_are_all_auctioned_are_given_to_nobody(name: str) -> None:
    """Whichever way that is said."""
    auctioned = under(entry(name, start=2013.0, cap_share=0.6, revenue_use=ALL))
    in_full = under(entry(name, **GIVEN, auction_share=1.0, revenue_use=ALL))
    same(auctioned[0], in_full[0], auctioned[1], in_full[1])
    assert by_use(auctioned[1]).keys() == {ALL}


@pytest.mark.parametrize("name", CAPS)
def test_permits_that_are_auctioned_in_part_are_given_back_in_part(name: str) -> None:
    now, step = under(entry(name, **GIVEN, auction_share=0.57, revenue_use=LABS, second_use=ALL, second_share=0.5))
    found = by_use(step)
    whole = sum(found.values())
    assert whole > 0
    wanted = {CAPS[name]: 0.43 * whole, LABS: 0.285 * whole, ALL: 0.285 * whole}
    assert found == pytest.approx(wanted, rel=1e-12)
    back = {what for _, _, what in step.flows}
    assert {"permits given away", "academic compute", "dividend"} <= back
    held = sum(now.treasury.held.values())
    assert held == pytest.approx(now.treasury.earmarked[USES.index(CAPS[name])], rel=1e-12)
    assert held > 0


@pytest.mark.parametrize("name", CAPS)
def test_an_auctioned_share_by_year_is_as_one_entry_for_each_year(name: str) -> None:
    by_year = Series((2013.0, 2014.0, 2015.0), (0.25, 1.0, 0.5), STEPS)
    path = under(entry(name, **GIVEN, auction_share=by_year, revenue_use=ALL), steps=16)
    apart = under(
        *(
            entry(name, **{**GIVEN, "start": year, "end": year + 1}, id=f"{year}", since=2013.0, revenue_use=ALL,
                  auction_share=share)
            for year, share in zip(by_year.years, by_year.values, strict=True)
        ),
        steps=16,
    )  # fmt: skip
    same(path[0], apart[0], path[1], apart[1])
    found = by_use(path[1])
    assert found[ALL] > 0
    assert found[CAPS[name]] == pytest.approx(found[ALL], rel=1e-12)
    assert set(entry(name, **GIVEN, auction_share=by_year).uses()) == {CAPS[name], TREASURY}


def test_a_scenario_may_give_an_auctioned_share_by_year(tmp_path: Path) -> None:
    written = 'allocation = "grandfathering"\nauction_share = { years = [2027, 2030], values = [57, 100], unit = "%" }'
    file = tmp_path / "cap.toml"
    file.write_text(
        f'schema = 1\nextends = "{BASELINE.as_posix()}"\ntitle = "t"\nquestion = "q?"\n[[policy]]\n'
        f'name = "cap_and_trade"\ncap_share = 1\n{written}\n'
    )
    (policy,) = load(file).policies
    assert policy.uses() == [TREASURY, PAST_EMISSIONS]


def test_parts_of_revenue_are_of_one_and_leave_out_what_gets_nothing() -> None:
    for first in REVENUE_USES:
        for second in REVENUE_USES:
            for share in (0.0, 0.3, 1.0):
                found = divided({first: 1.0}, second, share)
                assert sum(found.values()) == pytest.approx(1.0)
                assert all(part > 0 for part in found.values())
                assert (second in found) == (share > 0 or first == second)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            'name = "carbon_tax"\nrate = 9\nsecond_use = "equal_dividend"',
            "second_use has no effect, while second_share is 0.",
        ),
        (
            'name = "cap_and_trade"\ncap = 9\nauction_share = 0.5',
            "auction_share has no effect, since all permits are auctioned.",
        ),
        (
            'name = "cap_and_trade"\ncap = 1e6\nallocation = "grandfathering"\nrevenue_use = "equal_dividend"',
            "revenue_use has no effect, since all permits are given away.",
        ),
        (
            'name = "compute_permits"\ncap = 1e25\nallocation = "grandfathering"\nsecond_share = 0.5',
            "second_share has no effect, since all permits are given away.",
        ),
        (
            'name = "carbon_tax"\nrate = 9\nsecond_share = 0.5',
            "second_share has no effect, since second_use is revenue_use.",
        ),
        (
            'name = "carbon_tax"\nrate = 9\nrevenue_use = "equal_dividend"\nsecond_share = 1',
            "revenue_use has no effect, since all goes to second_use.",
        ),
        (
            'name = "carbon_tax"\nrate = 9\nregions = ["france"]\nrevenue_use = "academic_compute"\n'
            'second_use = "equal_dividend"\nsecond_share = 0.5',
            "its revenue goes to academic labs and actors of all regions alike "
            '(revenue_use = "academic_compute", second_use = "equal_dividend").',
        ),
    ],
)
def test_what_a_share_does_not_do_is_noted(written: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        f'schema = 1\ntitle = "t"\nquestion = "q?"\nextends = "{BASELINE.as_posix()}"\n\n'
        f"[[policy]]\nstart = 2027\n{written}\n"
    )
    assert any(said in note for note in load(file).notes), load(file).notes


def test_a_share_beyond_all_is_refused() -> None:
    with pytest.raises(InputError, match="second_share") as raised:
        small("carbon_tax", "policy.carbon_tax.second_share=50")
    assert "50 %" in str(raised.value.fix)
