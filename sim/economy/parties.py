"""The books: who pays the actors or gets from them, what for, and the sums of what was paid."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from sim.actors import Kind
from sim.arrays import Array, added, unwritten
from sim.records import found_once

GOVERNMENT = "government"
CARBON, PERMITS_SOLD = (
    "carbon",
    "permits",
)  # what actors pay it for: permits to emit and to compute
LEVIED = "compute levy"  # and each FLOP that they buy
GRANTED = "academic compute"  # revenue given to labs for it, of which they may keep some for other things
VOUCHERS = "vouchers out of revenue"  # revenue that pays for labs' compute alone
CLEAN_SUPPORT = "clean power support"
PURCHASES = (  # what policies make it buy for actors
    "public compute", GRANTED, VOUCHERS, "efficiency research", CLEAN_SUPPORT,
)  # fmt: skip
SPONSORING = "sponsored compute"  # what firms give labs
SUPPLIERS = ("cloud", "suppliers", "utilities", "removers")  # whom actors pay for what they use up
TRANSFERS = ("dividend", "permits given away")  # revenue that goes back without a purpose
LEFT = "what is left"  # of a year's money, passed on at its end

ACTORS = "actors"  # in an entry: each kind for its own
OWN = "own"  # in an entry: the party, or the purpose, that the kind says
EACH_OTHER = "each other"  # in an entry: other actors
Key = tuple[str, str, str]  # payer, payee and purpose


class Entry(NamedTuple):
    """What actors pay to one party, or get from one."""

    payer: str
    payee: str
    purpose: str


class Names(NamedTuple):
    """What a kind is called in the books, and whom it deals with."""

    id: str
    settles_with: str
    income_from: str
    income_is: str

    @classmethod
    def of(cls, kind: Kind) -> "Names":
        """The names that a kind of actor goes by."""
        return cls(kind.id, kind.settles_with, kind.income_from, kind.income_is)


class Sheet:
    """Entries that are posted together; the same entries are one sheet. Of payments among actors, gifts come before
    what is taken, at the end."""

    entries: tuple[Entry, ...]

    def __new__(cls, *entries: Entry) -> "Sheet":
        """The sheet with these entries."""
        return _sheet(entries)

    @found_once
    def purposes(self) -> Mapping[str, list[tuple[int, str]]]:
        """Places of the entries in which each party pays, and what for."""
        return self._of_each(lambda entry: entry.payer)

    @found_once
    def receipts(self) -> Mapping[str, list[tuple[int, str]]]:
        """Places of the entries in which each party is paid, and what for."""
        return self._of_each(lambda entry: entry.payee)

    def _of_each(self, party: Callable[[Entry], str]) -> Mapping[str, list[tuple[int, str]]]:
        found = defaultdict[str, list[tuple[int, str]]](list)
        for place, entry in enumerate(self.entries):
            if entry.purpose != OWN:
                found[party(entry)].append((place, entry.purpose))
        return found

    @found_once
    def used_up(self) -> list[int]:
        """Places of the entries that pay suppliers."""
        return [place for place, entry in enumerate(self.entries) if entry.payee in SUPPLIERS]

    def __reduce__(self) -> tuple[Any, ...]:
        return Sheet, self.entries


@cache
def _sheet(entries: tuple[Entry, ...]) -> Sheet:
    made = object.__new__(Sheet)
    made.entries = entries
    return made


class Flows(Mapping[Key, float]):
    """Money by payer, payee and purpose, in USD/yr or USD. It is named when someone looks."""

    def __init__(self, names: tuple[Names, ...], posted: tuple[tuple[Sheet, Array], ...] = ()) -> None:
        self.names, self.posted = names, posted  # sums by (entries, kinds) of each sheet

    @classmethod
    def of(cls, flows: Mapping[Key, float]) -> "Flows":
        """The flows of a mapping from payer, payee and purpose to an amount."""
        sheet = Sheet(*[Entry(*key) for key in flows])
        return cls((Names("", "", "", ""),), ((sheet, np.array([[amount] for amount in flows.values()])),))

    def also(self, sheet: Sheet, sums: Array) -> "Flows":
        """With another sheet, and its sums by (entries, kinds)."""
        return Flows(self.names, (*self.posted, (sheet, sums)))

    def plus(self, other: "Flows", by: float) -> "Flows":
        """With other flows, times a number such as the years that they last."""
        sums = dict(self.posted)
        for sheet, amounts in other.posted:
            before = sums.get(sheet)
            sums[sheet] = unwritten(amounts * by if before is None else before + amounts * by)
        return Flows(other.names or self.names, tuple(sums.items()))

    def paid_by(self, payer: str) -> dict[str, float]:
        """What one party, which is no actor, pays by purpose."""
        return self._by_purpose((sheet.purposes[payer], amounts) for sheet, amounts in self.posted)

    def paid_to(self, payee: str) -> dict[str, float]:
        """What one party, which is no actor, is paid by purpose."""
        return self._by_purpose((sheet.receipts[payee], amounts) for sheet, amounts in self.posted)

    @staticmethod
    def _by_purpose(posted: Iterable[tuple[list[tuple[int, str]], Array]]) -> dict[str, float]:
        paid: dict[str, float] = {}
        for places, amounts in posted:
            for place, purpose in places:
                paid[purpose] = paid.get(purpose, 0.0) + added(amounts[place].tolist())
        return paid

    @property
    def used_up(self) -> float:
        """What suppliers get for what is used up, scarcity rent included; not what labs have left for all else."""
        return float(added(added(row[place].tolist()) for sheet, row in self.posted for place in sheet.used_up))

    def net(self) -> dict[str, float]:
        """What each party received minus what it paid."""
        sums: dict[str, float] = defaultdict(float)
        for (payer, payee, _), amount in self.items():
            sums[payer] -= amount
            sums[payee] += amount
        return dict(sums)

    @found_once
    def _named(self) -> dict[Key, float]:
        flows: dict[Key, float] = {}
        for sheet, amounts in self.posted:
            by_kind = amounts.tolist()
            for keys, row in zip(_keys(sheet, self.names), by_kind, strict=True):
                if any(row):
                    for key, amount in zip(keys, row, strict=True):
                        if amount and key:
                            flows[key] = flows.get(key, 0.0) + amount
            if sheet.entries[-1].payer == EACH_OTHER:
                _hand_over(flows, sheet.entries[-1].purpose, [name.id for name in self.names], *by_kind[-2:])
        return flows

    def named(self) -> dict[Key, float]:
        """Amounts by payer, payee and purpose."""
        return dict(self._named)

    def __getitem__(self, key: Key) -> float:
        return self._named[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._named)

    def __len__(self) -> int:
        return len(self._named)

    def __repr__(self) -> str:
        return f"Flows({self._named})"

    def __reduce__(self) -> tuple[Any, ...]:
        words = json.dumps([self.names, [sheet.entries for sheet, _ in self.posted]])  # bytes go by what they say alone
        return _flows, (words, [amounts.tolist() for _, amounts in self.posted])


def _flows(words: str, amounts: list[list[list[float]]]) -> Flows:
    """Flows as they were pickled."""
    names, sheets = json.loads(words)
    posted = [Sheet(*(Entry(*entry) for entry in entries)) for entries in sheets]
    return Flows(tuple(Names(*name) for name in names), tuple(zip(posted, map(np.array, amounts), strict=True)))


@cache
def _keys(sheet: Sheet, kinds: tuple[Names, ...]) -> list[list[Key | None]]:
    """Payer, payee and purpose by entry and kind; none of what actors pay to each other."""

    def key(entry: Entry, kind: Names) -> Key | None:
        payer, payee, purpose = entry
        if EACH_OTHER in entry:
            return None
        if payer == ACTORS:
            return kind.id, kind.settles_with if payee == OWN else payee, purpose
        return (
            kind.income_from if payer == OWN else payer,
            kind.id if payee == ACTORS else payee,
            (kind.income_is if purpose == OWN else purpose),
        )

    return [[key(entry, kind) for kind in kinds] for entry in sheet.entries]


def _hand_over(flows: dict[Key, float], purpose: str, kinds: list[str], given: list[float], got: list[float]) -> None:
    """Note what kinds pay to each other: each giver pays all takers alike."""
    whole = added(got)
    for payer, amount in zip(kinds, given, strict=True):
        for payee, part in zip(kinds, got, strict=True):
            if amount and part:
                key = payer, payee, purpose
                flows[key] = flows.get(key, 0.0) + amount * (part / whole)
