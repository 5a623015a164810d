"""The one stylesheet, made from the tokens. Widgets that paint themselves are not in it."""

from __future__ import annotations

from string import Template

from fleetdesk.qt.look.tokens import GRID, Palette, Radius, TextSize

__all__ = ["stylesheet"]


def stylesheet(palette: Palette, scale: float) -> str:
    """The stylesheet of the application for a theme, with texts `scale` times their designed size."""
    colours = {name: value for name in Palette.__slots__ if isinstance(value := getattr(palette, name), str)}
    sizes = {f"size_{size.name.lower()}": f"{round(size * scale)}px" for size in TextSize}
    lengths = {
        "radius": f"{Radius.CONTROL}px",
        "radius_panel": f"{Radius.PANEL}px",
        "radius_small": f"{Radius.CHIP}px",
        "gap": f"{GRID}px",
        "half": f"{GRID // 2}px",
        "control": f"{round(3 * GRID * scale)}px",
        "small_control": f"{round(2 * GRID * scale)}px",
        "icon": f"{round(2 * GRID * scale)}px",
        "mark": f"{round(14 * scale)}px",
        "mark_radius": f"{round(14 * scale) // 2 + 1}px",
        "dot": f"{round(14 * scale) - 2 * round(4 * scale)}px",
        "ring": f"{round(4 * scale) + 1}px",
    }
    return "".join(part.substitute(colours | sizes | lengths) for part in _PARTS)


_GROUNDS = Template("""
QMainWindow { background: $window; }
QDialog { background: $raised; }
*[ground="window"] { background: $window; }
*[ground="surface"] { background: $surface; }
*[ground="clear"] { background: transparent; }
*[ground="track"] { background: $track; border-radius: $radius; }
*[ground="sunken"] { background: $sunken; }
*[ground="raised"] { background: $raised; border: 1px solid $line_strong; border-radius: $radius_panel; }
*[ground="card"] { background: $surface; border: 1px solid $line; border-radius: $radius_panel; }
*[ground="card"][focused="true"] { border: 1px solid $focus; }
QToolTip { background: $raised; color: $text; border: 1px solid $line_strong; padding: $half; }
QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
*[role="rule"] { background: $line; border: none; }
QStatusBar { background: $window; border-top: 1px solid $line; }
QStatusBar::item { border: none; }
""")

_TEXT = Template("""
QLabel { background: transparent; }
QLabel[tint="muted"] { color: $text_muted; }
QLabel[tint="faint"] { color: $text_faint; }
QLabel[tint="accent"] { color: $accent_text; }
QLabel[tint="danger"] { color: $danger_text; }
QLabel[textSize="small"] { font-size: $size_small; }
QLabel[textSize="title"] { font-size: $size_title; font-weight: 600; }
QLabel[textSize="heading"] { font-size: $size_heading; font-weight: 600; }
QLabel[strong="true"] { font-weight: 600; }
QLabel[role="key"] {
    background: $sunken; color: $text_muted; font-size: $size_small; border: 1px solid $line;
    border-bottom-color: $line_strong; border-radius: $radius_small; padding: 0px 5px;
}
""")

# Qt sets a property once, when a widget first takes on the look: with another size of text, windows are made anew.
_ICONS = Template("""
QToolButton, QPushButton, QTabBar { qproperty-iconSize: $icon $icon; }
""")

_BUTTONS = Template("""
QPushButton {
    background: $surface; color: $text; border: 1px solid $line_strong; border-radius: $radius;
    min-height: $control; padding: 1px 12px; margin: 1px;
}
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $sunken; }
QPushButton:focus { border: 2px solid $focus; padding: 0px 11px; }
QPushButton:disabled { color: $text_faint; background: $sunken; border-color: $line; }
QPushButton[kind="primary"] { background: $accent; color: $on_accent; border-color: $accent; font-weight: 600; }
QPushButton[kind="primary"]:hover { background: $accent_hover; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; }
QPushButton[kind="primary"]:disabled { background: $sunken; color: $text_faint; border-color: $line; }
QPushButton[kind="danger"] { background: $danger; color: $on_danger; border-color: $danger; font-weight: 600; }
QPushButton[kind="danger"]:hover { background: $danger_hover; }
QPushButton[kind="danger"]:focus { border: 2px solid $text; }
QPushButton[kind="danger"]:disabled { background: $sunken; color: $text_faint; border-color: $line; }
QPushButton[kind="quiet"] { background: transparent; color: $accent_text; border: 1px solid transparent; }
QPushButton[kind="quiet"]:hover { background: $hover; }
QPushButton[kind="quiet"]:focus { border: 2px solid $focus; }
QPushButton[kind="quiet"]:disabled { color: $text_faint; }
QToolButton {
    background: transparent; color: $text; border: 1px solid transparent; border-radius: $radius;
    min-height: $control; min-width: $control; padding: 1px 3px; margin: 1px;
}
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $selected; }
QToolButton:focus { border: 2px solid $focus; padding: 0px 2px; }
QToolButton:disabled { color: $text_faint; }
QToolButton[toolButtonStyle="2"] { padding: 1px 8px 1px 6px; }
QToolButton[toolButtonStyle="2"]:focus { padding: 0px 7px 0px 5px; }
QToolButton[facet="true"] { background: $surface; border: 1px solid $line_strong; padding: 1px 26px 1px 9px;
    max-height: $control; }
QToolButton[facet="true"]:hover { background: $hover; }
QToolButton[facet="true"][active="true"] { background: $selected; border-color: $accent; color: $accent_text; }
QToolButton[facet="true"]:focus { border: 2px solid $focus; padding: 0px 25px 0px 8px; }
QToolButton::menu-indicator { image: none; }
QToolButton[kind="primary"] { background: $accent; color: $on_accent; padding: 1px 8px; font-weight: 600; }
QToolButton[kind="primary"]:hover { background: $accent_hover; }
QToolButton[kind="primary"]:focus { border: 2px solid $text; padding: 0px 7px; }
QToolButton[kind="primary"]:disabled { background: $sunken; color: $text_faint; }
QToolButton[segment="true"]:checked { background: $surface; border-color: $line_strong; }
QToolButton[segment="true"]:checked:focus { border: 2px solid $focus; }
QToolButton[small="true"] { min-height: $small_control; min-width: $small_control; padding: 0px 1px; }
QToolButton[small="true"]:focus { padding: 0px; }
""")

_FIELDS = Template("""
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QAbstractSpinBox {
    background: $surface; color: $text; placeholder-text-color: $text_faint;
    border: 1px solid $edge; border-radius: $radius; padding: 1px 7px; margin: 1px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit, QComboBox, QAbstractSpinBox { min-height: $control; }
QPlainTextEdit, QTextEdit { padding: 5px 5px; }
QLineEdit:hover, QPlainTextEdit:hover, QComboBox:hover, QAbstractSpinBox:hover { border-color: $text_faint; }
QLineEdit:focus, QComboBox:focus, QComboBox:on, QAbstractSpinBox:focus {
    border: 2px solid $focus; padding: 0px 6px;
}
QPlainTextEdit:focus, QTextEdit:focus { border: 2px solid $focus; padding: 4px 4px; }
QLineEdit[faulty="true"], QPlainTextEdit[faulty="true"], QComboBox[faulty="true"],
QAbstractSpinBox[faulty="true"] { border-color: $danger; }
QLineEdit:read-only, QPlainTextEdit:read-only { background: $sunken; color: $text_muted; border-color: $line; }
QLineEdit:read-only:focus, QPlainTextEdit:read-only:focus { border-color: $focus; }
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled {
    background: $sunken; color: $text_faint; border-color: $line;
}
QLineEdit[bare="true"], QPlainTextEdit[bare="true"] {
    border: none; background: transparent; padding: 2px; margin: 0px;
}
QLineEdit[bare="true"]:focus, QPlainTextEdit[bare="true"]:focus { border: none; padding: 2px; }
QComboBox { combobox-popup: 0; }
QComboBox::drop-down, QDateTimeEdit::drop-down { border: none; width: 24px; }
QComboBox::down-arrow, QDateTimeEdit::down-arrow { image: none; }
QComboBox QAbstractItemView {
    background: $raised; color: $text; border: 1px solid $line_strong; outline: none; padding: $half;
    selection-background-color: $selected; selection-color: $text;
}
QComboBox QAbstractItemView::item { min-height: $control; padding: 0px 6px; border-radius: $radius_small; }
QComboBox QAbstractItemView::item:selected { background: $selected; color: $text; }
QCheckBox, QRadioButton {
    spacing: $gap; background: transparent; padding: 1px 4px; border: 2px solid transparent; border-radius: $radius;
}
QCheckBox:focus, QRadioButton:focus { border-color: $focus; }
QCheckBox:disabled, QRadioButton:disabled { color: $text_faint; }
QCheckBox::indicator, QRadioButton::indicator {
    width: $mark; height: $mark; border: 1px solid $text_faint; background: $surface;
}
QCheckBox::indicator { border-radius: $radius_small; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; }
QRadioButton::indicator { border-radius: $mark_radius; }
QRadioButton::indicator:checked { width: $dot; height: $dot; border: $ring solid $accent; }
""")

_LISTS = Template("""
QAbstractItemView { background: $surface; border: none; outline: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QListWidget { border: 2px solid transparent; border-radius: $radius; }
QListWidget:focus { border-color: $focus; }
QTableCornerButton::section, QHeaderView { background: $surface; border: none; }
QTableView[role="sheet"] { background: transparent; border: 1px solid $line; border-radius: $radius; }
QTableView[role="sheet"]::item { padding: 6px 8px; border-bottom: 1px solid $line; }
QTableView[role="sheet"]::item:selected { background: $selected; color: $text; }
QTableView[role="sheet"] QHeaderView::section {
    background: $surface; color: $text_muted; border: none; border-bottom: 1px solid $line; padding: 6px 8px;
}
QMenu { background: $raised; border: 1px solid $line_strong; border-radius: $radius_panel; padding: $half; }
QMenu::item { padding: 5px 24px 5px 8px; border-radius: $radius_small; }
QMenu::item:selected { background: $selected; }
QMenu::item:disabled { color: $text_faint; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $line; margin: $half 0px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0px; }
QScrollBar::handle { background: $line_strong; border-radius: 3px; margin: 2px; }
QScrollBar::handle:hover { background: $text_faint; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0px; height: 0px; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QScrollArea[focusPolicy="TabFocus"], QScrollArea[focusPolicy="StrongFocus"] {
    border: 2px solid transparent; border-radius: $radius;
}
QScrollArea[focusPolicy="TabFocus"]:focus, QScrollArea[focusPolicy="StrongFocus"]:focus { border-color: $focus; }
QProgressBar { background: $line; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QTabBar::tab {
    background: transparent; color: $text_muted; padding: 6px 2px; margin-right: 16px;
    border: none; border-bottom: 2px solid transparent;
}
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $accent_text; }
TabStrip { background: $window; }
TabStrip::tab {
    padding: 0px 4px 0px $gap; margin: $half 0px 0px $half; border: none; border: 1px solid transparent;
    border-bottom: none; border-top-left-radius: $radius; border-top-right-radius: $radius;
}
TabStrip::tab:hover:!selected { background: $hover; }
TabStrip::tab:selected { background: $surface; color: $text; border-color: $line; }
TabStrip::tab:focus { color: $text; border: 2px solid $focus; border-bottom: none; }
TabStrip QToolButton { margin: $half 0px 0px 0px; }
TabStrip QToolButton#ScrollLeftButton, TabStrip QToolButton#ScrollRightButton {
    min-width: $small_control; background: $window; border: none; border-radius: 0px; margin: 0px;
}
QTabWidget::pane { border: none; border-top: 1px solid $line; }
""")

_PARTS = (_GROUNDS, _TEXT, _ICONS, _BUTTONS, _FIELDS, _LISTS)
