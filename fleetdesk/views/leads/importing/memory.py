"""What a person once said of files with the same titles, so that they need not say it again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fleetdesk.commands.import_words import Target
from fleetdesk.commands.lead_import import OnExisting
from fleetdesk.models.stages import Stage
from fleetdesk.models.types import JsonValue, canonical_json
from fleetdesk.views.remembered import Remembered

__all__ = ["MappingMemory", "Said"]

_NAME = "leads.import"
_MOST = 40
"""Sets of titles that are remembered; the one that was used longest ago goes."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was said: targets by title, the meaning of stages and owners, what becomes of leads that are there.

    `whose` is who gets new leads where no column says it: a person's id, "" for nobody; None where nothing was said.
    """

    targets: Mapping[str, Target] = field(default_factory=dict)
    stages: Mapping[str, Stage] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    on_existing: OnExisting = OnExisting.LEAVE
    overwritten: frozenset[str] = frozenset()
    whose: str | None = None


class MappingMemory:
    """By the set of a file's titles, whatever their order. What cannot be read is forgotten."""

    def __init__(self, remembered: Remembered) -> None:
        self._remembered = remembered

    def get(self, titles: Sequence[str]) -> Said | None:
        """What was said of such a file."""
        kept = self._kept().get(_digest(titles))
        return None if kept is None else _read(kept)

    def keep(self, titles: Sequence[str], said: Said) -> None:
        """Remember it, beside what was said of other files."""
        digest = _digest(titles)
        others = {name: kept for name, kept in self._kept().items() if name != digest}
        newest = list(others.items())[-_MOST + 1 :]
        self._remembered.keep(_NAME, {**dict(newest), digest: _plain(said)})

    def _kept(self) -> Mapping[str, JsonValue]:
        kept = self._remembered.get(_NAME)
        return kept if isinstance(kept, dict) else {}


def _digest(titles: Sequence[str]) -> str:
    return hashlib.sha256(canonical_json([*sorted(titles)]).encode()).hexdigest()[:32]


def _plain(said: Said) -> JsonValue:
    return {
        "targets": {title: target.value for title, target in said.targets.items()},
        "stages": {word: stage.value for word, stage in said.stages.items()},
        "owners": dict(said.owners),
        "on_existing": said.on_existing.value,
        "overwritten": [*sorted(said.overwritten)],
        "whose": said.whose,
    }


def _read(kept: JsonValue) -> Said | None:
    if not isinstance(kept, dict):
        return None
    try:
        return Said(
            {title: Target(target) for title, target in _texts(kept.get("targets")).items()},
            {word: Stage(stage) for word, stage in _texts(kept.get("stages")).items()},
            _texts(kept.get("owners")),
            OnExisting(str(kept.get("on_existing", OnExisting.LEAVE.value))),
            frozenset(_list(kept.get("overwritten"))),
            _text(kept.get("whose")),
        )
    except ValueError:
        return None


def _texts(value: JsonValue) -> dict[str, str]:
    return {key: str(text) for key, text in value.items()} if isinstance(value, dict) else {}


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None


def _list(value: JsonValue) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
