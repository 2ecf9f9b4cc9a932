"""What a reader types and what a link says: numbers as people write them, assumptions as they are shown, no files, no
world without a limit; and files that are called by what they hold."""

import re
from collections.abc import Iterator
from dataclasses import replace
from math import inf, isclose
from pathlib import Path
from queue import Queue
from threading import Event
from time import monotonic, sleep
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from sim.app import catalogue
from sim.app.assumed import assumable
from sim.app.choice import choose, chosen
from sim.app.crew import Crew
from sim.app.desk import Desk, first_setting
from sim.app.edits import EDITS, said
from sim.app.ensemble import PairedWorlds
from sim.app.handed import data, file_of
from sim.app.lab import lab_of
from sim.app.setting import KEYS, MOST_ACTORS, MOST_CHANGES, Setting, from_link, from_told
from sim.app.shown import Shown
from sim.app.typed import plain
from sim.errors import InputError
from sim.quantity import Series
from tests.ensembles import ensemble, of
from tests.pairs import BASELINE, FEW
from tests.worlds import SCENARIOS


def taxed() -> Setting:
    choose(BASELINE, SCENARIOS / "carbon_tax.toml", list(FEW), None, 2014)
    return first_setting()


@pytest.fixture(scope="module")
def first() -> Iterator[Setting]:
    yield taxed()
    choose(BASELINE, BASELINE, [], None, None)


def is_alike(one: Any, other: Any) -> bool:
    """Whether two values are the same, but for figures that a table leaves out."""
    if isinstance(one, Series):
        pairs = zip(one.values, other.values, strict=True)
        return one.years == other.years and all(isclose(a, b, rel_tol=1e-5) for a, b in pairs)
    return bool(one == other) or (isinstance(one, float) and isclose(one, other, rel_tol=1e-5))


def test_every_assumption_can_be_typed_as_it_is_shown(first: Setting) -> None:
    """And stands in the table as before, with numbers by year and weights of countries too."""
    rows, was = catalogue.assumptions(), {quantity.path: quantity.base for quantity in chosen().started.quantities}
    assert len(rows) > MOST_CHANGES > 100
    for part in (rows[:150], rows[150:]):
        setting = first
        for row in part:
            setting = EDITS["assume"](setting, {"path": row["path"], "text": row["value"]})
        assert catalogue.moved(setting) == {row["path"]: row["value"] for row in part}
        for quantity in setting.scenarios()[0].quantities:
            assert is_alike(quantity.base, was[quantity.path]), quantity.path


@pytest.mark.parametrize(
    ("path", "text", "shown"),
    [
        ("knowledge.own_rate", "0.4 /yr", "0.4 /yr"), ("knowledge.own_rate", "0.4", "0.4 /yr"),
        ("knowledge.own_rate", "40 %/yr", "40 %/yr"), ("product.serving_start", " 0.05 ", "0.05"),
        ("kind.corporation.core_revenue", "2,000,000,000", "2e9 USD/yr"),
        ("region.germany.grid_intensity", "300", "300 gCO2e/kWh"),
        ("region.germany.grid_intensity", "2012: 500, 2030: 90 gCO2e/kWh", "2012: 500, 2030: 90 gCO2e/kWh"),
    ],
)  # fmt: skip
def test_an_assumption_is_typed_with_its_unit_another_or_none(path: str, text: str, shown: str, first: Setting) -> None:
    setting = EDITS["assume"](first, {"path": path, "text": text})
    setting.scenarios()
    assert catalogue.moved(setting)[path].replace("e09", "e9").replace("e+09", "e9") == shown


@pytest.mark.parametrize("text", ["0,5", "abc", "", "[1]", "{ file = 'x.csv' }", "true"])
def test_what_is_no_number_says_how_it_stood(text: str, first: Setting) -> None:
    with pytest.raises(InputError, match=r"not a (number|setting)") as refused:
        EDITS["assume"](first, {"path": "knowledge.own_rate", "text": text})
    assert "Traceback" not in said(refused.value, {"do": "assume"})


@pytest.mark.parametrize(("text", "value"), [("1,000", 1000), ("1,234,567.5", 1234567.5), ("−3", -3), (" 1e26 ", 1e26)])
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    assert plain(text) == value


@pytest.mark.parametrize("text", ["0,5", "100,5", "1,00", "0,500", "1,0000", "1.000,5", ",5", ""])
def test_a_comma_is_never_taken_out_of_a_decimal(text: str, first: Setting) -> None:
    """0,5 would else be 5, and 100,5 would be 1005."""
    with pytest.raises(ValueError, match=r".*"):
        plain(text)
    lab = {"kind": "academic_lab", "region": "germany", "budget": text, "start": 2013}
    with pytest.raises(InputError, match="no budget"):
        lab_of(lab, chosen().started)


PRICE = "region.germany.electricity_price"
REFUSED = [
    ({"do": "field", "key": "rate", "value": "-5"}, ("Rate: out of range; found -5", "From 0 to 10,000 USD per tonne")),
    ({"do": "field", "key": "rate", "value": "abc"}, ("Rate: not a number; found abc", "From 0 to 10,000 USD")),
    ({"do": "field", "key": "rate", "value": "0,5"}, ("found 0,5", "a point before decimals")),
    ({"do": "field", "key": "rate", "value": "2027: 50, 2030"}, ("Rate: not a number by year. W", "50, 2030: 100.")),
    ({"do": "start", "year": "-3"}, ("found -3", "allowed is a calendar year")),
    ({"do": "start", "year": ""}, ("Start of carbon tax: not a year; found nothing", "a year such as 2027")),
    ({"do": "start", "year": "2013.3"}, ("found 2013.3", "where one of 4 steps a year begins", "2013.25 or 2013.5")),
    ({"do": "start", "year": "nan"}, ("found nan", "a calendar year")),
    ({"do": "end", "year": "inf"}, ("End of carbon tax: not a year; found inf",)),
    ({"do": "end", "year": "soon"}, ("End of carbon tax: not a year; found soon", "a year such as 2027")),
    ({"do": "end", "year": "2012"}, ("End of carbon tax: a policy ends before it starts", "found 2027 to 2012")),
    ({"do": "end", "year": "2500"}, ("End of carbon tax: ", "found 2500", "calendar year")),
    (
        {"do": "field", "key": "rate", "value": "150 EUR/tCO2"},
        ("Rate: not a number; found 150 EUR/tCO2", "Type the number alone, in USD per tonne of CO2."),
    ),
    ({"do": "field", "key": "growth", "value": "5%"}, ("found 5%", "Type the number alone, in % a year.")),
    ({"do": "assume", "path": "product.margin", "text": "60"}, ("found 60", "for 60 % write 0.6, or 60 %.")),
    ({"do": "assume", "path": "product.margin", "text": "2 USD"}, ("found USD", "Give it in %.")),
    ({"do": "assume", "path": "product.size", "text": "5 MUSD"}, ("found MUSD", "Write 5 MUSD/yr: M is million.")),
    ({"do": "assume", "path": "product.size", "text": "5 MEUR/yr"}, ("found 5 MEUR/yr", "Convert it to USD of 2023.")),
    ({"do": "assume", "path": PRICE, "text": "0.3 EUR"}, ("found EUR", "Convert it to USD of 2023.")),
    ({"do": "assume", "path": PRICE, "text": "8.5 €/kWh"}, ("Unknown currency", "Convert it to USD of 2023.")),
    ({"do": "assume", "path": PRICE, "text": "85 euros"}, ("found euros", "Convert it to USD of 2023.")),
    ({"do": "assume", "path": PRICE, "text": "8.5 ct/kWh"}, ("Cents are", "Write 0.085 USD/kWh for cents of USD.")),
    ({"do": "assume", "path": PRICE, "text": "55"}, ("per MWh is written 55 USD/MWh, and cents 0.55 USD/kWh.",)),
    ({"do": "seed", "seed": "x"}, ("found x", "a number such as 1")),
    ({"do": "count", "kind": "startup", "count": "0"}, ("found 0", "1 to 2,000 of a kind")),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "parts"), REFUSED)
def test_a_refusal_says_what_was_found_and_what_is_allowed(
    edit: dict[str, Any], parts: tuple[str, ...], first: Setting
) -> None:
    told = edit if edit["do"] in ("seed", "count", "assume") else {**edit, "name": "carbon_tax"}
    with pytest.raises(InputError) as refused:
        EDITS[told["do"]](first, told).scenarios()
    sentence = said(refused.value, told)
    assert all(part in sentence for part in parts), sentence
    assert sentence.endswith(".")
    assert not re.search(r'[{}"=]', sentence)  # what a file has, and no field takes


def test_a_policy_may_end_and_then_never_end(first: Setting) -> None:
    told = {"do": "end", "name": "carbon_tax", "year": "2031.5"}
    ended = EDITS["end"](first, told)
    assert ended.scenarios()[1].policies[0].end == 2031.5
    assert catalogue.named(ended)[0].endswith(" to 2031.5")
    assert from_link(ended.link()) == ended
    row = next(
        row
        for group in catalogue.rows(ended, chosen().started)
        for row in group["policies"]
        if row["name"] == "carbon_tax"
    )
    assert row["end"] == 2031.5
    for never in ("", " "):
        again = EDITS["end"](ended, {**told, "year": never})
        assert again.scenarios()[1].policies[0].end == inf
        assert " to " not in catalogue.named(again)[0]


def test_a_policy_may_start_within_a_year(first: Setting) -> None:
    """As in a file; whole years stay whole in links."""
    for typed, start in (("2027.25", 2027.25), ("2027.0", 2027)):
        edited = EDITS["start"](first, {"do": "start", "name": "carbon_tax", "year": typed})
        entry = next(entry for entry in edited.entries if entry["name"] == "carbon_tax")
        assert (entry["start"], type(entry["start"])) == (start, type(start))
        assert edited.scenarios()[1].policies[0].start == start


def linked(first: Setting, **parts: Any) -> Setting:
    return from_told({**{key: getattr(first, key) for key in KEYS}, "entries": list(first.entries), **parts})


@pytest.mark.slow
@pytest.mark.usefixtures("first")
def test_a_link_reads_no_file(tmp_path: Path) -> None:
    """Not even a table beside the scenario, which a scenario file may name."""
    own = tmp_path / "own.toml"
    own.write_text(f'schema = 1\nextends = "{BASELINE.as_posix()}"\ntitle = "T"\nquestion = "Q?"\n', encoding="utf-8")
    (tmp_path / "prices.csv").write_text("year,value\n2012,5\n2014,9\n", encoding="utf-8")
    choose(own, own, list(FEW), None, 2014)
    first, table = first_setting(), {"file": "prices.csv", "unit": "USD/tCO2"}
    entry = {"name": "carbon_tax", "id": "carbon_tax", "start": 2013, "rate": table}
    for parts in (
        {"assumptions": {"region.france.carbon_price": table}}, {"entries": [entry]},
        {"entries": [{**entry, "rate": 5, "kinds": [[{"file": "prices.csv"}]]}]},
    ):  # fmt: skip
        with pytest.raises(InputError, match="reads no file"):
            linked(first, **parts).scenarios()
    with pytest.raises(InputError, match="reads no file"):
        replace(first, assumptions={"region.france.carbon_price": table}).scenarios()
    taxed()


def test_numbers_of_actors_have_a_limit_whichever_way_they_are_asked_for(first: Setting) -> None:
    assert not [path for path in assumable() if path.endswith(".count")]
    with pytest.raises(InputError, match="no setting"):
        linked(first, assumptions={"kind.startup.count": MOST_ACTORS + 1})
    with pytest.raises(InputError, match="unknown assumption"):
        EDITS["assume"](first, {"path": "kind.startup.count", "text": "9"})


def test_an_assumption_of_a_link_may_be_a_bare_number(first: Setting) -> None:
    value = next(row for row in catalogue.matter(first) if row["path"] == "law.exponent")["text"]
    again = linked(first, assumptions={"law.exponent": float(value)})
    again.scenarios()
    assert next(row for row in catalogue.matter(again) if row["path"] == "law.exponent")["text"] == value


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize(
    ("known", "told"), [('by = "Me"\nyear = 2020', "Me, 2020"), ('by = "Me"', "Me"), ("", "What I read")]
)
def test_a_number_of_a_source_that_lacks_something_has_what_is_known_of_it(
    known: str, told: str, tmp_path: Path
) -> None:
    """A source needs no more than a title; the page failed on one without an author or a year."""
    file = tmp_path / "mine.toml"
    file.write_text(
        f'schema = 1\nextends = "{BASELINE}"\ntitle = "Mine"\nquestion = "q"\n'
        f'[sources.mine]\ntitle = "What I read"\n{known}\n'
        '[compute]\nprice_halving = { value = 2.3, unit = "yr", low = 2, high = 3, source = "mine" }\n',
        encoding="utf-8",
    )
    choose(file, file, list(FEW), None, 2014)
    row = next(row for row in catalogue.matter(first_setting()) if row["path"] == "compute.price_halving")
    assert row["basis"] == told
    taxed()


@pytest.mark.slow
@pytest.mark.usefixtures("first")
def test_files_are_called_by_what_they_hold() -> None:
    """Both worlds have names of their own, and a mix of policies is not called by the scenario that it began with."""
    choose(BASELINE, BASELINE, list(FEW), None, 2014)
    setting = EDITS["switch"](first_setting(), {"name": "public_compute", "on": True})
    baseline, policy = setting.scenarios()
    pair = baseline, catalogue.titled(setting, policy)
    files = [file_of(what, pair, None) for what in ("baseline", "scenario")]
    assert [file["name"] for file in files] == ["baseline.toml", "baseline-2.toml"]
    assert pair[1].title.startswith("Public compute 10.0 % from 2027 (changed: kind.")
    assert pair[1].is_same(policy)
    assert catalogue.titled(first_setting(), baseline) is baseline
    without = EDITS["clear"](taxed(), {})
    nothing = catalogue.titled(without, without.scenarios()[1])
    assert nothing.title.startswith("No policy (changed: ")
    assert (pair[1].question, nothing.question) == ("What do these policies change?", "What happens without a policy?")


@pytest.mark.slow
@pytest.mark.usefixtures("first")
def test_data_are_those_of_what_is_set_and_of_many_pairs() -> None:
    worlds = ensemble("carbon_tax", until=2014)
    pair = worlds.baseline, worlds.policy
    assert file_of("data", pair, worlds)["name"] == "carbon_tax-pairs.csv"
    one = PairedWorlds(*pair, worlds.found[:1], drawn=False)
    other = PairedWorlds(worlds.baseline, ensemble("public_compute", until=2014).policy, worlds.found, drawn=True)
    for found in (None, one, other):
        with pytest.raises(InputError, match="still being simulated"):
            file_of("data", pair, found)
    with pytest.raises(InputError, match="nothing to hand over"):
        file_of("/etc/passwd", pair, worlds)


@pytest.mark.slow
@pytest.mark.usefixtures("first")
def test_data_are_written_beside_all_else_with_a_word_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for a file goes on at once; and medians are where the page has the lines, to the last bit, ends
    those of each year by itself."""
    may, shown = Event(), [Shown()]
    desk = Desk(cast(Crew, Idle()), shown.append)
    pair = desk.setting.scenarios()
    worlds = replace(ensemble("carbon_tax", 7, until=2014), luck=ensemble("carbon_tax", until=2014, wide=False).found)
    desk.found = replace(worlds, baseline=pair[0], policy=pair[1])
    monkeypatch.setattr("sim.app.handed.data", lambda found: may.wait(30) and data(found))
    desk.edit({"do": "download", "what": "data", "number": 1})
    assert (shown[-1].working, shown[-1].heard, shown[-1].file) == ("Writing the data", 1, {})
    may.set()
    end = monotonic() + 30
    while not shown[-1].file and monotonic() < end:
        sleep(0.02)
    assert shown[-1].working == ""
    for line in shown[-1].file["text"].splitlines()[1:4000:97]:
        name, year, id, *_, middle, low, high, pairs = line.split(",")
        values = pd.Series(worlds.values(id, name == pair[1].name)[:, int(year) - worlds.years[0]])
        stands = worlds.middles(id)[name == pair[1].name][int(year) - worlds.years[0]]
        each = [stands, *(float(values.quantile(q)) for q in (0.05, 0.95))]
        assert [middle, low, high] == [repr(one) if values.notna().any() else "" for one in each]
        assert pairs == "7"
    desk.close()


@pytest.mark.slow
def test_an_address_of_mesas_page_that_cannot_be_used_says_so(first: Setting) -> None:
    stepped = pytest.importorskip("sim.app.stepped", reason="the extra view")
    assert stepped.asked(None) == (first, "")
    assert stepped.asked(f"s={replace(first, seed=7).link()}") == (replace(first, seed=7), "")
    for link in ("junk", replace(first, seed=-1).link()):
        setting, problem = stepped.asked(f"s={link}")
        assert setting == first
        assert problem.endswith(stepped.INSTEAD)


class Idle:
    """Workers that never answer."""

    def submit(self, tab: object, tasks: list[Any]) -> Any:
        return SimpleNamespace(results=Queue())

    def drop(self, tab: object) -> None:
        pass


@pytest.mark.usefixtures("first")
def test_what_was_wrong_with_a_download_is_gone_with_the_next() -> None:
    shown: list[Shown] = []
    desk = Desk(cast(Crew, Idle()), shown.append)
    desk.edit({"do": "download", "what": "data", "number": 1})
    assert shown[-1].problem.startswith("The pairs of worlds are still being simulated")
    assert not shown[-1].file
    desk.edit({"do": "download", "what": "scenario", "number": 2})
    assert (shown[-1].problem, shown[-1].file["name"]) == ("", "carbon_tax.toml")
    desk.close()


def test_no_answer_waits_for_the_other_scenarios_to_be_read() -> None:
    """A tab begins with the scenario of the command alone, and knows the others once it has a first answer."""
    choose(BASELINE, SCENARIOS / "carbon_tax.toml", list(FEW), None, 2014)
    begun: list[Shown] = []
    never = cast(Crew, SimpleNamespace(submit=lambda *_: SimpleNamespace(results=Queue()), drop=lambda *_: None))
    desk = Desk(never, begun.append)
    assert [one["id"] for one in begun[-1].presets] == ["carbon_tax"]
    assert "offered" not in vars(chosen())
    pair = desk.setting.scenarios()
    desk.wanted = None  # it is answered by hand
    desk._show_found(of(*pair, 1, wide=False), desk.setting.link())
    assert [one["id"] for one in begun[-1].presets] == list(chosen().offered)
    assert len(begun[-1].presets) > 20
    assert begun[-2].answer["cards"]
    desk.close()
    choose(BASELINE, BASELINE, [], None, None)


@pytest.mark.parametrize(
    ("told", "begins", "found"),
    [
        ({"do": "start", "year": "1800"}, "Start of carbon tax: ", "found 1800;"),
        ({"do": "start", "year": "soon"}, "Start of carbon tax: ", "found soon;"),
        ({"do": "field", "key": "rate", "value": "1700: 5"}, "Rate: ", ""),
    ],
)
def test_a_refusal_names_the_field(told: dict[str, Any], begins: str, found: str, first: Setting) -> None:
    edit = {"name": "carbon_tax", **told}
    with pytest.raises(InputError) as refusal:
        EDITS[edit["do"]](first, edit).scenarios()
    sentence = said(refusal.value, edit)
    assert sentence.startswith(begins), sentence
    assert found in sentence


@pytest.mark.slow
def test_what_is_still_read_for_another_opening_stays_out_of_this_one() -> None:
    """A tab reads the other scenarios beside its first answer, and may end after the next opening began."""
    choose(BASELINE, BASELINE, list(FEW), None, 2028)
    before = chosen()
    choose(BASELINE, BASELINE, list(FEW), None, 2029)
    assert {one.time.end for one in before.offered.values()} == {2028}
    assert {one.time.end for one in chosen().offered.values()} == {2029}
    choose(BASELINE, BASELINE, [], None, None)
