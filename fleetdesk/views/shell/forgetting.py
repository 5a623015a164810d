"""What the laptop forgets of a role that the person has no more: where they were in its screens, and its records.

The store forgets too, and first; but a window that is open then still knows, and writes down as it closes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from fleetdesk.models.drafts import Draft
from fleetdesk.views.drafts import Drafts
from fleetdesk.views.form_drafts import left_forms
from fleetdesk.views.remembered import Place, Remembered
from fleetdesk.views.shell.finder import forget_found
from fleetdesk.views.workbench import Screen

__all__ = ["forget_other_screens"]


def forget_other_screens(
    screens: Iterable[Screen], allowed: Collection[Screen], remembered: Remembered, drafts: Drafts
) -> None:
    """Forget what is kept of the screens that the person does not have, and of the records that those open.

    What was typed and is about no record stays, as do the columns and the like: they tell of nobody.
    """
    lost = {screen.id: screen for screen in screens if screen not in allowed}
    held = {kind.table for screen in allowed for kind in screen.records}
    tables = {kind.table for screen in lost.values() for kind in screen.records} - held
    for record in drafts.records:
        if record.table in tables:
            for draft in drafts.about(record):
                drafts.keep(record, Draft(draft.kind, ""))
    for form in left_forms(remembered):
        if form.record is not None and form.record.table in tables:
            remembered.keep(form.name, None)
    Place.forget_screens(remembered, lost)
    forget_found(remembered, lost, tables)
