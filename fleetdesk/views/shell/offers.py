"""What is offered at a start: to go on with the forms that were left before they were saved."""

from __future__ import annotations

from functools import partial

from fleetdesk.qt.look.text import isolated, plural, tr
from fleetdesk.qt.notifier import MessageAction
from fleetdesk.views.form_drafts import LeftForm, left_forms
from fleetdesk.views.shell.window import MainWindow

__all__ = ["offer_left_forms"]

_MOST = 3  # at once; the others are there when their form is opened again


def offer_left_forms(window: MainWindow) -> None:
    """Say what was being written, and offer to go on with it."""
    left = [form for form in left_forms(window.bench.remembered) if window.has_place_for(form.action, form.record)]
    for form in left[:_MOST]:
        window.bench.notifier.info(
            tr("You were writing: %1.").replace("%1", isolated(form.title)),
            do=tr("It is not saved yet. %1").replace("%1", _begun(form)),
            action=MessageAction(tr("Go on writing"), partial(window.begin, form.action, form.record)),
            key=f"left:{form.name}",
        )


def _begun(form: LeftForm) -> str:
    return plural(len(form.typed.texts), tr("%n field is filled in."), tr("%n fields are filled in."))
