"""Who one is, how FleetDesk looks, when it speaks up: the settings about a person."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from fleetdesk.models.access import deeds, normalise_role
from fleetdesk.qt.look.layout import STRETCH, row
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Appearance
from fleetdesk.qt.look.tokens import Density
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.segments import Segments
from fleetdesk.views.settings.section import Facts, Section, hint
from fleetdesk.views.words import role_name
from fleetdesk.views.workbench import Workbench

__all__ = ["LanguageSection", "LookSection", "ProfileSection", "ReachSection"]


class ProfileSection(Section):
    """The person as the hub knows them, and what their role may do."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(tr("You"))
        facts, person = Facts(), bench.person
        role = normalise_role(person.role)
        may = deeds(bench.platform.access.grant(role).permissions)
        facts.show_facts(
            [
                (tr("Name"), person.name),
                (tr("Email"), person.email),
                (tr("Role"), role_name(role)),
                (tr("You may"), tr("Nothing, until you have access again.") if person.shut_out else ", ".join(may)),
            ]
        )
        self.fill(facts, hint(tr("A super admin gives roles. Name and email come from your sign-in.")))


class LookSection(Section):
    """Light or dark, how close rows stand, how large text is: seen at once."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(tr("Look"))
        theme, actions = bench.theme, bench.actions
        self._theme = theme
        self.appearance = Segments(
            theme,
            (
                (Appearance.SYSTEM, tr("As the system"), "circle-half"),
                (Appearance.LIGHT, tr("Light"), "sun"),
                (Appearance.DARK, tr("Dark"), "moon"),
            ),
            tr("Look"),
        )
        self.density = Segments(
            theme,
            (
                (Density.COMPACT.name.lower(), tr("Compact"), "rows"),
                (Density.NORMAL.name.lower(), tr("Comfortable"), "list"),
                (Density.RELAXED.name.lower(), tr("Roomy"), "list-dashes"),
            ),
            tr("Rows"),
        )
        sizes = [actions.button(f"look.{which}", with_text=True) for which in ("smaller", "usual", "larger")]
        self.fill(row(self.appearance, STRETCH), row(self.density, STRETCH), row(*sizes, STRETCH))
        self.appearance.chosen.connect(lambda key: actions.trigger(f"look.{key}"))
        self.density.chosen.connect(lambda key: actions.trigger(f"look.{key}"))
        theme.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.appearance.set_key(self._theme.look.appearance)
        self.density.set_key(self._theme.look.density.name.lower())


class LanguageSection(Section):
    """The language of all texts: one so far."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(tr("Language"))
        self.language = ChoiceBox(bench.theme, [("en", "English")], tr("Language"))
        self.language.set_key("en")
        self.fill(
            row(self.language, STRETCH),
            hint(tr("More languages follow. Names and notes are shown as they were written, in any script.")),
        )


class ReachSection(Section):
    """How FleetDesk speaks up, and by which keys it is reached."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(tr("Reminders and keys"))
        wanted = ("reminders.settings", "window.shortcuts", "window.change_shortcuts")
        buttons: list[QWidget] = [bench.actions.button(id_, with_text=True) for id_ in wanted if id_ in bench.actions]
        self.fill(
            hint(tr("Reminders of next steps come offline too, and keep to your quiet hours.")),
            row(*buttons, STRETCH),
        )
