"""Drawings painted by Qt: in the window, as pixels, and as PDF."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QMimeData, QPointF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPen,
    QPolygonF,
)

from explorer.maths.drawing import Drawing, Label, Outline
from explorer.maths.sentences import Refusal, shortened
from explorer.workspace.exports import write_bytes, write_image

FAMILIES = {False: ["Helvetica", "Arial", "Liberation Sans", "Nimbus Sans"], True: ["Times New Roman", "Times"]}
"""Typefaces, by whether they have serifs; the first one there is."""
LARGEST = 16384
"""Pixels along the longer side of a PNG."""
ENDINGS = (".svg", ".pdf", ".png")
INCH = 72
"""Points."""
METRE = 39.3701
"""Inches."""
FINE = 8
"""Letters are set this much larger and then made smaller, for Qt rounds sizes to whole pixels."""


def paint(painter: QPainter, drawing: Drawing) -> None:
    """Draw all shapes; a unit of the painter is a point."""
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    for shape in drawing.shapes:
        if isinstance(shape, Label):
            _write(painter, shape, drawing.serif)
        else:
            _outline(painter, shape)


def write_drawing(path: str, drawing: Drawing, dpi: int = 300, transparent: bool = False) -> None:
    """Write a drawing as SVG, PDF or PNG, by what the name ends in. Raises Refusal with a sentence."""
    suffix = Path(path).suffix.lower()
    if suffix == ".svg":
        from explorer.formats.svg import svg  # nobody waits for it when the program starts

        write_bytes(path, svg(drawing, transparent).encode())
        return
    if suffix not in ENDINGS:
        name = shortened(Path(path).name, 60)
        raise Refusal(f"“{name}” was not written: a figure is a .svg, .pdf or .png file.")
    if suffix == ".png":
        write_image(path, picture(drawing, dpi, transparent))
    else:
        _with_fonts()
        write_bytes(path, _pdf(drawing, transparent))


def picture(drawing: Drawing, dpi: int, transparent: bool = False) -> QImage:
    """The drawing as pixels. Raises Refusal where there would be too many."""
    scale = dpi / INCH
    wide, high = max(1, round(drawing.width * scale)), max(1, round(drawing.height * scale))
    if max(wide, high) > LARGEST:
        raise Refusal(
            f"{wide:,} × {high:,} pixels are too many, {LARGEST:,} a side can be written: choose less dpi or width, "
            f"or write it as SVG or PDF."
        )
    _with_fonts()
    image = QImage(wide, high, QImage.Format.Format_ARGB32_Premultiplied)
    if image.isNull():
        raise MemoryError
    image.fill(Qt.GlobalColor.transparent if transparent else Qt.GlobalColor.white)
    image.setDotsPerMeterX(round(dpi * METRE))
    image.setDotsPerMeterY(round(dpi * METRE))
    with QPainter(image) as painter:
        painter.scale(scale, scale)
        paint(painter, drawing)
    return image


def copied(drawing: Drawing, dpi: int, transparent: bool = False) -> QMimeData:
    """What other programs paste: pixels, or the shapes where they take SVG."""
    from explorer.formats.svg import svg

    data = QMimeData()
    data.setImageData(picture(drawing, dpi, transparent))
    data.setData("image/svg+xml", QByteArray(svg(drawing, transparent).encode()))
    return data


def _pdf(drawing: Drawing, transparent: bool) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(shortened(drawing.title, 200))
    writer.setCreator("CNN Explorer")
    size = QSizeF(drawing.width, drawing.height)
    writer.setPageSize(QPageSize(size, QPageSize.Unit.Point, "figure", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF())
    with QPainter(writer) as painter:
        painter.scale(writer.width() / drawing.width, writer.height() / drawing.height)
        if not transparent:
            painter.fillRect(0, 0, round(drawing.width) + 1, round(drawing.height) + 1, QColor("#ffffff"))
        paint(painter, drawing)
    data: QByteArray = buffer.data()
    return bytes(data.data())


def page(title: str, size: QSize, dpi: int, draw: Callable[[QPainter], None]) -> bytes:
    """A PDF of one page without margins, for what is painted in the window: dpi of its pixels make an inch."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(shortened(title, 200))
    writer.setCreator("CNN Explorer")
    writer.setResolution(dpi)  # else its words are larger or smaller than in the window
    whole = QSizeF(size) * INCH / dpi
    writer.setPageSize(QPageSize(whole, QPageSize.Unit.Point, "page", QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF())
    with QPainter(writer) as painter:
        draw(painter)
    return bytes(buffer.data().data())


def _with_fonts() -> None:
    """Qt knows typefaces once there is an application: a command makes one that needs no screen."""
    if QGuiApplication.instance() is None:
        if sys.platform == "linux":
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
        global _application
        _application = QGuiApplication(["cnn-explorer"])


_application: QGuiApplication | None = None


def _outline(painter: QPainter, outline: Outline) -> None:
    painter.setPen(
        QPen(QColor(outline.line), outline.width, j=Qt.PenJoinStyle.RoundJoin) if outline.line else Qt.PenStyle.NoPen
    )
    painter.setBrush(QColor(outline.fill) if outline.fill else Qt.BrushStyle.NoBrush)
    points = QPolygonF([QPointF(*point) for point in outline.points])
    if outline.closed:
        painter.drawPolygon(points)
    else:
        painter.drawPolyline(points)


def _write(painter: QPainter, label: Label, serif: bool) -> None:
    font = QFont(FAMILIES[serif])
    font.setStyleHint(QFont.StyleHint.Serif if serif else QFont.StyleHint.SansSerif)
    font.setPixelSize(max(1, round(label.size * FINE)))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setBold(label.bold)
    wide = QFontMetricsF(font).horizontalAdvance(label.text)
    painter.save()
    painter.translate(*label.at)
    painter.scale(1 / FINE, 1 / FINE)
    painter.setFont(font)
    painter.setPen(QColor(label.colour))
    painter.drawText(QPointF({"start": 0.0, "middle": -wide / 2, "end": -wide}[label.anchor], 0), label.text)
    painter.restore()
