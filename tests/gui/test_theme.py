"""The theme: switched live, by the person or by the system."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fleetdesk.errors import Defect
from fleetdesk.qt.look.theme import Appearance, Theme
from fleetdesk.qt.look.tokens import DARK, LIGHT, Density, TextSize


@pytest.fixture(autouse=True)
def as_it_was(theme: Theme) -> Iterator[None]:
    yield
    theme.set_appearance(Appearance.LIGHT)
    theme.set_density(Density.NORMAL)
    theme.set_scale(1.0)


def test_switching_to_dark_changes_every_colour_at_once(qtbot: QtBot, theme: Theme, qapp: QApplication) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.set_appearance(Appearance.DARK)

    assert theme.palette is DARK
    assert qapp.palette().window().color().name() == DARK.window
    assert DARK.window in qapp.styleSheet()


def test_what_the_system_says_is_heard_live(qtbot: QtBot, theme: Theme, qapp: QApplication) -> None:
    theme.set_appearance(Appearance.SYSTEM)

    with qtbot.waitSignal(theme.changed):
        qapp.styleHints().colorSchemeChanged.emit(qapp.styleHints().colorScheme())


def test_a_person_who_chose_light_stays_with_light(qtbot: QtBot, theme: Theme, qapp: QApplication) -> None:
    with qtbot.assertNotEmitted(theme.changed):
        qapp.styleHints().colorSchemeChanged.emit(qapp.styleHints().colorScheme())

    assert theme.palette is LIGHT


def test_density_and_text_size_change_the_height_of_rows(theme: Theme) -> None:
    theme.set_density(Density.COMPACT)
    theme.set_scale(1.25)

    assert theme.row_height == 30


@pytest.mark.parametrize(("asked", "given"), [(0.5, 0.9), (1.2, 1.2), (9.0, 1.5)])
def test_text_can_grow_by_half_and_shrink_by_a_tenth(theme: Theme, asked: float, given: float) -> None:
    theme.set_scale(asked)

    assert theme.look.scale == given


def test_figures_in_columns_are_of_equal_width(theme: Theme) -> None:
    metrics = QFontMetrics(theme.font(tabular=True))

    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("8888")


def test_fonts_follow_the_type_scale(theme: Theme) -> None:
    theme.set_scale(1.5)

    assert theme.font(TextSize.TITLE, strong=True).pixelSize() == 24
    assert theme.font(TextSize.TITLE, strong=True).weight() == QFont.Weight.DemiBold


def picture(icon: QIcon) -> QImage:
    return icon.pixmap(16, 16).toImage()


def test_an_icon_follows_the_theme(theme: Theme) -> None:
    icon = theme.icons.icon("check")
    light = picture(icon)

    theme.set_appearance(Appearance.DARK)

    assert picture(icon) != light


def test_an_unavailable_icon_is_fainter(theme: Theme) -> None:
    icon = theme.icons.icon("check")

    assert icon.pixmap(16, 16, QIcon.Mode.Disabled).toImage() != picture(icon)


def test_an_icon_that_does_not_exist_is_a_defect(theme: Theme) -> None:
    with pytest.raises(Defect, match="no icon “chek”"):
        theme.icons.icon("chek")


def test_what_was_written_is_drawn_as_it_was_written(theme: Theme) -> None:
    """Inter's contextual alternates make a product of “3x5” and an arrow of “->”."""
    assert theme.font().featureValue(QFont.Tag("calt")) == 0
