"""`Recent`: what a person chose in the palette lately, the latest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fleetdesk.models.types import JsonValue

__all__ = ["Recent"]

_MOST = 24
_LONGEST = 300


class Recent:
    """By tokens, each a kind and a name: "action leads.new". Who made a token knows what it means, if it still does."""

    def __init__(self, kept: JsonValue = None, keep: Callable[[JsonValue], None] | None = None) -> None:
        """`kept` is what was kept before, whoever wrote it; `keep` is told all of it when it changes."""
        self._keep = keep
        self._tokens = _read(kept)

    @property
    def tokens(self) -> Sequence[str]:
        """The latest first."""
        return tuple(self._tokens)

    def place(self, token: str) -> int:
        """How many were chosen since; as many as are kept where it was not."""
        return self._tokens.index(token) if token in self._tokens else _MOST

    def note(self, token: str) -> None:
        """It was chosen just now."""
        if not token:
            return
        self._tokens = [token, *(other for other in self._tokens if other != token)][:_MOST]
        if self._keep is not None:
            self._keep([*self._tokens])


def _read(kept: JsonValue) -> list[str]:
    if not isinstance(kept, list):
        return []
    tokens = [token for token in kept if isinstance(token, str) and 0 < len(token) <= _LONGEST]
    return list(dict.fromkeys(tokens))[:_MOST]
