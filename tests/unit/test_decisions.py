"""The pages on decisions can be cited by their number."""

from __future__ import annotations

from pathlib import Path

PAGES = sorted((Path(__file__).parents[2] / "docs" / "decisions").glob("[0-9]*.md"))


def test_no_two_decisions_have_the_same_number() -> None:
    assert [page.name[:4] for page in PAGES] == [f"{number:04}" for number in range(1, len(PAGES) + 1)]
