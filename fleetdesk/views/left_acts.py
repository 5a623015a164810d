"""Acts over many rows that are under way: kept with what they do, and to which rows, to be gone on with."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from fleetdesk.models.types import JsonValue
from fleetdesk.views.remembered import Remembered

__all__ = ["LeftAct", "forget_act", "forget_ended", "keep_act", "left_act", "left_acts"]

_PREFIX = "act."
_MOST = 50_000
"""Rows of an act that is kept: more would be megabytes to be written before the act begins."""


@dataclass(frozen=True, slots=True)
class LeftAct:
    """One act. `action` is that of the screen's which goes on with it; `what` is done with `value` to the `ids`."""

    batch_id: str
    action: str
    what: str
    value: str
    ids: tuple[str, ...]


def keep_act(remembered: Remembered, act: LeftAct) -> None:
    """Keep an act that begins, unless it is about more rows than can be kept."""
    if len(act.ids) <= _MOST:
        remembered.keep(_PREFIX + act.batch_id, {**asdict(act), "ids": list(act.ids)})


def forget_act(remembered: Remembered, batch_id: str) -> None:
    """The act is at its end, or nobody will go on with it."""
    if remembered.get(_PREFIX + batch_id) is not None:
        remembered.keep(_PREFIX + batch_id, None)


def forget_ended(remembered: Remembered, ended: frozenset[str]) -> None:
    """Forget those whose batch came to its end: FleetDesk ended just before they were forgotten."""
    for act in left_acts(remembered):
        if act.batch_id in ended:
            forget_act(remembered, act.batch_id)


def left_act(remembered: Remembered, batch_id: str) -> LeftAct | None:
    """The act of a batch, if it is kept since before this start."""
    return next((act for act in left_acts(remembered) if act.batch_id == batch_id), None)


def left_acts(remembered: Remembered) -> list[LeftAct]:
    """All that are kept since before this start: what is kept by this one is still under way."""
    names = (name for name in remembered.names(_PREFIX) if remembered.is_from_before(name))
    return [act for name in names if (act := _read(remembered.get(name))) is not None]


def _read(value: JsonValue) -> LeftAct | None:
    """With suspicion: another FleetDesk may have written it."""
    if not isinstance(value, dict):
        return None
    ids, texts = value.get("ids"), [value.get(name) for name in ("batch_id", "action", "what", "value")]
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in (*ids, *texts)):
        return None
    batch_id, action, what, filled_in = map(str, texts)
    return LeftAct(batch_id, action, what, filled_in, tuple(map(str, ids)))
