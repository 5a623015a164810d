"""`ViewActions`: what can be done with the saved views of the leads, as data for menus, palette and keys; the doing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from fleetdesk.commands.core import Command, FieldEdit
from fleetdesk.commands.saved_views import DeleteView, EditView, RestoreView, SaveView, ShareView
from fleetdesk.models.access import Permission
from fleetdesk.models.ids import new_id
from fleetdesk.models.saved_views import SavedView
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.text import isolated, tr
from fleetdesk.queries.filters.grammar import written
from fleetdesk.queries.links import Link, link_text
from fleetdesk.queries.saved_views import ViewRow
from fleetdesk.views.form_drafts import FormDraft
from fleetdesk.views.leads.saved.saved_views import SavedViews
from fleetdesk.views.leads.saved.view_forms import name_dialog
from fleetdesk.views.leads.scope import SCOPE
from fleetdesk.views.workbench import Workbench

__all__ = ["ViewActions"]


class ViewActions(QObject):
    """Acts on the open view; `rename`, `share`, `delete` and so on act on any. Dialogs stand over `window`."""

    def __init__(self, bench: Workbench, views: SavedViews, window: QWidget) -> None:
        super().__init__(window)
        self._bench = bench
        self._views = views
        self._window = window
        action = partial(Action, group=tr("Views"), scope=SCOPE)
        bench.actions.register(
            action("leads.view_save", tr("Save the changes to the view"), self._save, "Ctrl+S", "", self._can_save),
            action("leads.view_save_as", tr("Save as a new view"), self.save_as, "Ctrl+Shift+S", "", self._may_save),
            action("leads.view_reopen", tr("Undo the changes to the view"), views.reopen, "", "", self._differs),
            action("leads.view_rename", tr("Rename the view"), self._on_open(self.rename), "", "", self._can_edit),
            action("leads.view_share", tr("Share the view"), self._on_open(self.share), "", "", self._can_share),
            action(
                "leads.view_keep", tr("Keep the view to oneself"), self._on_open(self.share), "", "", self._can_keep
            ),
            action("leads.view_delete", tr("Delete the view"), self._on_open(self.delete), "", "", self._can_edit),
            action("leads.view_all", tr("Show all leads"), views.close, "Shift+V", "", self._is_narrowed),
            action("leads.copy_link", tr("Copy a link to the list"), self.copy_link, "Ctrl+Shift+C", "link-simple"),
        )
        views.changed.connect(bench.actions.refresh)

    # Whether it can be done

    def editable(self, view: ViewRow | None) -> Availability:
        """Whether the person may rename, update and delete a view."""
        if view is None:
            return WhyNot(tr("No saved view is open."))
        if view.owner_id == self._bench.person.id or self._bench.allows(Permission.VIEWS_TIDY):
            return self._may_save()
        whose = isolated(view.owner_name or tr("someone else"))
        return WhyNot(tr("This view belongs to %1. Save it as one of your own.").replace("%1", whose))

    def shareable(self, view: ViewRow | None, *, shared: bool) -> Availability:
        """Whether the person may give a view to all staff, or take it back."""
        if view is None:
            return WhyNot(tr("No saved view is open."))
        if view.owner_id != self._bench.person.id:
            return WhyNot(tr("Only its owner can say who has a view."))
        if view.shared == shared:
            return WhyNot(tr("All staff have this view already.") if shared else tr("Nobody else has this view."))
        return self._may_save()

    def _may_save(self) -> Availability:
        if self._bench.allows(Permission.VIEWS_SAVE):
            return ENABLED
        return WhyNot(tr("Your role may not save views."))

    def _can_save(self) -> Availability:
        if self._views.view is not None and not self._views.differs:
            return WhyNot(tr("The list shows what the view keeps."))
        return self.editable(self._views.view)

    def _differs(self) -> Availability:
        return ENABLED if self._views.differs else WhyNot(tr("The list shows what the view keeps."))

    def _can_edit(self) -> Availability:
        return self.editable(self._views.view)

    def _can_share(self) -> Availability:
        return self.shareable(self._views.view, shared=True)

    def _can_keep(self) -> Availability:
        return self.shareable(self._views.view, shared=False)

    def _is_narrowed(self) -> Availability:
        if self._views.view is None and not self._views.state.filter.narrows:
            return WhyNot(tr("All leads are shown."))
        return ENABLED

    # The doing

    def save_as(self) -> None:
        """Ask for a name, and save what the list shows as a new view."""
        view_id = new_id()

        def make(name: str, shared: bool) -> Sequence[Command]:
            values = {"name": name, **self._views.state.values()}
            now = self._bench.clock.now()
            command = SaveView(id=new_id(), issued_at=now, view_id=view_id, screen=SCOPE, values=values, shared=shared)
            return (command,)

        title = tr("Save as a new view")
        draft = FormDraft(self._bench.remembered, "leads.view_save_as", title)
        dialog = name_dialog(self._bench, title, tr("Save the view"), make, self._window, draft=draft, asks_who=True)
        dialog.accepted.connect(partial(self._views.open_soon, view_id))
        self._bench.acts.submit(dialog)

    def rename(self, view: ViewRow) -> None:
        """Ask for another name."""

        def make(name: str, _shared: bool) -> Sequence[Command]:
            return () if name == view.name else (self._edit(view, {"name": FieldEdit(base=view.name, new=name)}),)

        title, verb = tr("Rename the view"), tr("Rename")
        about, record = f"{title} ({view.name})", SavedView.key_of(view.id)
        draft = FormDraft(self._bench.remembered, "views.rename", about, record)
        dialog = name_dialog(self._bench, title, verb, make, self._window, draft=draft, name=view.name)
        self._bench.acts.submit(dialog)

    def share(self, view: ViewRow) -> None:
        """Give a view to all staff, or take it back for its owner alone."""
        shared = not view.shared
        said = tr("All staff have the view “%1” now.") if shared else tr("The view “%1” is yours alone now.")
        command = ShareView(id=new_id(), issued_at=self._bench.clock.now(), view_id=view.id, shared=shared)
        self._perform(command, _named(said, view))

    def delete(self, view: ViewRow) -> None:
        """Delete a view; its message takes that back."""
        command = DeleteView(
            id=new_id(), issued_at=self._bench.clock.now(), view_id=view.id, of_another=self._of_another(view)
        )
        self._perform(command, _named(tr("The view “%1” is deleted."), view))

    def restore(self, view: ViewRow) -> None:
        """Bring a deleted view back."""
        command = RestoreView(
            id=new_id(), issued_at=self._bench.clock.now(), view_id=view.id, of_another=self._of_another(view)
        )
        self._perform(command, _named(tr("The view “%1” is back."), view))

    def copy_link(self) -> None:
        """Copy a link to the open view where the list shows just that, else to what the list asks for."""
        view = self._views.view
        if view is not None and not self._views.differs:
            self.copy_link_to(view)
        else:
            self._copy(Link(SCOPE, query=written(self._views.state.filter)), tr("The link to this list is copied."))

    def copy_link_to(self, view: ViewRow) -> None:
        """Copy a link to a view."""
        said = _named(tr("The link to the view “%1” is copied."), view)
        if not view.shared:
            said += " " + tr("Only you can open it until you share the view.")
        self._copy(Link(SCOPE, view_id=view.id), said)

    def _copy(self, link: Link, said: str) -> None:
        QGuiApplication.clipboard().setText(link_text(link))
        self._bench.notifier.success(said, key="lead-link")

    def _save(self) -> None:
        view = self._views.view
        assert view is not None, "changes were saved to no view"
        edits = self._views.state.edits(view)
        self._perform(self._edit(view, edits), _named(tr("The view “%1” keeps this now."), view))

    def _edit(self, view: ViewRow, edits: dict[str, FieldEdit]) -> Command:
        now = self._bench.clock.now()
        return EditView(id=new_id(), issued_at=now, view_id=view.id, of_another=self._of_another(view), edits=edits)

    def _of_another(self, view: ViewRow) -> bool:
        return view.owner_id != self._bench.person.id

    def _on_open(self, act: Callable[[ViewRow], None]) -> Callable[[], None]:
        def on_open() -> None:
            view = self._views.view
            assert view is not None, "no view is open"
            act(view)

        return on_open

    def _perform(self, command: Command, said: str) -> None:
        self._bench.acts.perform(command, owner=self, on_done=self._bench.outbox.refresh, said=said)


def _named(text: str, view: ViewRow) -> str:
    return text.replace("%1", isolated(view.name))
