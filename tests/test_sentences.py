"""Sentences of the documents are whole."""

import re

from tests.worlds import ROOT

CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CUT = re.compile(r":\n+(?=[A-Z])(.*)")


def cut(text: str) -> list[str]:
    """Lines with which a new sentence begins where a colon announces code, a list or a table."""
    return CUT.findall(CODE.sub("```", text))


def test_what_a_colon_announces_follows_it() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    assert {page.name: lines for page in pages if (lines := cut(page.read_text(encoding="utf-8")))} == {}


def test_a_sentence_that_is_cut_in_two_is_found() -> None:
    assert cut("So this compares two:\nNames cannot be set.\n\n```sh\nrun\n```\n") == ["Names cannot be set."]
    assert cut("So this compares two:\n\nNames cannot be set.\n") == ["Names cannot be set."]
    assert cut("These:\n\n```sh\nA:\nB\n```\n\n- a:\n  b\n") == []
