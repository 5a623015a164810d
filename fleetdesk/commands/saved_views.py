"""What staff do with saved views: save, edit, share, delete, restore."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from fleetdesk.commands.core import APPLIED, MERGED, Command, FieldEdit, set_fields
from fleetdesk.commands.workspace import RowChange, Workspace
from fleetdesk.errors import Invalid, Refused
from fleetdesk.models.access import Actor, Permission, Scope, own_scope
from fleetdesk.models.base import UNDELETED, Key
from fleetdesk.models.saved_views import SavedView, ViewKind, read_columns, read_sort
from fleetdesk.models.types import JsonValue
from fleetdesk.models.values import from_plain
from fleetdesk.protocol import FieldConflict, Verdict

__all__ = ["LONGEST_NAME", "DeleteView", "EditView", "RestoreView", "SaveView", "ShareView"]

LONGEST_NAME = 80
_LONGEST_QUERY = 2_000
_LONGEST_SCREEN = 40
_EDITABLE = frozenset({"name", "kind", "query", "sort", "columns"})


@dataclass(frozen=True, kw_only=True)
class _ViewCommand(Command):
    """A command about one view. `of_another`: knowingly about somebody else's shared one, which few may change."""

    permission: ClassVar[Permission] = Permission.VIEWS_SAVE
    writes: ClassVar[frozenset[str]] = frozenset({Scope.OWN, Scope.STAFF})

    view_id: str
    of_another: bool = False

    def permissions(self) -> frozenset[Permission]:
        return super().permissions() | ({Permission.VIEWS_TIDY} if self.of_another else set())

    def target(self) -> Key:
        return SavedView.key_of(self.view_id)

    def touches(self) -> frozenset[Key]:
        return frozenset({self.target()})

    def _view(self, db: Workspace, actor: Actor) -> SavedView:
        """The view, refused if it is not the actor's to change."""
        view = db.get(SavedView, self.view_id)
        if view.owner_id != actor.person_id and not self.of_another:
            raise Refused("not_yours", "This view belongs to someone else.", do="Save it as a view of your own.")
        return view

    def _present(self, db: Workspace, actor: Actor) -> SavedView:
        """The view, refused if it is deleted, too."""
        view = self._view(db, actor)
        if view.deleted:
            raise Refused("deleted", "This view was deleted.", do="Restore it, then retry; or discard this.")
        return view

    def _stamp(self, view: SavedView) -> None:
        view.updated_at = max(view.updated_at, self.issued_at)


@dataclass(frozen=True, kw_only=True)
class SaveView(_ViewCommand):
    """A new view of a screen, its owner's alone unless `shared`. `values`: name, kind, query, sort and columns."""

    name: ClassVar[str] = "views.save"

    screen: str
    values: Mapping[str, Any]
    shared: bool = False

    def creates(self) -> frozenset[Key]:
        return self.touches()

    def sentence(self) -> str:
        return "Saved a view"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        if not 0 < len(self.screen) <= _LONGEST_SCREEN or self.values.keys() != _EDITABLE:
            raise Invalid("values", "A view needs a screen, a name, a kind, a query, an order and columns.")
        for field, value in self.values.items():
            _check(field, value)
        db.add(
            SavedView(
                id=self.view_id,
                scope=Scope.STAFF if self.shared else own_scope(actor.person_id),
                owner_id=actor.person_id,
                screen=self.screen,
                created_at=self.issued_at,
                updated_at=self.issued_at,
                **UNDELETED,
                **{field: from_plain(SavedView, field, value) for field, value in self.values.items()},
            )
        )
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        return DeleteView(id=new_id(), issued_at=issued_at, view_id=self.view_id)


@dataclass(frozen=True, kw_only=True)
class EditView(_ViewCommand):
    """Sets fields of a view, each with the value that it was based on: another name, another query, other columns."""

    name: ClassVar[str] = "views.edit"

    edits: Mapping[str, FieldEdit]

    def sentence(self) -> str:
        return "Renamed a view" if self.edits.keys() == {"name"} else "Edited a view"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        if not self.edits:
            raise Invalid("edits", "The edit changes nothing.")
        for field, edit in self.edits.items():
            _check(field, edit.new)
        view = self._present(db, actor)
        verdict = set_fields(view, self.edits)
        if verdict is not MERGED and len(verdict.conflicts) < len(self.edits):
            self._stamp(view)
        return verdict

    def insisting(self, conflicts: tuple[FieldConflict, ...], *, id: str, issued_at: dt.datetime) -> Command | None:
        edits = {
            conflict.field: FieldEdit(base=conflict.theirs, new=conflict.mine)
            for conflict in conflicts
            if conflict.field in self.edits
        }
        return self._with(edits, id, issued_at) if edits else None

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        before, after = changes[self.target()]
        assert before is not None, "an edit creates nothing"
        edits = {field: FieldEdit(base=after[field], new=before[field]) for field in self.edits if field in after}
        return self._with(edits, new_id(), issued_at)

    def _with(self, edits: Mapping[str, FieldEdit], id: str, issued_at: dt.datetime) -> EditView:
        return EditView(id=id, issued_at=issued_at, view_id=self.view_id, of_another=self.of_another, edits=edits)


@dataclass(frozen=True, kw_only=True)
class ShareView(_ViewCommand):
    """Gives a view to all staff, or takes it back for its owner alone, who is the one to say so."""

    name: ClassVar[str] = "views.share"

    shared: bool

    def sentence(self) -> str:
        return "Shared a view" if self.shared else "Made a view private"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        view = self._present(db, actor)
        if view.owner_id != actor.person_id:
            raise Refused("not_yours", "Only its owner can say who has this view.", do="Delete it, if it has to go.")
        if view.shared == self.shared:
            return MERGED
        view.scope = Scope.STAFF if self.shared else own_scope(actor.person_id)
        self._stamp(view)
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        return ShareView(id=new_id(), issued_at=issued_at, view_id=self.view_id, shared=not self.shared)


@dataclass(frozen=True, kw_only=True)
class DeleteView(_ViewCommand):
    """Deletes a view softly."""

    name: ClassVar[str] = "views.delete"

    def sentence(self) -> str:
        return "Deleted a view"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        view = self._view(db, actor)
        if view.deleted:
            return MERGED
        view.deleted_at, view.deleted_by = self.issued_at, actor.person_id
        self._stamp(view)
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        return RestoreView(id=new_id(), issued_at=issued_at, view_id=self.view_id, of_another=self.of_another)


@dataclass(frozen=True, kw_only=True)
class RestoreView(_ViewCommand):
    """Takes the deletion of a view back."""

    name: ClassVar[str] = "views.restore"

    def sentence(self) -> str:
        return "Restored a view"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        view = self._view(db, actor)
        if not view.deleted:
            return MERGED
        view.deleted_at = view.deleted_by = None
        self._stamp(view)
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        return DeleteView(id=new_id(), issued_at=issued_at, view_id=self.view_id, of_another=self.of_another)


def _check(field: str, value: JsonValue) -> None:
    """Raise Invalid unless the value may stand in the field of a view."""
    match field, value:
        case "name", str() if len(value.strip()) > 0 and len(value) <= LONGEST_NAME:
            return
        case "name", _:
            raise Invalid("name", f"A view needs a name of at most {LONGEST_NAME} characters.")
        case "query", str() if len(value) <= _LONGEST_QUERY:
            return
        case "query", _:
            raise Invalid("query", f"The query of a view has at most {_LONGEST_QUERY:,} characters.")
        case "kind", _ if value in tuple(ViewKind):
            return
        case "sort", _:
            read_sort(value)
        case "columns", _:
            read_columns(value)
        case _:
            raise Invalid(field, "Views have no such field, or it has no such value.")
