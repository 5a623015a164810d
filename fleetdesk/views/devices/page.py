"""`DevicesPage`: the staff's laptops, and what a super admin does about one that may be in other hands."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from fleetdesk.models.base import Key
from fleetdesk.models.changes import Changes
from fleetdesk.models.devices import Device, QuarantinedEdit
from fleetdesk.models.staff import Member, User
from fleetdesk.models.status import SyncState
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.text import isolated, plural, tr
from fleetdesk.qt.records.record_header import SortKey
from fleetdesk.qt.records.record_view import RecordTableView
from fleetdesk.qt.records.table_model import RecordTableModel
from fleetdesk.qt.sync_status import sync_text
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind
from fleetdesk.queries.devices import (
    DeviceQuery,
    DeviceRow,
    DeviceSort,
    DeviceStanding,
    KeptEdit,
    kept_edits,
)
from fleetdesk.views.devices.columns import device_columns
from fleetdesk.views.devices.pane import EDITS, DevicePane
from fleetdesk.views.devices.revoke_form import revoke_dialog
from fleetdesk.views.devices.source import DeviceSource
from fleetdesk.views.devices.words import standing_word
from fleetdesk.views.file_dialogs import ask_where
from fleetdesk.views.list_page import ListWords, PanePage
from fleetdesk.views.workbench import Workbench

__all__ = ["DevicesPage"]

SCOPE = "devices"
_SEARCH = 232  # pixels
_FIRST = (SortKey(DeviceSort.PERSON, descending=False),)


class DevicesPage(PanePage[DeviceQuery, DeviceRow]):
    """The row that has the keyboard is the laptop whose pane is open."""

    pane: DevicePane
    makes_way = ("version", "system", DeviceSort.LEASE, "name", DeviceSort.WAITING, DeviceSort.CONTACT)

    def __init__(self, bench: Workbench) -> None:
        words = ListWords(
            title=tr("Laptops"),
            search=tr("Search person or laptop…"),
            choice=tr("Which laptops are shown"),
            everything=tr("All laptops"),
            one=tr("%n laptop"),
            many=tr("%n laptops"),
        )
        super().__init__(bench, words, [(standing.value, standing_word(standing)) for standing in DeviceStanding])
        self.model = RecordTableModel(
            DeviceSource(bench.readings),
            device_columns(bench.clock),
            table=Device.__tablename__,
            related=(User.__tablename__, Member.__tablename__, QuarantinedEdit.__tablename__),
            runner=bench.runner,
            changes=bench.changes,
            parent=self,
        )
        self.pane = DevicePane(bench.theme, bench.clock)
        self._register()
        self.pane.offer(bench.actions)
        self.table = RecordTableView(self.model, theme=bench.theme, name=tr("Laptops"))
        self.lay_out(_SEARCH)
        bench.changes.changed.connect(self._look_for_edits)
        bench.outbox.changed.connect(self.show_row)
        self.follow(_FIRST, SCOPE)

    # Set-up

    def _register(self) -> None:
        action = partial(Action, group=tr("Laptops"), scope=SCOPE, keywords="device computer lost stolen")
        walking = self.walking(action, SCOPE, tr("Next laptop"), tr("Previous laptop"), tr("Search the laptops"))
        self._bench.actions.register(
            action("devices.revoke", tr("Revoke…"), self._revoke, "R", "prohibit", self._can_revoke),
            action("devices.export", tr("Export edits…"), self._export, "E", "export", self._can_export),
            *walking,
        )

    # The list

    @property
    def query(self) -> DeviceQuery:
        """See `ListPage.query`."""
        key, first = self.shown.key, self.order
        return DeviceQuery(
            text=self.search.text(),
            standing=DeviceStanding(key) if key in tuple(DeviceStanding) else None,
            sort=DeviceSort(first.column),
            descending=first.descending,
        )

    def say_empty(self) -> None:
        """See `ListPage.say_empty`."""
        status = self._bench.status.status
        if self.query.narrows:
            title, sentence = tr("No laptop matches"), tr("Try fewer letters, or all laptops.")
            overlay = Overlay(
                OverlayKind.EMPTY, title, sentence, tr("Show all laptops"), self.clear, icon="magnifying-glass"
            )
        elif status.rows_come:
            overlay = Overlay(
                OverlayKind.LOADING, sync_text(status), tr("Laptops are here once they have come from the hub.")
            )
        elif status.never_reached:
            sentence = tr("Laptops are here as soon as the hub can be reached.")
            overlay = Overlay(OverlayKind.OFFLINE, tr("Nothing was loaded yet"), sentence)
        else:
            sentence = tr("Each laptop is listed as soon as somebody signs in on it.")
            overlay = Overlay(OverlayKind.EMPTY, tr("No laptop is registered yet"), sentence, icon="laptop")
        self.table.set_empty(overlay)

    # The open laptop

    def show_row(self) -> None:
        """See `ListPage.show_row`."""
        current = self.at_hand
        if current is None:
            if not self.model.rowCount():
                self.pane.show_device(None)
                self.open_pane(opened=False)
                self._bench.actions.refresh()
            return
        self.open_pane(opened=True)
        # At once: a key that comes next is about the laptop that is marked.
        self.pane.show_device(current, unsent=bool(self._bench.outbox.waiting_on(Device.key_of(current.id))))
        self._bench.actions.refresh()
        if current.edits:
            self._read_edits(current.id)
        else:
            self.pane.show_edits((), {})

    def _read_edits(self, device_id: str) -> None:
        records = self._bench.records

        def read(connection: Connection) -> tuple[tuple[KeptEdit, ...], dict[Key, str]]:
            edits = kept_edits(connection, device_id, EDITS)
            return edits, records.names(connection, [edit.target for edit in edits if edit.target is not None])

        def came(found: tuple[tuple[KeptEdit, ...], dict[Key, str]]) -> None:
            if self.pane.row is not None and self.pane.row.id == device_id:
                self.pane.show_edits(*found)

        self._bench.readings.run(read, on_success=came, owner=self, cancel_key="device")

    def _look_for_edits(self, changes: Changes) -> None:
        if changes.touches(QuarantinedEdit.__tablename__):
            self.show_row()

    # What can be done

    def _can_revoke(self) -> Availability:
        device = self.pane.row
        if device is None:
            return WhyNot(tr("Choose a laptop first."))
        return ENABLED if device.standing is DeviceStanding.IN_USE else WhyNot(tr("It is revoked already."))

    def _can_export(self) -> Availability:
        device = self.pane.row
        if device is None:
            return WhyNot(tr("Choose a laptop first."))
        return ENABLED if device.edits else WhyNot(tr("It handed in no edits."))

    def _revoke(self) -> None:
        device = self._device
        dialog = revoke_dialog(self._bench, device, self)
        # Not as what can be undone: it is for good as soon as it is sent, which is at once.
        dialog.accepted.connect(partial(self._say_revoked, isolated(device.name)))
        self._bench.acts.submit(dialog)

    def _say_revoked(self, name: str) -> None:
        if self._bench.status.status.state in (SyncState.OFFLINE, SyncState.PAUSED):
            what, do = tr("%1 is not revoked yet."), tr("It is once this is sent: go online, or resume sending.")
            self._bench.notifier.warning(what.replace("%1", name), do=do)
        else:
            self._bench.notifier.success(tr("You revoked %1.").replace("%1", name))

    def _export(self) -> None:
        device = self._device
        ask_where(
            self._bench.remembered,
            self,
            title=tr("Export what was handed in"),
            purpose="devices.export",
            name="edits.json",
            filters=[tr("JSON (*.json)")],
            suffix="json",
            on_chosen=partial(self.export_to, device.id),
        )

    def export_to(self, device_id: str, path: Path) -> None:
        """Write all that the laptop handed in into a file."""
        # Late: a window that begins does without files of other programs.
        from fleetdesk.reports.kept_edits import write_kept_edits

        def write(connection: Connection) -> int:
            return write_kept_edits(kept_edits(connection, device_id), path)

        def written(count: int) -> None:
            said = plural(count, tr("%n edit is in %1."), tr("%n edits are in %1."))
            self._bench.notifier.success(said.replace("%1", isolated(path.name)))

        self._bench.readings.run(write, on_success=written, owner=self)

    @property
    def _device(self) -> DeviceRow:
        device = self.pane.row
        assert device is not None
        return device
