"""`ColumnsStep`: what each column of a file becomes, and what its words for stages and owners mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea

from fleetdesk.commands.import_words import Target, known_stage
from fleetdesk.models.normalise import search_key
from fleetdesk.models.stages import Stage
from fleetdesk.qt.look.layout import STRETCH, column, panel
from fleetdesk.qt.look.text import plural, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.reports.survey import ColumnSurvey, Survey
from fleetdesk.views.leads.importing.lines import Lines
from fleetdesk.views.leads.importing.words import target_options
from fleetdesk.views.leads.words import stage_word

__all__ = ["ColumnsStep"]

_NOBODY = ""
_BEGINS: Mapping[Stage, str] = {Stage.NEW: "The lead begins in New", Stage.LOST: "The lead is lost, for this reason"}


class ColumnsStep(QFrame):
    """A line for each column, and below for each of the words of those that hold stages and owners."""

    changed = Signal()

    def __init__(self, theme: Theme, me: str) -> None:
        """`me` is the id of the person: new leads are theirs where neither they nor a column say otherwise."""
        super().__init__()
        self._theme = theme
        self._me = self._whose = me
        self._titles: tuple[str, ...] = ()
        self._targets: list[Target] = []
        self._survey: Survey | None = None
        self._people: Mapping[str, str] = {}
        self._known_owners: Mapping[str, str] = {}
        self.stages: dict[str, Stage] = {}
        """What was said of stages, by their word as `search_key` writes it."""
        self.owners: dict[str, str] = {}
        """What was said of owners, likewise: a person's id, or nothing for nobody."""
        self._all, self._columns, self._stages, self._owners = (Lines(theme) for _ in range(4))
        self._sections = self._all, self._columns, self._stages, self._owners
        area = QScrollArea()
        area.setWidget(panel(column(*self._sections, STRETCH, gap=3 * GRID)))
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setLayout(column(area))

    @property
    def targets(self) -> tuple[Target, ...]:
        """What the columns become."""
        return tuple(self._targets)

    @property
    def whose(self) -> str:
        """Who gets new leads where no column says it: a person's id, or nothing for nobody."""
        return self._whose

    def give_to(self, whose: str | None) -> None:
        """Give such leads to someone from now on; None: to the person themselves."""
        self._whose = self._me if whose is None else whose

    @property
    def ready(self) -> bool:
        """Whether every line is there that is to be."""
        return all(section.ready for section in self._sections)

    def show_columns(
        self,
        titles: tuple[str, ...],
        targets: Sequence[Target],
        survey: Survey,
        *,
        people: Mapping[str, str],
        known_owners: Mapping[str, str],
    ) -> None:
        """Show the columns of a file; `people` are those who may own leads, by id, `known_owners` ids by name."""
        self._titles, self._targets, self._survey = titles, list(targets), survey
        self._people, self._known_owners = people, known_owners
        heading = plural(len(titles), tr("%n column"), tr("%n columns"))
        makers = [partial(self._add_column, place) for place in range(len(titles))]
        self._columns.begin(heading, tr("What each becomes of a lead"), makers)
        self._show_words()

    def _add_column(self, place: int) -> None:
        assert self._survey is not None
        title, found = self._titles[place], self._survey.columns[place]
        box = ChoiceBox(self._theme, target_options(), tr("What “%1” becomes").replace("%1", title))
        box.set_key(self._targets[place].value)
        box.chosen.connect(partial(self._choose_target, place))
        self._columns.add(title, _samples(found), box)

    def _choose_target(self, place: int, key: str) -> None:
        self._targets[place] = Target(key)
        self._show_words()
        self.changed.emit()

    # Words

    def _show_words(self) -> None:
        stages, owners, told = self._words(Target.STAGE), self._words(Target.OWNER), Target.OWNER in self._targets
        about = tr("Where new leads of each begin; the word stays as a tag")
        self._stages.begin(tr("Stages"), about, [partial(self._add_stage, *word) for word in stages])
        makers = [partial(self._add_owner, *word) for word in owners]
        self._owners.begin(tr("Owners"), tr("Whom each name means"), makers)
        self._all.begin(tr("Owner"), tr("No column says whose the leads are"), [] if told else [self._add_whose])
        self._stages.setVisible(bool(stages))
        self._owners.setVisible(bool(owners))
        self._all.setVisible(not told)

    def _words(self, target: Target) -> tuple[tuple[str, int], ...]:
        if self._survey is None or target not in self._targets:
            return ()
        return self._survey.columns[self._targets.index(target)].words

    def _add_stage(self, word: str, count: int) -> None:
        key, guessed = search_key(word), known_stage(word)
        box = ChoiceBox(
            self._theme,
            [(stage.value, tr(text)) for stage, text in _BEGINS.items()],
            tr("Where leads in “%1” begin").replace("%1", word),
        )
        box.set_key((self.stages.get(key) or guessed or Stage.NEW).value)
        box.chosen.connect(partial(self._choose_stage, key))
        unknown = guessed is None and key not in self.stages
        hint = tr("not known here") if unknown else stage_word(guessed or self.stages[key])
        self._stages.add(word, f"{_rows(count)} · {hint}" if unknown else _rows(count), box)

    def _choose_stage(self, key: str, stage: str) -> None:
        self.stages[key] = Stage(stage)
        self.changed.emit()

    def _add_owner(self, word: str, count: int) -> None:
        key = search_key(word)
        known = self._known_owners.get(key) or self._known_owners.get(word.casefold(), _NOBODY)
        options = [(_NOBODY, tr("Nobody: the name is kept in the note")), *self._people.items()]
        box = ChoiceBox(self._theme, options, tr("Whom “%1” means").replace("%1", word))
        box.setCurrentIndex(max(0, box.findData(self.owners.get(key, known))))
        box.chosen.connect(partial(self._choose_owner, key))
        self._owners.add(word, _rows(count), box)

    def _add_whose(self) -> None:
        others = [(id_, name) for id_, name in self._people.items() if id_ != self._me]
        options = [(self._me, tr("Me")), (_NOBODY, tr("Nobody")), *others]
        if self._whose not in dict(options):
            self._whose = self._me
        box = ChoiceBox(self._theme, options, tr("Who gets the new leads"))
        box.set_key(self._whose)
        box.chosen.connect(self._choose_whose)
        self._all.add(tr("All new leads"), tr("Who gets them"), box)

    def _choose_whose(self, person_id: str) -> None:
        self._whose = person_id
        self.changed.emit()

    def _choose_owner(self, key: str, person_id: str) -> None:
        self.owners[key] = person_id
        self.changed.emit()


def _samples(found: ColumnSurvey) -> str:
    return " · ".join(found.samples) if found.samples else tr("empty")


def _rows(count: int) -> str:
    return plural(count, tr("%n row"), tr("%n rows"))
