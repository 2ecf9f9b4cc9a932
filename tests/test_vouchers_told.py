"""What is said of revenue that pays for vouchers: in verdicts, tables of money, notes and choices."""

import re
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.economy.parties import PURCHASES, VOUCHERS
from sim.policies.levers import ACADEMIC_COMPUTE, COMPUTE_VOUCHERS, REVENUE_USES
from sim.report.certainty import PLACES
from sim.report.comparison.key import bought, gives_labs, purpose_text
from sim.report.comparison.money import flow_rows
from sim.report.comparison.summary import summarize
from sim.report.settings import option_words
from sim.report.words import number
from sim.results.comparison import Comparison
from sim.results.statistics import FEWEST
from sim.scenario import load
from tests.saying import Say
from tests.worlds import FEW, SCENARIOS, small

TAX = ("policy.carbon_tax.rate=500", "policy.carbon_tax.start=2013")
USE = f"policy.carbon_tax.revenue_use={COMPUTE_VOUCHERS}"
LIMIT = ("policy.carbon_budget.limit=1 kgCO2e/yr", "policy.carbon_budget.start=2013")
PROGRAMME = ("policy.compute_voucher.budget=1 MUSD/yr", "policy.compute_voucher.start=2013")


def compared(*settings: str, base: tuple[str, ...] = ()) -> Comparison:
    worlds = [small("baseline", *base, until=2015), small("baseline", *settings, until=2015)]
    return sim.compare(worlds, replicates=FEWEST, workers=1, assumptions=False)


def verdict(found: Comparison) -> list[str]:
    return summarize(found, {}).policies[0].verdict


def test_revenue_for_vouchers_comes_back_as_money_for_compute_of_which_labs_keep_nothing() -> None:
    found = compared(*TAX, USE)
    said = bought(found, 1)
    assert said.startswith(
        "Its revenue comes back as money for compute, which emits as well (vouchers out of revenue: $"
    )
    assert re.search(r": \$[\d.]+ [kM] a year to academic labs, \$[\d.]+ [kM]? ?each\)\.$", said), said
    assert gives_labs(found, 1)
    assert not found.unspent(1).any()
    assert VOUCHERS in [row.purpose for row in flow_rows(found, 1)]
    assert VOUCHERS in set(found.money(1)["purpose"])


def test_what_the_treasury_pays_in_vouchers_is_public_outlay_and_no_net_revenue() -> None:
    found = compared(*TAX, USE)
    flow = found.flows(1)["government", "academic_lab", VOUCHERS]
    outlay = found.effect(1, "public_outlay")
    assert outlay is not None
    assert outlay.difference == pytest.approx(flow.difference, rel=1e-9)
    assert found.cost(1).outlay > 0.0 == found.cost(1).unspent
    assert found.net(1) is None
    assert any(line.startswith("costs the treasury about $") for line in verdict(found))


def test_vouchers_that_find_no_compute_are_told_with_the_limit_in_their_way() -> None:
    for kinds in ((), ('policy.carbon_budget.kinds=["academic_lab"]',)):
        found = compared(*TAX, USE, *LIMIT, *kinds)
        (line,) = [line for line in verdict(found) if "finds none" in line]
        offered = found.values(1, "public_unspent") + found.values(1, "public_outlay")
        assert f"of the {number(float(np.median(offered)), 'USD', PLACES)} a year" in line
        assert re.fullmatch(
            r"(nearly all|all|\d+ %) of the \$[\d.]+( [kM])? a year for compute finds none, because of carbon budget",
            line,
        )
    elsewhere = 'policy.carbon_budget.kinds=["corporation"]'
    assert not any("finds none" in line for line in verdict(compared(*TAX, USE, *LIMIT, elsewhere)))


def test_vouchers_of_a_programme_and_out_of_revenue_are_told_apart() -> None:
    found = compared(*TAX, USE, *PROGRAMME)
    told = {purpose_text(purpose, *found.scenarios) for purpose in PURCHASES}
    assert {"compute vouchers", VOUCHERS} <= told
    assert len(told) == len(PURCHASES)
    said = bought(found, 1)
    assert said.count("compute vouchers: $") == said.count(f"{VOUCHERS}: $") == 1


def test_another_use_of_the_same_tax_moves_public_money() -> None:
    found = compared(*TAX, USE, base=(*TAX, f"policy.carbon_tax.revenue_use={ACADEMIC_COMPUTE}"))
    said = bought(found, 1)
    assert re.search(r"academic compute: \$[\d.]+ [kM] a year less to academic labs", said), said
    assert re.search(rf"{VOUCHERS}: \$[\d.]+ [kM] a year to academic labs", said), said


def test_each_use_has_words_of_its_own() -> None:
    words = [option_words(use) for use in REVENUE_USES]
    assert len(set(words)) == len(words)
    assert option_words(COMPUTE_VOUCHERS) == "vouchers for labs' compute"
    assert not any("_" in each for each in words)


def test_a_country_s_vouchers_go_to_labs_of_all_regions_and_a_note_says_so() -> None:
    tax = (*TAX, "policy.carbon_tax.start=2027", USE, 'policy.carbon_tax.regions=["germany"]')
    (note,) = [note for note in small("baseline", *tax).notes if "alike" in note]
    assert f'goes to academic labs of all regions alike (revenue_use = "{COMPUTE_VOUCHERS}")' in note


def test_explain_and_check_know_the_use(say: Say, tmp_path: Path) -> None:
    head = f'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "{(SCENARIOS / "clean_power.toml").as_posix()}"\n'
    file = tmp_path / "mine.toml"
    file.write_text(
        f'{head}[[policy]]\nname = "carbon_tax"\nrate = 50\nstart = 2027\nrevenue_use = "{COMPUTE_VOUCHERS}"\n'
    )
    assert load(file, FEW).notes == ()
    assert re.search(rf"policy\.carbon_tax\.revenue_use +{COMPUTE_VOUCHERS}", say("explain", file).out)
    assert "ok" in say("check", file).out
    assert COMPUTE_VOUCHERS in say("policies", "carbon_tax").out
