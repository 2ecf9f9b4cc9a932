"""Scripts beside the documents, as modules."""

from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

from tests.worlds import ROOT


def loaded(name: str) -> Any:
    """A script of docs/."""
    spec = spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
