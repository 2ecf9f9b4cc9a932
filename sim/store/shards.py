"""Shards: what was simulated, each whole or absent, named by the hash of what it holds; those of studies are queried as
one table.

A shard is a file of flat columns without time, path or host, so that the same worlds give the same bytes wherever,
whenever and in whatever order they are simulated: Parquet in studies, an archive of arrays in runs and comparisons.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.pasting import installing
from sim.store.plan import resuming

if TYPE_CHECKING:
    import pandas as pd

FOLDER, ENDING, ARRAYS = "shards", ".parquet", ".npz"
ENDS = {  # by ending: how a whole file begins, and what stands so many bytes before its end
    ENDING: (b"PAR1", b"PAR1", 4),
    ARRAYS: (b"PK\x03\x04", b"PK\x05\x06", 22),
}
ASKING = ("SELECT", "EXPLAIN")  # types of statements that only read
PIVOT = re.compile(r"\s*(pivot|from|select|with)\b", re.IGNORECASE)  # how one of several begins
DIGITS = 32  # of a hash in a file's name
COMPRESSION, LEVEL = "zstd", 3


def needs(*packages: str, extra: str) -> None:
    """Raises InputError when packages of an extra are not installed."""
    for package in packages:
        try:
            import_module(package)
        except ModuleNotFoundError as error:
            if error.name != package.partition(".")[0]:
                raise
            problem, fix = "this needs packages that are not installed", installing(extra)
            allowed = f"the extra [{extra}]: {', '.join(packages)}"
            raise InputError(problem, found=f"no {package}", allowed=allowed, fix=fix) from None


def digest(*parts: str) -> str:
    """The sha256 of texts, in hexadecimal."""
    return sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()


def shard_name(keys: Iterable[str], ending: str = ENDING) -> str:
    """The name of the file that holds the worlds of these keys."""
    return digest(*keys)[:DIGITS] + ending


def as_shard(columns: Mapping[str, Any]) -> bytes:
    """Columns (arrays or lists of one length) as Parquet. A number that does not exist (NaN) is null."""
    import pyarrow as pa
    from pyarrow import parquet

    arrays = {name: pa.array(values, from_pandas=True) for name, values in columns.items()}
    table = pa.table({name: array.dictionary_encode() if pa.types.is_string(array.type) else array
                      for name, array in arrays.items()})  # fmt: skip
    buffer = BytesIO()
    texts = [name for name, array in arrays.items() if pa.types.is_string(array.type)]
    parquet.write_table(table, buffer, compression=COMPRESSION, compression_level=LEVEL, use_dictionary=texts)
    return buffer.getvalue()


def as_table(content: bytes) -> "pd.DataFrame":
    """The rows of a shard."""
    from pyarrow import BufferReader, parquet

    found: pd.DataFrame = parquet.read_table(BufferReader(content)).to_pandas()
    return found


def present(directory: Path) -> set[str]:
    """Names of the shards that are there and whole."""
    folder = directory / FOLDER
    return {file.name for file in folder.iterdir() if _whole(file)} if folder.is_dir() else set()


def _whole(file: Path) -> bool:
    """Whether a file begins and ends as its format does: one that a damaged disk has cut off is made anew."""
    if file.suffix not in ENDS or file.name.startswith("."):
        return False
    first, last, before = ENDS[file.suffix]
    with file.open("rb") as content:
        if content.read(len(first)) != first or content.seek(0, 2) < before:
            return False
        content.seek(-before, 2)
        return content.read(len(last)) == last


def queried(directory: Path, wanted: Sequence[str], tables: Mapping[str, "pd.DataFrame"], sql: str) -> "pd.DataFrame":
    """What SQL gives over ``worlds``, all wanted shards as one table, and over tables of these names.

    Raises InputError for SQL that DuckDB does not take, and for a shard that is damaged.
    """
    import duckdb

    files = [directory / FOLDER / name for name in wanted]
    with duckdb.connect(":memory:") as connection:
        connection.execute("set enable_progress_bar = false")
        for name, table in tables.items():
            connection.register(name, table)
        try:
            if files:
                connection.read_parquet([str(file) for file in files]).create_view("worlds")
            _reads(connection.extract_statements(sql), sql)
            found: pd.DataFrame = connection.execute(sql).df()
        except duckdb.Error as error:
            _readable(files, directory)
            known = ", ".join(sorted([*tables, *(["worlds"] if files else [])]))
            fix = 'e.g. "select point, avg(emissions_total) from worlds where year = 2040 group by point"'
            if not files:
                fix = f"no world is finished yet: {resuming(directory)}"
            raise InputError(f"the query failed: {error}", found=sql, allowed=f"SQL over {known}", fix=fix) from None
    return found


def _reads(statements: Sequence[Any], sql: str) -> None:
    """Raises InputError for SQL that asks nothing, or does more than to ask."""
    wrong = [one for one in statements
             if one.type.name not in ASKING and not (one.type.name == "MULTI" and PIVOT.match(one.query))]  # fmt: skip
    if wrong or not statements:
        problem = f"the query failed: it {'does more than ask' if wrong else 'asks nothing'}"
        found = wrong[0].query if wrong else sql
        fix = "take it out, and write what it gives with pandas" if wrong else "write select ..."
        raise InputError(problem, found=found, allowed="select, with, describe, summarize, explain", fix=fix)


def _readable(files: Iterable[Path], directory: Path) -> None:
    """Raises InputError for the first shard that cannot be read."""
    for file in files:
        try:
            as_table(file.read_bytes())
        except Exception as error:  # of whatever stands in a damaged file
            raise damaged(file, directory, error) from None


def damaged(shard: Path, directory: Path, error: Exception | str) -> InputError:
    """The error for a shard that cannot be read."""
    fix = f"remove it, then: {resuming(directory)}"
    return InputError(f"a shard is damaged: {error}", file=shard, allowed="as it was written", fix=fix)
