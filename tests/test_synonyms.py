"""Words that people use for what has another name here are answered with that name."""

from pathlib import Path

import pytest

from sim.errors import nearest
from sim.evidence import SOURCES
from sim.policies import registry
from sim.scenario import load
from sim.synonyms import ALSO, MEANT
from tests.saying import Say, refused
from tests.test_bad_input import BASELINE, HEAD, TAX

VOUCHER = '[[policy]]\nname = "compute_voucher"\nvalue = 5\n'
STRENGTH = "how strong it is stands in"
# What a scenario says, the key of the message, and what else is in it.
WRONG = {
    "a policy": ('[[policy]]\nname = "carbon_price"', "policy.name", "did you mean 'carbon_tax'?"),
    "a policy in words": ('[[policy]]\nname = "Emissions trading"', "policy.name", "did you mean 'cap_and_trade'?"),
    "a tax on compute": ('[[policy]]\nname = "Cloud tax"', "policy.name", "did you mean 'compute_levy'?"),
    "a start": (f"{TAX}from = 2027", "policy.carbon_tax.from", "did you mean 'start'?"),
    "an end": (f"{TAX}until = 2030", "policy.carbon_tax.until", "did you mean 'end'?"),
    "a strength": (f"{TAX}price = 50", "policy.carbon_tax.price", f"{STRENGTH} rate"),
    "a strength by that name": (f"{TAX}strength = 50", "policy.carbon_tax.strength", f"{STRENGTH} rate"),
    "a strength of several": (f"{VOUCHER}amount = 5", "policy.compute_voucher.amount", f"{STRENGTH} value (USD/yr)"),
    "a moratorium": (
        '[[policy]]\nname = "moratorium"', "policy.name", "did you mean 'training_run_ceiling'?",
    ),
    "who is exempt": (
        f'{TAX}exempt = ["academic_lab"]', "policy.carbon_tax.exempt", "name in kinds those that it holds for",
        "leave out the others",
    ),
    "where it does not hold": (
        f'{TAX}except_regions = ["china"]', "policy.carbon_tax.except_regions", "in regions those where it holds",
        "leave out the others",
    ),
    "whom it holds for": (
        f'{TAX}applies_to = ["corporation"]', "policy.carbon_tax.applies_to", "name in kinds those that it holds for",
    ),
    "who is exempt from what differs by kind alone": (
        f'{VOUCHER}exempt = ["startup"]', "policy.compute_voucher.exempt",
        "fix      name in kinds those that it holds for, and leave out the others",
    ),
    "a kind": (f'{TAX}kinds = ["universities"]', "policy.carbon_tax.kinds", "did you mean 'academic_lab'?"),
    "a region": ("[kind.startup]\nhome = { usa = 1 }", "kind.startup.home", "did you mean 'united_states'?"),
    "a region among kinds": (
        f'{TAX}kinds = ["germany"]', "policy.carbon_tax.kinds", "germany is a region, no kind",
        'write regions = ["germany"]',
    ),
    "a region, of a policy without": (
        f'{VOUCHER}kinds = ["usa"]', "policy.compute_voucher.kinds", "united_states is a region, no kind",
        "compute_voucher does not differ by region: give the actors of a region a kind of their own",
    ),
    "a kind among regions": (
        f'{TAX}regions = ["academic_lab"]', "policy.carbon_tax.regions", "academic_lab is a kind, no region",
        'write kinds = ["academic_lab"]',
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_another_name_is_answered_with_the_one_here(case: str, say: Say, tmp_path: Path) -> None:
    body, key, *texts = WRONG[case]
    file = tmp_path / "file.toml"
    file.write_text(f"{HEAD}{body}\n", encoding="utf-8")
    refused(say("check", file), *texts, file=file, key=key)


def test_every_name_of_the_table_is_one() -> None:
    """Each is a policy, a key of a policy, a kind or region of the baseline, or a paper; and no other word is."""
    world = load(BASELINE)
    keys = set[str]().union(*(set(policy.parameters()) for policy in registry().values()))
    known = {*registry(), *keys, *world.kind_ids, *world.region_ids, *SOURCES}
    assert set(ALSO) <= known
    assert not set(MEANT) & known


def test_a_word_is_another_name_only_where_it_is_none_itself() -> None:
    assert nearest("grant", ["grant", "compute_voucher"]) == "grant"
    assert nearest("Carbon-Price", ["carbon_budget", "carbon_tax"]) == "carbon_tax"
    assert nearest("carbon_price", ["carbon_prices"]) == "carbon_prices"
