"""The form in which another role is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from fleetdesk.commands.core import Command
from fleetdesk.commands.members import ChangeRole
from fleetdesk.models.access import Role
from fleetdesk.models.ids import new_id
from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import Label, Tint, isolated, tr
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.field_form import FieldForm
from fleetdesk.queries.members import MemberRow
from fleetdesk.views.command_dialog import CommandDialog, CommandForm
from fleetdesk.views.words import role_name
from fleetdesk.views.workbench import Workbench

__all__ = ["RoleForm", "role_dialog"]

_ALMIGHTY = "A super admin sees and may do everything, and gives roles to everybody, to you as well."
_ABOUT = "Until the hub has carried it out, everything stays as it is."


class RoleForm(CommandForm):
    """Which role somebody shall have."""

    def __init__(self, bench: Workbench, row: MemberRow) -> None:
        super().__init__()
        self._bench = bench
        self._row = row
        self._fields = FieldForm()
        # Super admin last: it is not what a first letter typed should find.
        roles = [*sorted(set(Role) - {Role.SYSTEM, Role.SUPER_ADMIN}, key=role_name), Role.SUPER_ADMIN]
        box = ChoiceBox(bench.theme, [(role.value, role_name(role)) for role in roles], tr("Role"))
        self._fields.add("role", tr("Role"), box)
        self._fields.set_values({"role": row.role.value})
        self._warning = Label(tr(_ALMIGHTY), tint=Tint.DANGER, wrap=True)
        self._fields.edited.connect(self._warn)
        self._warn()
        self.setLayout(column(self._fields, self._warning))

    def choose(self, role: Role) -> None:
        """Choose a role, as a person would."""
        self._fields.set_values({"role": role.value})
        self._warn()

    def _warn(self) -> None:
        chosen = Role(self._fields.value("role"))
        self._warning.setVisible(chosen is Role.SUPER_ADMIN and self._row.role is not Role.SUPER_ADMIN)

    def commands(self) -> Sequence[Command] | None:
        """See `CommandForm.commands`: none where it is the role that they have."""
        role = Role(self._fields.value("role"))
        if role is self._row.role:
            self._fields.show_errors({"role": tr("They have this role already.")})
            return None
        change = ChangeRole(
            id=new_id(), issued_at=self._bench.clock.now(), member_id=self._row.id, base=self._row.role, role=role
        )
        return (change,)

    def touched(self) -> bool:
        """Never: a choice of five is made again in a moment."""
        return False


def role_dialog(bench: Workbench, row: MemberRow, parent: QWidget) -> CommandDialog:
    """Another role for somebody."""
    title = tr("Role of %1").replace("%1", isolated(row.name))
    return CommandDialog(title, tr("Ask for it"), RoleForm(bench, row), parent, explanation=tr(_ABOUT))
