"""`FamilyBar`: one line of an open lead that says what it was merged into, or what was merged into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QFrame, QMenu, QSizePolicy

from fleetdesk.commands.lead_merge import MOST_LOSERS, UnmergeLeads
from fleetdesk.models.access import Permission
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import Lead
from fleetdesk.qt.look.layout import row
from fleetdesk.qt.look.text import Label, Tint, isolated, menu_text, plural, tr
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.queries.lead_family import Family, Relative
from fleetdesk.views.leads.words import lead_title
from fleetdesk.views.words import day
from fleetdesk.views.workbench import Workbench

__all__ = ["FamilyBar", "relative_title"]


class FamilyBar(QFrame):
    """Leads to the other leads, and separates them; it is not there for a lead that is one with no other."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self._bench = bench
        self._lead_id = ""
        self._family = Family()
        self.setProperty("ground", "sunken")
        self.setAccessibleName(tr("Merged leads"))
        self._told = Label(tint=Tint.MUTED, wrap=True)
        self._show = Button(tr("Show"), self._go, kind=Kind.QUIET)
        self._separate = Button(tr("Separate"), self._part, kind=Kind.QUIET)
        line = row(self._told, self._show, self._separate, margins=(2 * GRID, GRID // 2, GRID, GRID // 2))
        line.setStretchFactor(self._told, 1)
        self._told.setSizePolicy(
            QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred
        )  # a name may be one long word
        self.setLayout(line)
        self.hide()

    def show_family(self, lead_id: str, family: Family) -> None:
        """Turn to a lead."""
        self._lead_id, self._family = lead_id, family
        self._told.setText(self._sentence())
        self._show.set_text(tr("Open it") if family.into is not None or len(family.merged) == 1 else tr("Show"))
        self._separate.setVisible(self._bench.allows(Permission.LEADS_EDIT))
        self.setVisible(family != Family())

    def _sentence(self) -> str:
        into, merged = self._family.into, self._family.merged
        if into is not None:
            return tr("This lead was merged into %1, and can be changed there.").replace("%1", _named(into))
        if not merged:
            return ""
        if len(merged) > 1:
            return plural(len(merged), "", tr("%n leads were merged into this one; their entries are below."))
        [one] = merged
        text = tr("%1 was merged into this lead; its entries are below.")
        if one.merged_at is not None:
            text = tr("%1 was merged into this lead (%2); its entries are below.")
            when = day(one.merged_at, self._bench.clock.now())
            text = text.replace("%2", " · ".join(filter(None, (when, one.merged_by and isolated(one.merged_by)))))
        return text.replace("%1", _named(one))

    def _go(self) -> None:
        if self._family.into is not None:
            self._open(self._family.into)
        elif len(self._family.merged) == 1:
            self._open(self._family.merged[0])
        else:
            self._choose(self._open, self._show)

    def _part(self) -> None:
        into, merged = self._family.into, self._family.merged
        if into is not None:
            self._unmerge(into.id, [self._lead_id])
        elif len(merged) == 1:
            self._unmerge(merged[0].into or self._lead_id, [merged[0].id])
        else:
            self._choose(lambda one: self._unmerge(one.into or self._lead_id, [one.id]), self._separate, everybody=True)

    def _choose(self, act: Callable[[Relative], None], below: Button, *, everybody: bool = False) -> None:
        menu = QMenu(self)
        for one in self._family.merged:
            menu.addAction(menu_text(relative_title(one)), partial(act, one))
        if everybody:
            menu.addSeparator()
            menu.addAction(tr("All of them"), self._part_all)
        menu.popup(below.mapToGlobal(below.rect().bottomLeft()))

    def _part_all(self) -> None:
        """Separate those that were merged into this very lead; what was merged into those stays with them."""
        self._unmerge(self._lead_id, [one.id for one in self._family.merged if one.into == self._lead_id])

    def _unmerge(self, winner: str, losers: Sequence[str]) -> None:
        now = self._bench.clock.now()
        some = [tuple(losers[start : start + MOST_LOSERS]) for start in range(0, len(losers), MOST_LOSERS)]
        self._bench.acts.perform(
            *(UnmergeLeads(id=new_id(), issued_at=now, lead_id=winner, losers=part) for part in some),
            owner=self,
            on_done=lambda: None,
            said=tr("The leads are separated again."),
        )

    def _open(self, one: Relative) -> None:
        self._bench.navigator.open_record(Lead.key_of(one.id))


def relative_title(one: Relative) -> str:
    """What to call a lead of a family."""
    return lead_title(one.name, one.company, one.email, one.phone)


def _named(one: Relative) -> str:
    title = relative_title(one)
    beside = f" ({isolated(one.company)})" if one.company and one.company != title else ""
    return isolated(title) + beside
