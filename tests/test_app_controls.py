"""Controls of the page without a browser: every policy, its numbers, their ranges and words, paths by year."""

import re
from dataclasses import replace
from math import inf, isfinite
from typing import Any

import pytest

from sim.app.byyear import is_by_year, text_of, typed_by_year
from sim.app.catalogue import _slider, assumptions, plainly, rows, slid
from sim.app.controls import (
    SCHEDULE,
    STEPS,
    Control,
    Slide,
    allowed,
    alone,
    controls,
    field_text,
    label,
    number,
    policies,
    rewritten,
    shown,
    slide,
    strength,
    suggested,
    typed_number,
    unit_of,
)  # fmt: skip
from sim.app.edits import EDITS, said
from sim.app.setting import Setting, of_world
from sim.errors import InputError
from sim.policies.levers import GROUPS, LEVERS
from sim.quantity import quantity
from sim.report.settings import option_words
from tests.pairs import TAX


def switched_on(name: str) -> Setting:
    """A policy on the page as it is switched on."""
    return EDITS["switch"](of_world("baseline", 3), {"name": name, "on": True})


def in_force(setting: Setting, name: str) -> dict[str, Any]:
    """The parameters of a policy in the policy world of a setting, as a file would write them."""
    written = setting.scenarios()[1].tables[f"policy.{name}"]
    return {key: value for key, value in written.items() if key not in SCHEDULE}


@pytest.mark.parametrize("name", policies())
def test_an_example_by_year_can_be_typed_as_it_stands(name: str) -> None:
    """That of a limit of 1e26 FLOP was one of 50."""
    setting = switched_on(name)
    shown_rows = [one for group in rows(setting, setting.scenarios()[0]) for one in group["policies"]]
    every = {control.key: control for control in controls(policies()[name])}
    fields = [field for one in shown_rows if one["name"] == name for field in one["fields"]]
    for field in (field for field in fields if every[field["key"]].by_year):
        example = field["help"].partition(" Or by year: ")[2].removesuffix(".")
        edit = {"do": "field", "name": name, "key": field["key"], "value": example}
        typed = EDITS["field"](setting, edit)
        assert field_text(every[field["key"]], (typed.entry(name) or {})[field["key"]]) == example
        path = in_force(typed, name)[field["key"]]["values"]
        given = number(in_force(setting, name)[field["key"]])[0]
        assert not 0 < given < inf or path == pytest.approx([given / 2, given])


@pytest.mark.parametrize("name", policies())
def test_every_policy_can_be_switched_on_and_slid(name: str) -> None:
    policy, setting = policies()[name], switched_on(name)
    parameters = in_force(setting, name)
    assert set(parameters) == {control.key for control in controls(policy)}
    assert set(parameters) == set(policy.parameters()) - {"id", "start", "end", "since"}
    key = strength(policy, parameters)
    control = next(control for control in controls(policy) if control.key == key)
    written = parameters[key]
    range_ = slide(policy, control, written, suggested(name).get(key))
    assert range_.low <= number(written)[0] <= range_.high
    found = []
    for place in (0, STEPS // 2, STEPS):
        slid = EDITS["slide"](setting, {"name": name, "place": place})
        now = number(in_force(slid, name)[key])[0]
        assert slid.entry(name)
        assert range_.low * 0.995 <= now <= range_.high * 1.005  # three figures
        found.append(now)
    assert found == sorted(set(found))
    assert shown(control, written) != str(written)
    assert label(name)[0].isupper()
    assert all(control.spec.doc and control.help for control in controls(policy))


@pytest.mark.parametrize("name", policies())
def test_what_the_page_says_of_a_policy_is_said_in_words(name: str) -> None:
    """No powers of ten as a computer writes them, no code's units and names, no bounds that mean nothing."""
    policy, usual = policies()[name], suggested(name)
    sentences = [policy.told(), f"It cannot {policy.cannot}.", *(control.help for control in controls(policy))]
    pieces = [control.label for control in controls(policy)]
    for control in controls(policy):
        pieces += [option_words(option) for option in control.spec.options]
        if control.spec.form == "number":
            pieces += [shown(control, usual[control.key]), unit_of(control, usual[control.key])]
    for text in sentences:
        assert text.endswith(".")
        assert text[0].isupper()
    for text in (*sentences, *pieces):
        assert not re.search(
            r"\de[-+]?\d|10\^|at least|/yr|/tCO2|tCO2|\w_\w|[kMGBT]USD|\bNone\b|\binf\b|\w/\w|``", text
        ), text


@pytest.mark.parametrize("name", policies())
def test_a_refusal_on_the_page_has_no_names_of_the_code(name: str) -> None:
    policy, setting = policies()[name], switched_on(name)
    for control in controls(policy):
        if control.spec.form == "number":
            edit = {"do": "field", "name": name, "key": control.key, "value": "nan"}
            with pytest.raises(InputError) as found:
                EDITS["field"](setting, edit).scenarios()
            text = said(found.value, edit)
            assert not re.search(r"\w_\w|policy\.", text), text
            assert text[0].isupper()
            assert text.endswith(".")


def test_names_of_the_code_are_words_in_meanings() -> None:
    assert plainly("price halves, until trend_end") == "Price halves, until trend end"
    assert not [one["meaning"] for one in assumptions() if re.search(r"[a-z]_[a-z]", one["meaning"])]
    assert not [one["meaning"] for one in assumptions() if one["meaning"][0].islower()]


def test_a_field_repeats_its_number_and_takes_it_back() -> None:
    rate, winners = (
        next(c for c in controls(policies()[name]) if c.key == key)
        for name, key in (("carbon_tax", "rate"), ("public_compute", "winners"))
    )
    for control, written, text in ((rate, 1234.56789, "1234.56789"), (winners, 0.125, "12.5"), (rate, inf, "none")):
        assert field_text(control, written) == text
        assert typed_number(control, written, text) == written
    assert typed_number(rate, {"value": 5, "unit": "USD/tCO2"}, "1,200") == {"value": 1200.0, "unit": "USD/tCO2"}


def test_a_share_says_of_what_it_is_one_where_no_label_does() -> None:
    every = {control.key: control for control in controls(policies()["cap_and_trade"])}
    written = suggested("cap_and_trade")
    assert alone(every["cap_share"], written["cap_share"]) == "370 % of the year before"
    assert shown(every["cap_share"], written["cap_share"]) == "370 %"
    assert alone(every["growth"], {"value": -3, "unit": "%/yr"}) == "−3.00 % a year"


def test_a_vast_sum_is_told_in_words_as_it_is_typed() -> None:
    budget = next(one for one in controls(policies()["public_compute"]) if one.key == "budget")
    assert shown(budget, 5e9) == "5.00 billion USD a year"
    assert shown(budget, 100_000) == "100,000 USD a year"
    assert shown(budget, inf) == "none"


def test_the_range_of_a_number_in_words() -> None:
    by_name = {c.key: c for c in controls(policies()["carbon_tax"])}
    assert allowed(by_name["rate"].spec) == "From 0 to 10,000 USD per tonne of CO2"
    assert allowed(by_name["growth"].spec) == "From −20 to 50 % a year"
    cap = {c.key: c for c in controls(policies()["cap_and_trade"])}["cap"]
    assert allowed(cap.spec) == "Above 0 tonnes of CO2e a year; none means no limit"
    shares = [controls_of("public_compute")["share"], controls_of("compute_levy")["rate"]]
    assert [allowed(one.spec, one.is_share) for one in shares] == ["From 0 to 90 %", "From 0 to 10,000 %"]
    assert controls_of("cap_and_trade")["cap_share"].help.endswith("Above 0 %; none means no limit.")
    assert [shown(one, 0.25) for one in shares] == ["25.0 %", "25.0 %"]  # however it was written


@pytest.mark.parametrize("unit", ["USD/EFLOP", "USD/tCO2", "USD/yr", "FLOP", "tCO2e/yr", "%/yr", "yr"])
@pytest.mark.parametrize("high", [1e5, 1e6, 123456.0, 1e8, 1e9, 1e30])
def test_the_range_of_any_number_is_told_and_slid_to_its_end(unit: str, high: float) -> None:
    """1e+06 was told, and a slider ended at 999999.9999999999."""
    for low in (0.0, -1e6, 1e-3, 250.0):
        field: Any = quantity(unit, "anything", low=low, high=high, default=max(low, 0.0))
        spec = field.metadata["spec"]
        assert not re.search(r"\de[-+]?\d", allowed(spec))
        tax, control = policies()["carbon_tax"], controls_of("carbon_tax")["rate"]
        range_ = slide(tax, replace(control, spec=spec), max(low, 0.0), None)
        assert range_.high == high
        assert range_.low >= max(low, 0.0)
    million: Any = quantity("USD/EFLOP", "levy", low=0, high=1e6, default=0.0)
    assert allowed(million.metadata["spec"]) == "From 0 to 1,000,000 USD per EFLOP"


@pytest.mark.parametrize("name", policies())
def test_every_number_by_year_goes_to_text_and_back(name: str) -> None:
    every = {control.key: control for control in controls(policies()[name])}
    assert {key for key, control in every.items() if control.by_year} == set(policies()[name].by_year())
    parameters = suggested(name)
    key = strength(policies()[name], parameters)
    value, unit = number(parameters[key])
    path = {"years": [2013], "values": [value]} | ({"unit": unit} if unit else {})
    more = typed_by_year(f"2013: {value}; 2014:{value}", path)
    assert more == {**path, "years": [2013, 2014], "values": [value, value]}
    assert typed_by_year(text_of(more), more) == more
    assert text_of(more) in shown(every[key], more)
    typed = {"name": name, "key": key, "value": f"2013: {value}; 2014: {value}"}
    written = in_force(EDITS["field"](switched_on(name), typed), name)
    assert is_by_year(written[key])
    assert strength(policies()[name], written) == key


@pytest.mark.parametrize("text", ["2027", "2027: x", "x: 5", "2027: 5 6", "27: 5"])
def test_what_is_no_number_by_year_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="not a number by year"):
        typed_by_year(text, {"years": [2027], "values": [1]})


def test_sliders_are_linear_in_short_ranges_and_logarithmic_in_wide_ones() -> None:
    assert Slide(0, 90, False).value(45.04) == 45.0
    assert Slide(1, 1e4, True).value(2.0) == 100.0
    by_name = {c.key: c for c in controls(policies()["carbon_tax"])}
    assert slide(policies()["carbon_tax"], by_name["rate"], TAX["rate"], {"value": 500, "unit": "USD/tCO2"}) == Slide(
        0.0, 10000.0, False
    )
    assert slide(policies()["carbon_tax"], by_name["rate"], TAX["rate"], {"value": 90, "unit": "USD/tCO2"}) == Slide(
        3.0, 2700.0, True
    )
    voucher = policies()["compute_voucher"]
    value = {c.key: c for c in controls(voucher)}["value"]
    million = {"value": 1.0, "unit": "MUSD/yr"}
    assert slide(voucher, value, million, million).logarithmic
    assert shown(by_name["rate"], TAX["rate"]) == "300 USD per tonne of CO2"


STRENGTHS = [(name, key) for name, policy in policies().items() for key in policy.may_give()]
UNITS = {"USD/yr": ("USD/yr", "MUSD/yr", "BUSD/yr"), "USD": ("USD", "MUSD"), "USD/tCO2": ("USD/tCO2", "USD/kgCO2"),
         "tCO2e/yr": ("tCO2e/yr", "MtCO2e/yr")}  # fmt: skip


@pytest.mark.parametrize(("name", "key"), STRENGTHS)
def test_a_handle_stays_where_it_was_put(name: str, key: str) -> None:
    """Whatever is given and in whatever unit: a range about the value itself took each handle back to its middle."""
    policy = policies()[name]
    control = next(control for control in controls(policy) if control.key == key)
    for unit in UNITS.get(control.spec.unit, (control.spec.unit,)):
        written: Any = {"value": 1.0, "unit": unit}
        for place in (100, 109, 150, 20, 0, 200, 109):
            value = slid(policy, control, written, suggested(name), place)
            written = rewritten(written, value)
            shown_at = _slider(policy, control, written, suggested(name))["place"]
            assert abs(shown_at - place) <= 1, (unit, place, value)


def test_every_policy_stands_with_its_like() -> None:
    """Also one of one's own, by its first lever."""
    setting = switched_on("carbon_tax")
    shown_in = {
        row["name"]: group["group"] for group in rows(setting, setting.scenarios()[0]) for row in group["policies"]
    }
    assert shown_in == {name: LEVERS[policy.levers[0]].group for name, policy in policies().items()}
    assert [group for group in GROUPS if group in shown_in.values()] == list(dict.fromkeys(shown_in.values()))
    assert {lever.group for lever in LEVERS.values()} == set(GROUPS)
    assert LEVERS["carbon_price"].group == LEVERS["compute_levy"].group == "Prices"


def controls_of(name: str) -> dict[str, Control]:
    """The controls of a policy by the names of its numbers."""
    return {control.key: control for control in controls(policies()[name])}


@pytest.mark.parametrize(("name", "key"), STRENGTHS)
def test_a_number_that_its_scenario_does_not_give_says_a_typical_one(name: str, key: str) -> None:
    """No other scenario has one that a slider could begin from."""
    usual = suggested(name).get(key)
    given = usual is not None and isfinite(number(usual)[0]) and number(usual)[0] > 0
    assert given != bool(controls_of(name)[key].spec.typical)


@pytest.mark.parametrize(("name", "key"), STRENGTHS)
def test_a_strength_slides_whatever_is_known_of_it(name: str, key: str) -> None:
    """Also one of a policy of one's own that says nothing of typical numbers: the page broke."""
    control = controls_of(name)[key]
    bare = replace(control, spec=replace(control.spec, typical=0.0))
    for one in (control, bare):
        range_ = slide(policies()[name], one, control.default, None)
        assert max(one.spec.low, 0.0) <= range_.low < range_.high <= one.spec.high
        assert range_.low < (one.spec.typical or one.spec.high) <= range_.high


@pytest.mark.parametrize("typical", [-1.0, 2e9, inf, float("nan")])
def test_a_typical_number_is_one_that_a_slider_can_begin_from(typical: float) -> None:
    with pytest.raises(InputError, match="typical"):
        quantity("USD", "money", low=-5, high=1e9, default=0.0, typical=typical)
