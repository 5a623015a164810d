"""The form in which a super admin says why a laptop is revoked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from fleetdesk.commands.core import Command
from fleetdesk.commands.devices import RevokeDevice
from fleetdesk.models.devices import LONGEST_REASON
from fleetdesk.models.ids import new_id
from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import Label, Tint, isolated, plural, tr
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.field_form import FieldForm
from fleetdesk.qt.widgets.text_fields import TextArea
from fleetdesk.queries.devices import DeviceRow
from fleetdesk.views.command_dialog import CommandDialog, CommandForm
from fleetdesk.views.devices.words import person_word
from fleetdesk.views.workbench import Workbench

__all__ = ["RevokeForm", "revoke_dialog"]

_ABOUT = (
    "At its next contact it hands in what was not sent there, and deletes FleetDesk's data and keys. Until then that is"
    " encrypted. To work with it again, its person has to sign in there."
)


class RevokeForm(CommandForm):
    """Why a laptop is revoked. That it is for good is said beside it."""

    def __init__(self, bench: Workbench, row: DeviceRow) -> None:
        super().__init__()
        self._bench = bench
        self._row = row
        reason = TextArea(longest=LONGEST_REASON)
        reason.setFixedHeight(bench.theme.pixels(10 * GRID))
        reason.setTabChangesFocus(True)
        self._fields = FieldForm()
        self._fields.add("reason", tr("Why is it revoked?"), reason, required=True)
        self._fields.edited.connect(self.edited)
        waiting = plural(row.waiting or 0, tr("%n edit waits there."), tr("%n edits wait there."))
        warning = tr("This cannot be undone.")
        text = f"{waiting} {warning}" if row.waiting else warning
        self.setLayout(column(self._fields, Label(text, tint=Tint.DANGER, wrap=True)))

    def write(self, reason: str) -> None:
        """Say why, as a person would."""
        self._fields.set_values({"reason": reason})

    def commands(self) -> Sequence[Command] | None:
        """See `CommandForm.commands`."""
        command = RevokeDevice(
            id=new_id(),
            issued_at=self._bench.clock.now(),
            device_id=self._row.id,
            reason=self._fields.value("reason"),
        )
        return (command,)

    def touched(self) -> bool:
        """Whether a reason was begun."""
        return bool(self._fields.value("reason").strip())

    def show_error(self, field: str, sentence: str) -> bool:
        """See `CommandForm.show_error`."""
        if field != "reason":
            return False
        self._fields.show_errors({field: sentence})
        return True


def revoke_dialog(bench: Workbench, row: DeviceRow, parent: QWidget) -> CommandDialog:
    """Asks why, and says what follows: the one thing between a click and the end of that laptop's access."""
    title = tr("Revoke %1 of %2").replace("%2", isolated(person_word(row))).replace("%1", isolated(row.name))
    return CommandDialog(title, tr("Revoke"), RevokeForm(bench, row), parent, explanation=tr(_ABOUT))
