"""The tables of texts in TOML. Many files extend the same one, and a command reads it more than once."""

import pickle
from functools import lru_cache
from typing import Any


def tables_of(text: str) -> dict[str, Any]:
    """The tables of a text, anew each time, since whoever asks may change them. Raises ValueError or RecursionError
    where it is no TOML."""
    tables: dict[str, Any] = pickle.loads(_pickled(text))
    return tables


@lru_cache(maxsize=64)
def _pickled(text: str) -> bytes:
    import tomllib

    return pickle.dumps(tomllib.loads(text))
