"""Measures found by words: of what they are called, of what they mean, of their group, or of what people call that."""

import re
from collections.abc import Iterable, Sequence

from sim.measures.base import Measure
from sim.synonyms import SOUGHT

SMALL = {"a", "an", "and", "are", "at", "be", "by", "can", "do", "does", "for", "from", "how", "in", "is", "of", "on",
         "or", "the", "to", "what", "which", "who", "whose"}  # fmt: skip


def by_words(words: Iterable[str], known: Iterable[Measure]) -> list[Measure]:
    """Those that every word is of, its other names too; of words that say nothing by themselves none is asked for."""
    sought = _sought(words)
    return [one for one in known if sought and all(each.search(_text(one)) for each in sought)]


def named_by(words: Iterable[str], known: Iterable[Measure]) -> list[Measure]:
    """The same, those first of whose names most of the words are."""
    words = list(words)
    sought = _sought(words)
    return sorted(by_words(words, known), key=lambda one: -len([1 for each in sought if each.search(_called(one))]))


def _sought(words: Iterable[str]) -> list[re.Pattern[str]]:
    asked = [word for text in words for word in text.casefold().split() if word not in SMALL]
    return [re.compile("|".join(rf"(?<![a-z0-9]){re.escape(one)}" for one in _names(word))) for word in asked]


def _called(measure: Measure) -> str:
    """What a measure is called, of its texts."""
    return f"{measure.label} {measure.subject} {measure.id.replace('_', ' ')}".casefold()


def groups(known: Iterable[Measure]) -> Sequence[str]:
    """The groups of measures, in their order."""
    return sorted({group(one) for one in known})


def group(measure: Measure) -> str:
    """What a measure is of: the name of the file that declares it."""
    return measure.home.rpartition(".")[2].replace("_", " ")


def _names(word: str) -> list[str]:
    """A word, in the singular, and the words here that mean the same."""
    one = f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s") if len(word) > len("gas") else word
    here = [name for name, others in SOUGHT.items() if not {word, one}.isdisjoint(others.split())]
    return [one, *(part for name in here for part in name.split())]


def _text(measure: Measure) -> str:
    """All that is said of a measure."""
    said = (measure.id, measure.label, measure.subject, measure.heading, measure.meaning, measure.unit, group(measure))
    return f"{' '.join(said)} {measure.id.replace('_', ' ')}".casefold()
