"""Which actions a few letters mean, the best first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from fleetdesk.qt.acting.actions import EVERYWHERE, Action, ActionRegistry
from fleetdesk.qt.acting.recent import Recent
from fleetdesk.qt.availability import WhyNot
from fleetdesk.qt.fuzzy import Match, match

__all__ = ["ActionMatch", "action_token", "matching"]

_MOST = 60  # nobody scrolls further, they type another letter


@dataclass(frozen=True, slots=True)
class ActionMatch:
    """An action that was found, why it cannot be done now, and how to do it. `meant`: the letters begin its words."""

    action: Action
    run: Callable[[], None]
    why_not: str
    positions: tuple[int, ...]
    meant: bool


def matching(
    registry: ActionRegistry, text: str, *, recent: Recent, without: str, go: Callable[[str], None]
) -> list[ActionMatch]:
    """Those that match; what cannot be done now comes last, with the reason.

    Before something is typed, what can be done on this screen; then what can be done on others too, where `go` leads.
    """
    here = {action.id for action in registry}
    found: list[tuple[tuple[bool, bool, bool, int, int, bool], ActionMatch]] = []
    for action in registry.everything if text.strip() else registry:
        hit = None if action.id == without else _match(action, text)
        if hit is not None:
            made = _made(registry, action, hit, None if action.id in here else go)
            lately = recent.place(action_token(action.id))
            far = action.id not in here
            order = (bool(made.why_not), not hit.at_words, far, lately, -hit.score, action.scope == EVERYWHERE)
            found.append((order, made))
    found.sort(key=lambda item: item[0])
    return [made for _, made in found[:_MOST]]


def action_token(id_: str) -> str:
    """What a choice is remembered by."""
    return f"action {id_}"


def _made(registry: ActionRegistry, action: Action, hit: Match, go: Callable[[str], None] | None) -> ActionMatch:
    available = registry.availability(action.id)
    why_not = available.reason if isinstance(available, WhyNot) else ""
    run = partial(_go_and_do, registry, action, go)
    return ActionMatch(action, run, why_not, hit.positions, hit.at_words)


def _go_and_do(registry: ActionRegistry, action: Action, go: Callable[[str], None] | None) -> None:
    if go is not None and action.scope != EVERYWHERE:
        go(action.scope)
    registry.trigger(action.id)


def _match(action: Action, text: str) -> Match | None:
    hit = match(text, action.found_by or action.text)
    if (hit is None or not hit.at_words) and _begins_a_word(text, f"{action.group} {action.keywords}"):
        return Match(0, ())
    return hit


def _begins_a_word(text: str, words: str) -> bool:
    typed = text.casefold().strip()
    return bool(typed) and f" {words.casefold()}".find(f" {typed}") >= 0
