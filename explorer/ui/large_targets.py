"""Fusion with room for a fingertip: what the projector's theme has on a board that is touched."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QApplication,
    QProxyStyle,
    QStyle,
    QStyleFactory,
    QStyleOption,
    QStyleOptionMenuItem,
    QWidget,
)

TARGET = 32
"""Pixels, the least height of what is pressed."""
PRESSED = frozenset(
    {
        QStyle.ContentsType.CT_PushButton, QStyle.ContentsType.CT_ToolButton, QStyle.ContentsType.CT_CheckBox,
        QStyle.ContentsType.CT_RadioButton, QStyle.ContentsType.CT_ComboBox, QStyle.ContentsType.CT_SpinBox,
        QStyle.ContentsType.CT_LineEdit, QStyle.ContentsType.CT_Slider, QStyle.ContentsType.CT_TabBarTab,
        QStyle.ContentsType.CT_MenuItem, QStyle.ContentsType.CT_MenuBarItem, QStyle.ContentsType.CT_ItemViewItem,
    }
)  # fmt: skip

LINE = QStyleOptionMenuItem.MenuItemType.Separator

EXTENTS = {
    QStyle.PixelMetric.PM_TabBarTabVSpace: 18,
    QStyle.PixelMetric.PM_DockWidgetTitleBarButtonMargin: 10, QStyle.PixelMetric.PM_SliderLength: 24,
    QStyle.PixelMetric.PM_DockWidgetSeparatorExtent: 12, QStyle.PixelMetric.PM_SplitterWidth: 12,
}  # fmt: skip
"""Pixels of what has no contents."""


class LargeTargets(QProxyStyle):
    """Makes everything that is pressed high enough, and leaves how it looks to Fusion."""

    def __init__(self) -> None:
        super().__init__("fusion")

    def sizeFromContents(
        self, kind: QStyle.ContentsType, option: QStyleOption, size: QSize, widget: QWidget | None = None
    ) -> QSize:
        found = super().sizeFromContents(kind, option, size, widget)  # type: ignore[arg-type]  # Qt has none at times
        pressed = kind in PRESSED
        if isinstance(option, QStyleOptionMenuItem) and option.menuItemType is LINE:
            pressed = False
        return QSize(found.width(), max(TARGET, found.height())) if pressed else found

    def pixelMetric(
        self, metric: QStyle.PixelMetric, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> int:
        return EXTENTS[metric] if metric in EXTENTS else super().pixelMetric(metric, option, widget)


def give_room(app: QApplication, wanted: bool) -> None:
    """Have targets for fingertips from now on, or no more."""
    if wanted != isinstance(app.style(), LargeTargets):
        app.setStyle(LargeTargets() if wanted else QStyleFactory.create("fusion"))
