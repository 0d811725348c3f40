"""Colours and sizes of everything drawn, light, dark and for a projector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from explorer.maths.values import dataclass

GRID = 8
"""Everything is laid out on multiples of this many pixels."""


@dataclass(frozen=True)
class Theme:
    """Colours as #rrggbb. families: one colour for each layer group, told apart also by colour-blind eyes. changes:
    one for what became of a layer, told apart also by a mark.

    outline is the edge of what one types in or switches: at least 3:1 beside `window`, `base` and `raised`.
    off: words of what cannot be used now, clearly paler than `text`, and readable still.
    larger: by how much words are larger than the system has them.
    heat goes from little to much, away from `card`, and `text` stays readable on all of it; bar is seen on all of it.
    """

    name: str
    window: str
    base: str
    raised: str
    text: str
    dim: str
    off: str
    accent: str
    on_accent: str
    problem: str
    edge: str
    outline: str
    canvas: str
    dot: str
    card: str
    link: str
    families: Mapping[str, str]
    heat: tuple[str, ...]
    bar: str
    changes: Mapping[str, str]
    larger: float = 1.0

    def heated(self, level: float) -> QColor:
        """The colour of a level from 0 to 1; 0 is nothing, a plain card."""
        if level <= 0:
            return QColor(self.card)
        at = min(level, 1.0) * (len(self.heat) - 1)
        below = min(int(at), len(self.heat) - 2)
        a, b, part = QColor(self.heat[below]), QColor(self.heat[below + 1]), at - below
        return QColor.fromRgbF(
            a.redF() + (b.redF() - a.redF()) * part,
            a.greenF() + (b.greenF() - a.greenF()) * part,
            a.blueF() + (b.blueF() - a.blueF()) * part,
        )

    def family(self, group: str) -> QColor:
        """The colour of a layer group."""
        return QColor(self.families.get(group, self.dim))


LIGHT = Theme(
    "light", "#f3f4f6", "#ffffff", "#e8eaee", "#1b1f27", "#5f697d", "#5f697d", "#1a62d6", "#ffffff", "#b42318",
    "#d0d5dd", "#6b7485", "#fafbfc", "#dde1e7", "#ffffff", "#828da0",
    {"Input": "#495772", "Window": "#214ea7", "Norm": "#1a8a79", "Activation": "#ac6100",
     "Join": "#974ed4", "Shape": "#6c7c98", "Dense": "#9f0347", "Detection": "#507333"},
    ("#fff6dc", "#ffe0a0", "#fdb54a", "#e8750a"), "#7a2e00",
    {"added": "#116329", "removed": "#b42318", "changed": "#8a5300", "affected": "#667085"},
)  # fmt: skip
PAPER = replace(LIGHT, name="paper", window="#ffffff", canvas="#ffffff")
DARK = Theme(
    "dark", "#1b1e24", "#14161b", "#262a32", "#e6e9ef", "#98a2b3", "#8993a5", "#5b9dff", "#0b1220", "#ff7a70",
    "#3a404b", "#858e9e", "#15171c", "#2a2f38", "#22262e", "#6b7482",
    {"Input": "#b6c8e2", "Window": "#4f99fb", "Norm": "#43c4b1", "Activation": "#eea233",
     "Join": "#b270cb", "Shape": "#909fbd", "Dense": "#eb678e", "Detection": "#afcc62"},
    ("#2f2b26", "#5a3d14", "#854f0c", "#a8480c"), "#ffc266",
    {"added": "#57c278", "removed": "#ff7a70", "changed": "#f0a437", "affected": "#98a2b3"},
)  # fmt: skip
PROJECTOR = Theme(
    "projector", "#ffffff", "#ffffff", "#eeeeee", "#000000", "#333333", "#666666", "#0033bb", "#ffffff", "#b00000",
    "#000000", "#000000", "#ffffff", "#dddddd", "#ffffff", "#333333",
    {"Input": "#1e1c1c", "Window": "#183ecf", "Norm": "#096a63", "Activation": "#a35c0e",
     "Join": "#62019f", "Shape": "#413c3a", "Dense": "#ae165a", "Detection": "#374f01"},
    ("#fff0c8", "#ffd27a", "#ffa62b", "#ff7a00"), "#000000",
    {"added": "#00592b", "removed": "#b00000", "changed": "#734000", "affected": "#333333"}, larger=1.2,
)  # fmt: skip
FUSION = 140
"""By how much Fusion's outlines are darker than the window, percent."""
THEMES = {theme.name: theme for theme in (LIGHT, DARK, PROJECTOR)}

OUTLINED = ("QCheckBox", "QRadioButton", "QLineEdit", "QAbstractSpinBox", "QComboBox")
"""Widgets that Fusion draws an outline around and no window behind."""

_current = LIGHT


def current() -> Theme:
    """The theme in use; ask while painting."""
    return _current


def apply(app: QApplication, name: str) -> None:
    """Use another theme from now on, "" for what the system uses. Every widget hears `QEvent.PaletteChange`."""
    global _current
    if not name:
        name = "dark" if app.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"
    before, _current = _current, THEMES.get(name, LIGHT)
    theme = _current
    _enlarge(app, theme.larger / before.larger)
    if theme.larger != before.larger:
        from explorer.ui.large_targets import give_room  # all of QStyle takes 20 ms at the start

        give_room(app, theme.larger > 1)
    palette = _palette(theme)
    app.setPalette(palette)
    # Fusion has no role for outlines: it takes the window's colour a little darker, almost unseen on a dark window.
    # These widgets use that role for nothing else.
    palette.setColor(QPalette.ColorRole.Window, QColor(theme.outline).lighter(FUSION))
    for kind in OUTLINED:
        app.setPalette(palette, kind)  # type: ignore[arg-type]  # PySide says bytes and takes str


@contextmanager
def on_paper(*parts: QWidget) -> Iterator[None]:
    """Have these painted in here as on a white page, whatever the theme is; with words as large as they are."""
    global _current
    before, _current = _current, replace(PAPER, larger=_current.larger)
    try:
        for part in parts:
            part.setPalette(_palette(_current))
        yield
    finally:
        _current = before
        for part in parts:
            part.setPalette(QPalette())


def has_keys(widget: QWidget) -> bool:
    """Whether a widget is drawn as having the keys: on paper none is."""
    return widget.hasFocus() and _current.name != PAPER.name


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for roles, colour in (
        ((role.Window, role.Button), theme.window),
        ((role.Base, role.ToolTipBase), theme.base),
        ((role.AlternateBase, role.Midlight), theme.raised),
        ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText), theme.text),
        ((role.PlaceholderText, role.Dark), theme.dim),
        ((role.Mid, role.Light), theme.edge),
        ((role.Highlight, role.Link, role.Accent), theme.accent),
        ((role.HighlightedText,), theme.on_accent),
        ((role.BrightText,), theme.problem),
    ):
        for one in roles:
            palette.setColor(one, QColor(colour))
    for one in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, one, QColor(theme.off))
    return palette


def _enlarge(app: QApplication, by: float) -> None:
    """Make all words larger, or smaller again: those of widgets with a font of their own, too."""
    if by == 1.0:
        return
    own: list[QWidget | QApplication] = [
        widget for widget in app.allWidgets() if widget.testAttribute(Qt.WidgetAttribute.WA_SetFont)
    ]
    for one in [*own, app]:
        font = one.font()
        if font.pointSizeF() > 0:  # else it is counted in pixels
            font.setPointSizeF(font.pointSizeF() * by)
            one.setFont(font)
    for widget in app.allWidgets():
        if isinstance(widget, QComboBox):  # it would not measure again how little room it can do with
            QApplication.postEvent(widget, QEvent(QEvent.Type.StyleChange))  # behind the fonts, which are posted, too
