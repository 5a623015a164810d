"""How the setup speaks: one line a step, and an error that says what to do."""

from __future__ import annotations


class SetupError(Exception):
    """The setup cannot go on: what is wrong, and what a person can do about it."""

    def __init__(self, what: str, *, do: str) -> None:
        super().__init__(f"{what}\n{do}")


def say(step: str) -> None:
    """Print one step, at once."""
    print(f"· {step}", flush=True)
