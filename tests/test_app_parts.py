"""The page's parts: each is read and used, none speaks over another, and nothing is put in as markup."""

import re
from collections import Counter

from sim.app.parts import PLACE, STYLES, component, style
from tests.worlds import ROOT

FOLDER = ROOT / "sim" / "app" / "page"
PARTS = sorted(FOLDER.glob("*.vue"))
BLOCK = re.compile(r"^  (computed|methods): \{\n(.*?)^  \},", flags=re.DOTALL | re.MULTILINE)
NAME = re.compile(r"^    (\w+)\(.*\) \{", flags=re.MULTILINE)


def test_every_file_is_used() -> None:
    used = {*PLACE.findall((FOLDER / "page.vue").read_text(encoding="utf-8")), "page", "joined"}
    assert {file.stem for file in PARTS} == used
    assert {file.stem for file in FOLDER.glob("*.css")} == set(STYLES)
    assert "<part" not in component()


def test_no_two_parts_have_a_name_in_common() -> None:
    names = Counter(
        name for file in PARTS for _, block in BLOCK.findall(file.read_text(encoding="utf-8"))
        for name in NAME.findall(block)
    )  # fmt: skip
    assert len(names) > 30
    assert [name for name, count in names.items() if count > 1] == []


def test_files_can_be_read() -> None:
    styles = [*FOLDER.glob("*.css")]
    assert styles
    for file in (*PARTS, *styles, ROOT / "sim" / "app" / "chart.vue"):
        lines = file.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 350, file
        assert [line for line in lines if len(line) > 120] == [], file


def test_texts_are_put_in_as_texts() -> None:
    for word in ("v-html", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert word not in component()


def test_no_field_is_written_over_while_a_reader_has_it_in_hand() -> None:
    """A page is drawn as one whole: a bound value would be put back with every redraw, whoever types."""
    fields = re.findall(r"<(?:input|select|textarea)\b[^>]*>", re.sub(r"=\"[^\"]*\"", lambda m: m[0].replace(">", ""),
                                                                    component()))  # fmt: skip
    assert sum("v-held=" in field for field in fields) > 8
    assert [field for field in fields if " :value=" in field] == []


def test_every_colour_has_a_value_for_either_theme() -> None:
    used = set(re.findall(r"var\((--[a-z0-9-]+)\)", style() + component()))
    assert len(used) > 10
    for name in used - {"--rail"}:
        assert style().count(f"{name}:#") == 2, name
