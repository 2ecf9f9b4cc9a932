"""Tables as CSV. A spreadsheet takes a cell for a formula by its first letter, so such text gets an apostrophe."""

import pandas as pd

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # begins what a spreadsheet computes


def csv(table: pd.DataFrame) -> str:
    """The text of a CSV file."""
    texts = table.select_dtypes(exclude=["number", "bool"])
    changed = {
        name: column.map(lambda cell: f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell)
        for name, column in texts.items()
        if any(isinstance(cell, str) and cell.startswith(FORMULA) for cell in column.unique())
    }
    return str((table.assign(**changed) if changed else table).to_csv(index=False, lineterminator="\n"))


def as_written(column: "pd.Series[str]") -> "pd.Series[str]":
    """A column of text without the apostrophes that ``csv`` put before formulas."""
    marked = column.str.startswith(tuple(f"'{sign}" for sign in FORMULA))
    return column.where(~marked, column.str[1:])
