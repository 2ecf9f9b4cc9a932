"""Words that a reader may not know: explained once, and told wherever they stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from html import escape, unescape

from sim.scenario.data import tables

QUESTION = 'class="question"'  # an element whose text its user wrote
UNTOUCHED = ("h1", "h2", "h3", "summary", "td", "style", "script", "svg")  # elements whose words get no remark in place
_TAG = re.compile(r"(<[^>]*>)")


@dataclass(frozen=True)
class Word:
    """A word in any of its forms, the first of which is its name, and its meaning in one line."""

    forms: tuple[str, ...]
    meaning: str

    @property
    def name(self) -> str:
        """What it is called."""
        return self.forms[0]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What finds it in any of its forms."""
        longest = sorted(self.forms, key=len, reverse=True)
        written = "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in longest)
        return re.compile(rf"(?<![\w-])(?:{written})s?(?![\w-])", re.IGNORECASE)

    @cached_property
    def begins(self) -> tuple[str, ...]:
        """The first word of each form, in small letters."""
        return tuple(dict.fromkeys(form.split()[0].lower() for form in self.forms))

    def found_in(self, text: str, small: str) -> re.Match[str] | None:
        """Where it stands first in a text, which is also given in small letters: that none of its forms begins there is
        seen sooner than by the pattern."""
        return self.pattern.search(text) if any(begin in small for begin in self.begins) else None


@cache
def glossary() -> list[Word]:
    """Every word, in the order of the file."""
    return [Word(tuple(forms.split(" | ")), meaning) for forms, meaning in tables("glossary.toml").items()]


def words_in(text: str) -> list[Word]:
    """The words of a text that are explained, in the order of their names."""
    small = text.lower()
    return sorted((word for word in glossary() if word.found_in(text, small)), key=lambda word: word.name.lower())


def explained(html: str) -> tuple[str, list[Word]]:
    """A page in which the first of each word bears its meaning, outside headings, tables and the scenario's question;
    and all words in it. A word within another one, as access in access gap, is that one's part and bears nothing."""
    parts = _TAG.split(html)
    told = words_in(unescape(" ".join(parts[::2])))
    left = sorted(told, key=lambda word: -len(word.name))
    holding = [word for word in told if _holds_another(word, told)]
    for i in _in_place(parts):
        spans: list[tuple[int, int, Word]] = []
        small = parts[i].lower()
        whole = [found.span() for word in holding if word not in left for found in word.pattern.finditer(parts[i])]
        for word in list(left):
            found = word.found_in(parts[i], small)
            taken = [*whole, *((start, end) for start, end, _ in spans)]
            if found and all(found.end() <= start or end <= found.start() for start, end in taken):
                spans.append((*found.span(), word))
                left.remove(word)
        for start, end, word in sorted(spans, reverse=True, key=lambda span: span[0]):
            remark = f'<abbr title="{escape(word.meaning)}">{parts[i][start:end]}</abbr>'
            parts[i] = parts[i][:start] + remark + parts[i][end:]
    return "".join(parts), told


def _holds_another(word: Word, words: list[Word]) -> bool:
    return any(other is not word and other.pattern.search(form) for form in word.forms for other in words)


def _in_place(parts: list[str]) -> Iterator[int]:
    """Places of the texts between tags that may get remarks; ``parts`` are texts and tags by turns."""
    inside = 0
    for i, part in enumerate(parts):
        if i % 2 == 0:
            if not inside and part.strip() and QUESTION not in parts[i - 1]:
                yield i
        elif found := re.match(r"<(/?)(\w+)", part):
            inside += (-1 if found[1] else 1) if found[2] in UNTOUCHED else 0
