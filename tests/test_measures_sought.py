"""Measures are found by words of what they are called and mean, of their group, and by what people call that."""

import pytest

from sim.measures import registry
from sim.measures.search import by_words, group, groups
from sim.synonyms import SOUGHT

EVERY = list(registry().values())


def ids(*words: str) -> set[str]:
    return {one.id for one in by_words(words, EVERY)}


@pytest.mark.parametrize(
    ("words", "among"),
    [
        ("participation", "compute_share_academia"),
        ("who can take part", "could_pay_frontier_academia"),
        ("university labs access", "compute_ratio_industry_academia"),
        ("universities", "emissions_academia"),
        ("money", "public_outlay"),
        ("subsidies", "public_outlay"),
        ("jobs", "research_jobs"),
        ("CO2", "emissions_total"),
        ("electricity", "energy_total"),
        ("power", "energy_total"),
        ("price", "compute_price"),
        ("company emissions", "emissions_corporation"),
        ("monopoly", "compute_hhi"),
        ("accuracy", "frontier_error"),
        ("tax revenue", "policy_revenue"),
        ("Inequality", "compute_gini"),
    ],
)
def test_what_people_say_finds_what_is_called_otherwise(words: str, among: str) -> None:
    found = ids(words)
    assert among in found
    assert ids(*words.split()) == found
    assert len(found) < len(EVERY) / 2


def test_several_words_narrow_it_and_those_that_say_nothing_do_not() -> None:
    assert ids("university", "labs", "access") < ids("university")
    assert ids("what", "is", "the", "price") == ids("price")
    assert not ids("zebra")
    assert not ids("emissions", "zebra")
    assert not ids("of", "the")


def test_a_group_has_all_its_measures() -> None:
    for name in groups(EVERY):
        assert {one.id for one in EVERY if group(one) == name} <= ids(name), name


def test_every_word_that_is_sought_finds_something() -> None:
    words = {word for others in SOUGHT.values() for word in others.split()}
    assert [word for word in sorted(words) if not ids(word)] == []
    assert [name for names in SOUGHT for name in names.split() if not ids(name)] == []
