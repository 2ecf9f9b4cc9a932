"""Amounts, years of money, shares and counts that are probably a slip are noted, or refused with what was meant."""

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario import load
from tests.saying import Say, refused
from tests.worlds import SCENARIOS

BASELINE = SCENARIOS / "baseline.toml"
HEAD = f'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "{BASELINE.as_posix()}"\n'
VOUCHER, PUBLIC, LEVY = "policy.compute_voucher", "policy.public_compute", "policy.compute_levy"
OURS = '[kind.our_lab]\nlike = "academic_lab"\ncount = 12\nhome = { germany = 1 }\n'
SLIPS = ("is money of", "which is", "on offer", "on top of")  # a part of each of these notes


def noted(settings: list[str], part: str, file: Path = BASELINE) -> list[str]:
    return [note for note in load(file, settings).notes if part in note]


@pytest.mark.parametrize("year", ["2204", "2402", "2199"])
def test_money_of_a_year_that_nobody_can_mean_is_refused(year: str, say: Say) -> None:
    said = say("run", BASELINE, "--set", f"{VOUCHER}.budget=200 MEUR/yr of {year}")
    meant = "did you mean 2024? Write" if year != "2199" else "fix      Write"
    refused(said, f"no prices of {year} can be told", meant, "2005 to 2024, and to 2100", key=f"{VOUCHER}.budget")
    with pytest.raises(InputError, match="no prices of"):
        load(BASELINE, [f'{PUBLIC}.budget={{ years = [2027, 2030], values = [1, 2], unit = "USD/yr", year = {year} }}'])


def test_money_of_a_year_to_come_is_told_with_what_was_made_of_it() -> None:
    def of(year: int) -> list[str]:
        return noted([f"{VOUCHER}.budget=200 MEUR/yr of {year}"], "is money of")

    assert of(2042) == [
        f"Note: {VOUCHER}.budget is money of 2042, taken as 147.2 MUSD/yr of 2023: prices are known to 2024, and 2 % "
        "inflation a year is assumed after it."
    ]
    assert of(2025)
    assert not of(2024)
    path = '{ years = [2027, 2030], values = [1, 2], unit = "GEUR/yr"'
    assert noted([f"{PUBLIC}.budget={path}, year = 2042 }}"], "of 2042, taken as at most 1.47224 GUSD/yr of 2023")
    assert not noted([f"{PUBLIC}.budget={path} }}"], "is money of")  # each of its own year, as it says
    assert not noted([f'{PUBLIC}.budget={{ years = [2030], values = [1], unit = "GEUR/yr" }}'], "is money of")


def test_a_share_as_large_as_a_percentage_is_noted() -> None:
    assert noted([f"{PUBLIC}.share=0.5"], "compute of all actors") == [
        f"Note: {PUBLIC}.share is 0.5, which is 50 % of the compute of all actors; 0.5 % is written 0.005, or "
        '{ value = 0.5, unit = "%" }.'
    ]
    steps = f"{PUBLIC}.share={{ years = [2027, 2030], values = [0.1, 0.5] }}"
    assert noted([steps], "which is 50 %")
    assert noted([f"{LEVY}.rate=10"], "what hardware costs") == [
        f"Note: {LEVY}.rate is 10, which is 1000 % of what hardware costs; 10 % is written 0.1, or "
        '{ value = 10, unit = "%" }.'
    ]
    for other in (f"{PUBLIC}.share=0.2", f"{PUBLIC}.share=50 %", "policy.open_publication.share=0.5",
                  f"{LEVY}.rate=0.9", f"{LEVY}.rate=1000 %"):  # fmt: skip
        assert not noted([other], "which is")


@pytest.mark.parametrize("found", ["1", "10"])
def test_a_percentage_beyond_what_a_share_may_be_is_refused_with_how_it_is_written(found: str) -> None:
    with pytest.raises(InputError, match="out of range") as refusal:
        load(BASELINE, [f"{PUBLIC}.share={found}"])
    assert f"{found} is {found}00 %; for {found} % write {int(found) / 100:g}" in str(refusal.value.fix)


def test_one_hundred_percent_stays_what_it_is_where_a_share_may_be_one() -> None:
    assert load(BASELINE, ["policy.open_publication.share=1"]).policies[0].strength == "share"


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        (f"{PUBLIC}.budget=200 BUSD/yr", "is 200 BUSD/yr, in all $200 B a year"),
        (f"{VOUCHER}.value=1 BUSD/yr", "is 1 BUSD/yr, in all $400 B a year"),
        (f'{PUBLIC}.budget={{ years = [2027, 2030], values = [1, 300], unit = "BUSD/yr" }}', "in all $300 B a year"),
        (f"{PUBLIC}.total=2000 BUSD", "is 2000 BUSD, in all $200 B a year"),
    ],
)
def test_money_for_more_than_all_compute_on_offer_is_noted(setting: str, said: str) -> None:
    dates = [f"{setting.rpartition('.')[0]}.{date}" for date in ("start=2027", "end=2037")]
    (note,) = noted([setting, *dates], "on offer")
    assert said in note
    assert "costs $37.2 B a year" in note or "costs $37.1 B a year" in note  # in 2027, and in 2030
    assert not noted([setting.replace("BUSD", "MUSD"), *dates], "on offer")


@pytest.mark.parametrize("more", ["years = [2027, 2039], values = [1, 900]", "years = [2015, 2027], values = [900, 1]"])
def test_money_of_years_in_which_the_policy_is_off_is_not_judged(more: str) -> None:
    series = f'{PUBLIC}.budget={{ {more}, unit = "GUSD/yr" }}'
    assert not noted([series, f"{PUBLIC}.start=2027", f"{PUBLIC}.end=2035"], "on offer")
    assert noted([f"{PUBLIC}.budget=9000 GUSD/yr"], "in all $9,000 B a year")


def test_a_kind_on_top_of_others_of_its_sector_says_how_many_there_are_now(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"

    def on_top(body: str, *settings: str) -> list[str]:
        file.write_text(HEAD + body)
        return noted(list(settings), "on top of", file)

    assert on_top(OURS) == [
        "Note: our_lab (12) comes on top of academic_lab (400): there are now 412 actors of academia. Where the new "
        "ones are some of those that were there, lower kind.academic_lab.count beside them."
    ]
    (both,) = on_top(OURS + OURS.replace("our_lab", "their_lab"))
    assert "our_lab (12), their_lab (12) come on top of academic_lab (400): there are now 424 actors" in both
    assert not on_top(f"{OURS}[kind.academic_lab]\ncount = 388\n")
    assert not on_top(f"[kind.academic_lab]\ncount = 400\n{OURS}")  # as somebody says
    assert not on_top(OURS, "kind.academic_lab.count=388")
    assert not on_top(f"{OURS}[kind.academic_lab]\ndrop = true\n")


def test_no_shipped_scenario_has_such_a_slip_and_none_has_a_note_twice() -> None:
    for file in sorted({*SCENARIOS.rglob("*.toml")} - {*SCENARIOS.rglob("sources.toml")}):
        notes = load(file).notes
        assert not [note for note in notes for part in SLIPS if part in note], file
        assert len(set(notes)) == len(notes), file


def test_a_policy_for_nobody_is_told_once(tmp_path: Path) -> None:
    file = tmp_path / "industry.toml"
    file.write_text(f"{HEAD}[kind.academic_lab]\ndrop = true\n")
    assert len(noted([f"{VOUCHER}.value=1000"], "serves nobody", file)) == 1


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ("region.germany.electricity_price=8.5", "is 8.5 USD/kWh; 8.5 cents are written 0.085, and 8.5 USD per MWh {"),
        (
            "region.germany.electricity_price={ years = [2012, 2026], values = [8.5, 9.2] }",
            'is at most 9.2 USD/kWh; 9.2 cents are written 0.092, and 9.2 USD per MWh have unit = "USD/MWh".',
        ),
        ("region.germany.clean_premium=2", "2 cents are written 0.02"),
        ("abatement.clean_rise=30", "30 cents are written 0.3"),
        ("policy.carbon_tax.rate=0.06", "is 0.06 USD/tCO2; 0.06 USD per kg is written 60."),
        ("region.germany.carbon_price={ years = [2020, 2026], values = [0.025, 0.06] }", "is at most 0.06 USD/tCO2"),
        ("region.germany.grid_intensity={ years = [2020], values = [0.45] }", "0.45 kg is written 450."),
        ("hardware.device_carbon=0.15", "0.15 t is written 150."),
        ("region.germany.grid_connections=7700", "7700 MW are written 7.7."),
    ],
)
def test_an_amount_in_another_unit_than_the_usual_one_is_noted(setting: str, text: str) -> None:
    (note,) = noted([setting], " written ")
    assert text in note
    assert setting.partition("=")[0] in note


@pytest.mark.parametrize(
    "setting", ["region.germany.electricity_price=85 USD/MWh", "region.germany.electricity_price=0.5",
                "policy.carbon_tax.rate=1.39", "policy.carbon_tax.rate=0"],
)  # fmt: skip
def test_an_amount_that_may_well_be_meant_is_not(setting: str) -> None:
    assert noted([setting], " written ") == []
