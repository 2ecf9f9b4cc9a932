"""The one error a user meets: what is wrong, where, what was found, what is allowed, how to mend it."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, time
from difflib import get_close_matches
from math import log10
from pathlib import Path
from typing import Any

from sim.synonyms import CLEAN_POWER_SUPPORT, MEANT, SUPPORT_IS, SUPPORTS

POLICY = "policy"  # what is unknown: of one that supports clean power it is said that this is none
LONGEST, MOST_NAMES = 240, 40  # characters of what was found, names of what is allowed
MOST_BITS = 14_000  # of a whole number that Python writes out
SHORTEST = 3  # letters with which an abbreviation begins as the whole does
CLOSE, OF_KIN, A_SLIP = 0.6, 0.5, 0.85  # how alike names are: any, with the same first word, but for a slip
MOST_MISTAKES = 20  # told beside the first
LARGEST_SCENARIO = 10_000_000  # bytes of a scenario file that is read
LONGEST_CHAIN = 50  # files that extend each other


class InputError(Exception):
    """Input that cannot be used. The command line prints it and exits with code 2."""

    def __init__(
        self,
        problem: str,
        *,
        file: str | Path | None = None,
        key: str | None = None,
        found: Any = None,
        allowed: str | None = None,
        fix: str | None = None,
    ) -> None:
        self.problem, self.file, self.key = problem, file, key
        self.found, self.allowed, self.fix = found, allowed, fix
        self.also: tuple[InputError, ...] = ()  # what else is wrong, said with it
        super().__init__(problem)

    def __str__(self) -> str:
        found = None if self.found is None else _short(shown(self.found))
        file = None if self.file is None else str(self.file).removesuffix("=")
        key = None if self.key is None else _short(self.key.removesuffix("="))
        parts = [(_place(self.file, "file"), file), (_place(self.key, "key"), key), ("found", found),
                 ("allowed", self.allowed), ("fix", self.fix)]  # fmt: skip
        lines = [f"  {name:<8} {_line(str(value))}" for name, value in parts if value is not None]
        more = [f"and: {other}" for other in self.also[:MOST_MISTAKES]]
        left = len(self.also) - len(more)
        more += [f"and {left} more like these"] if left > 0 else []
        return "\n".join([_line(_short(self.problem)), *lines, *more])


def _place(of: object, usual: str) -> str:
    """What a file or key is called in an error: an option, or an argument of Python ("seed="), where it is one."""
    return "option" if str(of).startswith("--") else "argument" if str(of).endswith("=") else usual


class Notice(UserWarning):
    """What a user should know of results that stand: that they go no further, that letters are missing."""


class BrokenCode(InputError):
    """A rule, policy or measure whose code came to an error, or a policy whose levers cannot be pulled so: nothing goes
    on until that code is another."""


class NoPrices(InputError):
    """A world in which no prices of permits meet its caps: studies and drawn worlds go on without it."""


class UnfitLaw(InputError):
    """A law that a world cannot have: comparisons of laws go on without it."""


def together(mistakes: Sequence[InputError]) -> InputError:
    """One error that tells of all mistakes, the first of them first, and of each once."""
    first = mistakes[0]
    others = {str(one): one for one in mistakes[1:]}
    first.also = (*first.also, *(one for text, one in others.items() if text != str(first)))
    return first


def shown(found: Any) -> str:
    """As a scenario file would write it."""
    if isinstance(found, bool):
        return str(found).lower()
    if isinstance(found, dict):
        return "{ " + ", ".join(f"{key} = {shown(value)}" for key, value in found.items()) + " }"
    if isinstance(found, list | tuple):
        return "[" + ", ".join(shown(value) for value in found) + "]"
    if isinstance(found, int) and found.bit_length() > MOST_BITS:
        return f"a whole number of about {round(found.bit_length() * log10(2)):,} digits"
    return str(found) if isinstance(found, date | time) else repr(found)


def _line(text: str) -> str:
    """Text on one line, with what cannot be printed written out."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}..."


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that people also call ``word``; else one of the same words in another order; else the known
    spelling closest to it, whatever its case and the dashes of an option, of those that begin with the same word where
    none is the same but for a slip; else the shortest that it abbreviates (reps for replicates); None when nothing is
    close."""
    spelled, bare = {_bare(name): name for name in known}, _bare(word)
    other = MEANT.get(bare.replace("-", "_").replace(" ", "_"))
    if bare not in spelled and other in spelled:
        return spelled[other]
    words = _words(bare)
    turned = [name for name in spelled if len(words) > 1 and sorted(_words(name)) == sorted(words)]
    if turned and bare not in spelled:
        return spelled[turned[0]]
    close = get_close_matches(bare, list(spelled), n=1, cutoff=CLOSE)
    if len(words) > 1 and not get_close_matches(bare, close, n=1, cutoff=A_SLIP):
        kin = [name for name in spelled if len(_words(name)) > 1 and _words(name)[0] == words[0]]
        close = get_close_matches(bare, kin, n=1, cutoff=OF_KIN) or close
    found = close or sorted((name for name in spelled if _abbreviates(bare, name)), key=len)
    return spelled[found[0]] if found else None


def _with_word(word: str, known: Iterable[str]) -> str | None:
    """The shortest known name with a word that ``word`` abbreviates (lab for academic_lab); None when there is none."""
    short = (_bare(word), _bare(word).removesuffix("s"))  # also of several: labs
    parts = {name: _words(_bare(name)) for name in known}
    found = [name for name, own in parts.items() if any(_abbreviates(each, part) for each in short for part in own)]
    return min(found, key=len, default=None)


def _words(name: str) -> list[str]:
    return re.split("[_-]", name)


def _bare(name: str) -> str:
    return name.casefold().lstrip("-")


def _abbreviates(short: str, name: str) -> bool:
    """Whether ``short`` begins as a name does, and has others of its letters in their order."""
    letters = iter(name)
    return len(short) >= SHORTEST and name.startswith(short[:SHORTEST]) and all(letter in letters for letter in short)


def or_own(error: InputError) -> InputError:
    """The error for a name that one's own code may declare: its fix says so."""
    error.fix = f"{error.fix}; one of your own needs --import FILE"
    return error


def unknown(
    what: str, word: Any, known: Iterable[str], *, otherwise: str = "use one of the allowed names", **where: Any
) -> InputError:  # fmt: skip
    """The error for a name that is not among ``known``, with the nearest valid spelling, or what helps ``otherwise``;
    it need not even be text."""
    word, names = word if isinstance(word, str) else shown(word), sorted(set(known))
    guess = nearest(word, names) or _with_word(word, names)
    fix = f"did you mean '{guess}'?" if guess else otherwise
    if what == POLICY and guess != CLEAN_POWER_SUPPORT and SUPPORTS.intersection(re.split(r"[\W_]+", word.casefold())):
        fix = f"{fix}; {SUPPORT_IS}"
    allowed = ", ".join(names[:MOST_NAMES]) if names else "nothing"
    if len(names) > MOST_NAMES:
        allowed += f" and {len(names) - MOST_NAMES} more"
    return InputError(f"unknown {what} '{word}'", found=word, allowed=allowed, fix=fix, **where)
