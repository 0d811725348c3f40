"""The whole network as a picture file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRect, QRectF, QSize, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from explorer.maths.sentences import Refusal, shortened
from explorer.ui import theme
from explorer.ui.canvas.legend import SIZE, paint_legend
from explorer.ui.canvas.role_marks import KEY, paint_key
from explorer.ui.canvas.scene import NetworkScene
from explorer.workspace.exports import write_bytes, write_image
from explorer.workspace.painting import page

LARGEST = 16384
"""Pixels along the longer side of a PNG; larger networks are drawn smaller."""
DPI = 96
"""Scene units in an inch of a PDF."""
EDGE = 32.0
KEY_ROOM = 280.0
"""Width that the line with the marks' meanings takes at most."""


def export_picture(scene: NetworkScene, path: str) -> None:
    """Write every card and link to a PNG, an SVG or a PDF file. Raises Refusal with a sentence."""
    name = shortened(Path(path).name, 60)
    if not scene.nodes:
        raise Refusal(f"“{name}” was not written: there is no layer to draw yet.")
    suffix, bounds = Path(path).suffix.lower(), _bounds(scene)
    if suffix == ".svg":
        write_bytes(path, _vectors(scene, bounds))
    elif suffix == ".pdf":
        title = scene.document.project.title or "Network"
        write_bytes(path, page(title, bounds.size().toSize(), DPI, lambda painter: _paint(scene, painter, bounds)))
    elif suffix == ".png":
        write_image(path, picture(scene))
    else:
        raise Refusal(f"“{name}” was not written: a picture of the network is a .png, .svg or .pdf file.")


def picture(scene: NetworkScene) -> QImage:
    """Every card and link, to be copied. Raises MemoryError."""
    bounds = _bounds(scene)
    scale = min(2.0, LARGEST / max(bounds.width(), bounds.height()))
    image = QImage((bounds.size() * scale).toSize(), QImage.Format.Format_RGB32)
    if image.isNull():
        raise MemoryError
    with QPainter(image) as painter:
        painter.scale(scale, scale)
        _paint(scene, painter, bounds)
    return image


def _bounds(scene: NetworkScene) -> QRectF:
    bounds = scene.bounds().adjusted(-EDGE, -EDGE, EDGE, EDGE)
    if scene.colouring.scale:
        bounds = bounds.united(_legend_room(bounds).adjusted(-EDGE, 0, EDGE, EDGE))
    if scene.told:
        bounds = bounds.united(QRectF(bounds.bottomLeft(), QSizeF(KEY_ROOM, KEY + EDGE / 2)))
    return bounds


def _legend_room(bounds: QRectF) -> QRectF:
    """Below the network, at the left."""
    return QRectF(bounds.bottomLeft() + QPointF(EDGE, 0), SIZE.toSizeF())


def _vectors(scene: NetworkScene, bounds: QRectF) -> bytes:
    buffer, svg = QBuffer(), QSvgGenerator()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    svg.setOutputDevice(buffer)
    svg.setSize(QSize(round(bounds.width()), round(bounds.height())))
    svg.setViewBox(QRect(0, 0, round(bounds.width()), round(bounds.height())))
    svg.setTitle(scene.document.project.title or "Network")
    with QPainter(svg) as painter:
        _paint(scene, painter, bounds)
    return bytes(buffer.data().data())


def _paint(scene: NetworkScene, painter: QPainter, bounds: QRectF) -> None:
    """As on a white page, whatever the theme is: it goes into papers and slides."""
    with theme.on_paper():
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        painter.save()
        painter.translate(-bounds.topLeft())
        painter.fillRect(bounds, QColor(theme.current().canvas))
        scene.whole.paint_all(painter)
        if scene.colouring.scale:
            painter.translate(_legend_room(scene.bounds().adjusted(-EDGE, -EDGE, EDGE, EDGE)).topLeft())
            paint_legend(painter, scene.colouring.scale)
        painter.restore()
        if told := scene.told:
            painter.translate(EDGE, bounds.height() - KEY - EDGE / 2)
            paint_key(painter, {role for roles in told.values() for role in roles})
