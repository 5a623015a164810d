"""The look keeps its promises: legible in both themes, one scale, one grid."""

from __future__ import annotations

import re

import pytest

from fleetdesk.qt.look.stylesheet import stylesheet
from fleetdesk.qt.look.tokens import DARK, LIGHT, TEXT_PAIRS, Density, Palette, TextSize, Tone, contrast

THEMES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
GROUNDS = ("window", "surface", "raised", "sunken")


def test_contrast_is_measured_as_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@THEMES
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read_on_every_ground(palette: Palette, text: str, ground: str) -> None:
    assert contrast(getattr(palette, text), getattr(palette, ground)) >= 4.5


@THEMES
@pytest.mark.parametrize("tone", Tone)
def test_the_word_on_a_chip_can_be_read(palette: Palette, tone: Tone) -> None:
    assert contrast(palette.tone(tone).text, palette.tone(tone).ground) >= 4.5


@THEMES
@pytest.mark.parametrize("tone", Tone)
def test_a_link_on_a_coloured_banner_can_be_read(palette: Palette, tone: Tone) -> None:
    assert contrast(palette.accent_text, palette.tone(tone).ground) >= 4.5


@THEMES
@pytest.mark.parametrize("ground", GROUNDS)
def test_the_focus_ring_can_be_seen(palette: Palette, ground: str) -> None:
    assert contrast(palette.focus, getattr(palette, ground)) >= 3


@THEMES
@pytest.mark.parametrize("ground", GROUNDS[:3])
def test_the_edge_of_a_field_can_be_seen(palette: Palette, ground: str) -> None:
    assert contrast(palette.edge, getattr(palette, ground)) >= 3


@THEMES
@pytest.mark.parametrize("tone", Tone)
def test_coloured_icons_can_be_seen(palette: Palette, tone: Tone) -> None:
    assert contrast(palette.tone(tone).strong, palette.surface) >= 3


def test_there_is_one_type_scale() -> None:
    assert list(TextSize) == [12, 13, 16, 20]


def test_rows_stand_on_the_grid() -> None:
    assert [density.value % 8 for density in Density] == [0, 0, 0]


@THEMES
def test_the_stylesheet_holds_no_colour_of_its_own(palette: Palette) -> None:
    known = {value for name in Palette.__slots__ if isinstance(value := getattr(palette, name), str)}

    assert set(re.findall(r"#[0-9a-f]{6}", stylesheet(palette, 1.0))) <= known


def test_larger_text_makes_the_stylesheets_texts_larger() -> None:
    assert "font-size: 24px" in stylesheet(LIGHT, 1.5).replace("16px", "")
