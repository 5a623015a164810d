"""`ConnectionDialog`: the parts of a connection, to be added or changed; kept only when it was seen to work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QWidget

from fleetdesk.direct.database_address import DatabaseAddress
from fleetdesk.direct.keys import CLERK, DATABASE, ENTRIES
from fleetdesk.errors import BadSettings, FleetDeskError, Unavailable
from fleetdesk.qt.dialog import Dialog
from fleetdesk.qt.look.layout import STRETCH, column, panel, row
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.notifier import message_for
from fleetdesk.qt.tasks import Cancellation, Task, TaskRunner
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.qt.widgets.field_form import FieldForm
from fleetdesk.qt.widgets.secret_field import SecretField
from fleetdesk.qt.widgets.segments import Segments
from fleetdesk.qt.widgets.shrinking_area import ShrinkingArea
from fleetdesk.qt.widgets.text_fields import TextField
from fleetdesk.sync.signin.connections import Connection, ConnectionKind

__all__ = ["ConnectionDialog", "Keep"]

Keep = Callable[[str, ConnectionKind, Mapping[str, object], Mapping[str, str], bool], Connection]
"""Keeps a connection of a name and kind, with these parts and new secrets; the last says: though it is out of reach."""
_WIDTH = 520
_LEAST = 240  # pixels of fields in sight, on the lowest screen
_AROUND = 80  # pixels of a screen that stay free: bars, and the window's own title
_DATABASE_HINT = "postgresql://user:password@host/database, as the hub’s own user. It is kept with your keys."


class ConnectionDialog(Dialog):
    """One form for each kind; the kind of a connection that is there stays what it is. `kept` is what came of it."""

    def __init__(
        self, theme: Theme, runner: TaskRunner, keep: Keep, parent: QWidget, *, known: Connection | None = None
    ) -> None:
        super().__init__(tr("Add a connection") if known is None else tr("Change the connection"), parent)
        self.kept: Connection | None = None
        self._runner = runner
        self._keep = keep
        self._known = known
        self._task: Task | None = None
        self.setMinimumWidth(theme.pixels(_WIDTH))
        self.kind = Segments(
            theme,
            ((ConnectionKind.HUB, tr("A team’s hub"), "buildings"), (ConnectionKind.DIRECT, tr("Direct"), "database")),
            tr("Kind"),
        )
        self.kind.chosen.connect(self._show_kind)
        self.forms = {kind: self._form(kind) for kind in (ConnectionKind.HUB, ConnectionKind.DIRECT)}
        self._about = Label(tint=Tint.MUTED, wrap=True)
        self._trouble = Label(tint=Tint.DANGER, wrap=True)
        self._trouble.setAccessibleName(tr("What was wrong"))
        self.save = Button(tr("Try it and keep it"), self._save, kind=Kind.PRIMARY)
        self.save.setDefault(True)
        self.anyway = Button(tr("Keep it anyway"), self._save_anyway)
        title = Label(self.windowTitle(), size=TextSize.TITLE)
        buttons = row(STRETCH, Button(tr("Cancel"), self.reject), self.anyway, self.save, margins=(0, GRID, 0, 0))
        self.setLayout(
            column(
                column(title, self._about, gap=GRID // 2),
                row(self.kind, STRETCH),
                ShrinkingArea(panel(column(*self.forms.values(), gap=0)), least=theme.pixels(_LEAST)),
                self._trouble,
                buttons,
                gap=2 * GRID,
                margins=3 * GRID,
            )
        )
        self._fill_in(known)
        self._tell("")

    @property
    def form(self) -> FieldForm:
        """The form of the chosen kind."""
        return self.forms[ConnectionKind(self.kind.key)]

    @property
    def told(self) -> str:
        """What is said to be wrong, or under way."""
        return self._trouble.text()

    @property
    def tries(self) -> bool:
        """Whether it is being looked whether it works."""
        return self._task is not None

    def reject(self) -> None:
        """Qt's: what is under way is given up; nothing was kept."""
        if self._task is not None:
            self._task.cancel()
        super().reject()

    def _form(self, kind: ConnectionKind) -> FieldForm:
        form = FieldForm()
        name = TextField()
        name.setReadOnly(self._known is not None)
        hint = tr("Small letters, digits and dashes.") if self._known is None else tr("The name stays as it is.")
        form.add("name", tr("Name"), name, required=self._known is None, hint=hint)
        if kind is ConnectionKind.HUB:
            form.add("hub_url", tr("Address of the hub"), TextField(), required=True, hint=tr("https://…"))
        form.add("issuer", tr("Address of the sign-in service"), TextField(), required=True, hint=tr("https://…"))
        form.add("client_id", tr("Client id of FleetDesk there"), TextField(), required=True)
        if kind is ConnectionKind.DIRECT:
            form.add("organisation_id", tr("Id of the staff organisation there"), TextField())
            self._add_secrets(form)
        form.add(
            "ca_file", tr("Certificates of your own authority"), TextField(), hint=tr("A PEM file, if you need one.")
        )
        choose = Button(tr("Choose a file …"), self._choose_file, kind=Kind.QUIET)
        form.place_below("ca_file", panel(row(choose, STRETCH)))
        return form

    def _add_secrets(self, form: FieldForm) -> None:
        new = self._known is None
        self._hint = tr(_DATABASE_HINT) if new else tr("Leave it empty to go on with the one that is kept.")
        key_hint = tr("Only if its memberships are to be changed from here.") if new else self._hint
        form.add(DATABASE, tr("Address of the database"), SecretField(), required=new, hint=self._hint)
        form.add(CLERK, tr("Secret key of the sign-in service"), SecretField(), hint=key_hint)
        form.edited.connect(lambda key: self._say_place() if key == DATABASE else None)

    def _say_place(self) -> None:
        """Say which database an address names, as far as it is one: it cannot be read itself."""
        try:
            hint = tr("This is %1.").replace("%1", DatabaseAddress.parse(self.form.value(DATABASE)).place)
        except BadSettings:
            hint = self._hint
        self.form.set_hint(DATABASE, hint)

    def _fill_in(self, known: Connection | None) -> None:
        if known is None:
            for kind, form in self.forms.items():
                form.set_values({"name": kind.value})
            self._show_kind(ConnectionKind.HUB)
            return
        self.kind.set_key(known.kind)
        self.kind.hide()
        parts = {part: str(getattr(known, part) or "") for part in ("name", "hub_url", "issuer", "client_id")}
        parts |= {"organisation_id": known.organisation_id, "ca_file": str(known.ca_file or "")}
        self.form.set_values({part: value for part, value in parts.items() if part in self.form.values})
        self._show_kind(known.kind)

    def _show_kind(self, key: str) -> None:
        hub = key == ConnectionKind.HUB
        for kind, form in self.forms.items():
            if kind != key:
                self._carry_over(form)
            form.setVisible(kind == key)
        self._about.setText(
            tr("The usual one: your administrator gives you the addresses.")
            if hub
            else tr("For a super admin alone: FleetDesk runs a hub of its own, as long as the window is open.")
        )
        self._tell("")

    def _carry_over(self, before: FieldForm) -> None:
        """What both kinds need is typed once."""
        both = ("issuer", "client_id", "ca_file")
        typed = {part: before.value(part) for part in both if before.value(part)}
        self.form.set_values({part: text for part, text in typed.items() if not self.form.value(part)})

    def _save(self) -> None:
        self._try(anyway=False)

    def _save_anyway(self) -> None:
        self._try(anyway=True)

    def _try(self, *, anyway: bool) -> None:
        if self._task is not None:
            return
        values = {part: text.strip() for part, text in self.form.values.items()}
        name, kind = values.pop("name"), ConnectionKind(self.kind.key)
        if self._known is not None:
            name = self._known.name
        secrets = {entry: text for entry in ENTRIES if (text := values.pop(entry, ""))}
        parts: dict[str, object] = {**values, "ca_file": Path(values["ca_file"]) if values["ca_file"] else None}
        if kind is ConnectionKind.DIRECT and self._known is None and DATABASE not in secrets:
            self.form.show_errors({DATABASE: tr("This is needed.")})
            return
        self._tell(tr("Looking whether it works …"), tint=Tint.MUTED)
        self._set_busy(busy=True)

        def keep(_cancel: Cancellation) -> Connection:
            return self._keep(name, kind, parts, secrets, anyway)

        self._task = self._runner.run(keep, on_success=self._done, on_failure=self._failed, owner=self)

    def _done(self, connection: Connection) -> None:
        self._task = None
        self.kept = connection
        self.accept()

    def _failed(self, error: Exception) -> None:
        self._task = None
        self._set_busy(busy=False)
        told = str(error) if isinstance(error, FleetDeskError) else message_for(error).text
        self._tell(told, again=isinstance(error, Unavailable))

    def _set_busy(self, *, busy: bool) -> None:
        for widget in (*self.forms.values(), self.kind, self.save, self.anyway):
            widget.setEnabled(not busy)

    def _tell(self, text: str, *, tint: Tint = Tint.DANGER, again: bool = False) -> None:
        self._trouble.set_tint(tint)
        self._trouble.setText(text)
        self._trouble.setVisible(bool(text))
        self.anyway.setVisible(again)
        if again:
            self.save.setFocus()
        QTimer.singleShot(0, self, self._fit)  # the text has more lines, or fewer, than the one before

    def _fit(self) -> None:
        """Be as high as the form needs, and no higher than the screen; Qt's own would stop at two thirds of that."""
        layout = self.layout()
        if layout is not None:
            most = self.screen().availableGeometry().height() - _AROUND
            self.resize(self.width(), min(most, layout.totalHeightForWidth(self.width())))

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, tr("Certificates of your own authority"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda file: self.form.set_values({"ca_file": file}))
        dialog.open()
