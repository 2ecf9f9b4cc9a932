"""The cells of docs/study.ipynb executed, and what they show written into it.

python docs/notebook.py
"""

import ast
import json
import sys
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "docs" / "study.ipynb"


def executed(notebook: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Each cell of code, executed after those before it, with the text of its last expression."""
    names: dict[str, Any] = {"__name__": "notebook"}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            *body, last = ast.parse("".join(cell["source"])).body
            exec(compile(ast.Module(body, []), "<cell>", "exec"), names)
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
            else:
                value = exec(compile(ast.Module([last], []), "<cell>", "exec"), names)
            yield cell, "" if value is None else repr(value)


def shown(cell: dict[str, Any]) -> str:
    """What a cell of the file shows."""
    return "".join("".join(output["data"]["text/plain"]) for output in cell["outputs"])


def main() -> int:
    """Execute all cells in a directory of their own and write what they show."""
    sys.path.insert(0, str(ROOT))
    notebook = json.loads(FILE.read_text(encoding="utf-8"))
    with TemporaryDirectory() as place, chdir(place):
        Path("scenarios").symlink_to(ROOT / "scenarios")
        for number, (cell, text) in enumerate(executed(notebook), 1):
            data = {"text/plain": text.splitlines(keepends=True)}
            result = {"output_type": "execute_result", "execution_count": number, "data": data, "metadata": {}}
            cell["execution_count"], cell["outputs"] = number, [result] if text else []
    FILE.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
