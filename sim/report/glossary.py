"""Words that a reader may not know: explained once, and told wherever they stand."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from html import escape, unescape
from importlib.resources import files
from typing import NamedTuple

QUESTION = 'class="question"'  # an element whose text its user wrote
UNTOUCHED = ("h1", "h2", "h3", "summary", "td", "style", "script", "svg")  # elements whose words get no remark in place
_TAG = re.compile(r"(<[^>]*>)")


class Word(NamedTuple):
    """A word, how to find it in any of its forms, and its meaning in one line."""

    name: str
    pattern: re.Pattern[str]
    meaning: str
    begins: tuple[str, ...]  # the first word of each form, in small letters

    def found_in(self, text: str) -> re.Match[str] | None:
        """Where it stands first. That none of its forms may begin in a text is seen sooner than by the pattern."""
        small = text.lower()
        return self.pattern.search(text) if any(begin in small for begin in self.begins) else None


@cache
def glossary() -> list[Word]:
    """Every word, in the order of the file."""
    text = files("sim.data").joinpath("glossary.toml").read_text(encoding="utf-8")
    return [_word(forms.split(" | "), meaning) for forms, meaning in tomllib.loads(text).items()]


def _word(forms: list[str], meaning: str) -> Word:
    written = "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in sorted(forms, key=len, reverse=True))
    begins = tuple(dict.fromkeys(form.split()[0].lower() for form in forms))
    return Word(forms[0], re.compile(rf"(?<![\w-])(?:{written})s?(?![\w-])", re.IGNORECASE), meaning, begins)


def words_in(text: str) -> list[Word]:
    """The words of a text that are explained, in the order of their names."""
    return sorted((word for word in glossary() if word.found_in(text)), key=lambda word: word.name.lower())


def explained(html: str) -> tuple[str, list[Word]]:
    """A page in which the first of each word bears its meaning, outside headings, tables and the scenario's question;
    and all words in it."""
    parts = _TAG.split(html)
    told = words_in(unescape(" ".join(parts[::2])))
    left = sorted(told, key=lambda word: -len(word.name))
    for i in _in_place(parts):
        spans: list[tuple[int, int, Word]] = []
        for word in list(left):
            found = word.found_in(parts[i])
            if found and all(found.end() <= start or end <= found.start() for start, end, _ in spans):
                spans.append((*found.span(), word))
                left.remove(word)
        for start, end, word in sorted(spans, reverse=True, key=lambda span: span[0]):
            remark = f'<abbr title="{escape(word.meaning)}">{parts[i][start:end]}</abbr>'
            parts[i] = parts[i][:start] + remark + parts[i][end:]
    return "".join(parts), told


def _in_place(parts: list[str]) -> Iterator[int]:
    """Places of the texts between tags that may get remarks; ``parts`` are texts and tags by turns."""
    inside = 0
    for i, part in enumerate(parts):
        if i % 2 == 0:
            if not inside and part.strip() and QUESTION not in parts[i - 1]:
                yield i
        elif found := re.match(r"<(/?)(\w+)", part):
            inside += (-1 if found[1] else 1) if found[2] in UNTOUCHED else 0
