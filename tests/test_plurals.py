"""One of something is called so: 1 replicate, never 1 replicates."""

import ast
import re
from pathlib import Path

import pytest

from sim.plurals import counted, plural
from tests.worlds import ROOT

SOURCES = [file for file in sorted((ROOT / "sim").rglob("*.py")) if "calibrat" not in str(file)]  # hundreds of each
TEMPLATES = sorted((ROOT / "sim" / "report").rglob("*.html"))
NOUNS = re.findall(
    r"\w+",
    "actors assumptions characters columns draws entries errors facts figures files hours kinds labs laws lines "
    "minutes months numbers pairs parts points policies records regions replicates rows runs samples scenarios "
    "seconds shards steps targets values walks workers worlds years",
)
BEHIND = re.compile(rf"\s(?:more |other |odd |paired )?(?:{'|'.join(NOUNS)})\b")
NEVER_ONE = {  # numbers that are never one, and what is no count
    "5 * round(minutes / 5)", "10 * tens", "round(found.bit_length() * log10(2))", "later",
}  # fmt: skip


@pytest.mark.parametrize(
    ("count", "noun", "said"),
    [
        (0, "replicate", "0 replicates"),
        (1, "replicate", "1 replicate"),
        (2, "replicate", "2 replicates"),
        (1500, "world", "1,500 worlds"),
        (1, "entry", "1 entry"),
        (3, "entry", "3 entries"),
        (2, "policy", "2 policies"),
        (2, "day", "2 days"),
        (1, "odd row", "1 odd row"),
    ],
)
def test_a_noun_follows_its_count(count: int, noun: str, said: str) -> None:
    assert counted(count, noun) == said
    assert said.endswith(plural(noun, count))


def bare(tree: ast.AST) -> list[str]:
    """Numbers that are put into text before a plural, where nothing asks whether they are one."""
    asked = {
        id(text) for choice in ast.walk(tree) if isinstance(choice, ast.IfExp)
        for text in ast.walk(choice) if isinstance(text, ast.JoinedStr)
    }  # fmt: skip
    found = []
    for text in ast.walk(tree):
        if not isinstance(text, ast.JoinedStr) or id(text) in asked:
            continue
        for value, behind in zip(text.values, text.values[1:], strict=False):
            if isinstance(value, ast.FormattedValue) and isinstance(behind, ast.Constant):
                number = ast.unparse(value.value)
                is_constant = number.rpartition(".")[2].isupper() or re.search(r"\b[A-Z_]{4,}\b", number)
                is_text = re.match(r"(counted|plural|number|plain|listed)\(|words\.|['\"]", number)
                if BEHIND.match(str(behind.value)) and not (is_constant or is_text or number in NEVER_ONE):
                    found.append(f"{number}{str(behind.value)[:24]}")
    return found


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_count_stands_before_a_bare_plural(file: Path) -> None:
    assert bare(ast.parse(file.read_text(encoding="utf-8"))) == [], "say counted(number, 'noun')"


def test_such_a_text_is_found() -> None:
    assert bare(ast.parse("f'{count} replicates of it'")) == ["count replicates of it"]
    assert bare(ast.parse("f'{counted(count, 1)} of it'")) == []


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_nor_in_a_page(file: Path) -> None:
    said = re.findall(rf"\}}\}} (?:more )?(?:{'|'.join(NOUNS)})\b.{{0,20}}", file.read_text(encoding="utf-8"))
    assert said == [], "say {{ number|counted('noun') }}"
