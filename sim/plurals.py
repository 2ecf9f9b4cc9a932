"""Counts in words: 1 replicate, 20 replicates."""


def plural(noun: str, count: float) -> str:
    """The noun as it follows a count: replicate after one, replicates after any other; policies, entries."""
    if count == 1:
        return noun
    return f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else f"{noun}s"


def counted(count: int, noun: str) -> str:
    """A count, thousands separated, and what it counts: 1 replicate, 1,500 worlds."""
    return f"{count:,} {plural(noun, count)}"
