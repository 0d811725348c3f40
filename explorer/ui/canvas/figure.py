"""The whole network as a picture file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from explorer.ui import theme
from explorer.ui.canvas.scene import NetworkScene

LARGEST = 16384
"""Pixels along the longer side of a PNG; larger networks are drawn smaller."""
EDGE = 32.0


def export_picture(scene: NetworkScene, path: str) -> None:
    """Write every card and link to a PNG or an SVG file. Raises OSError and ValueError with a sentence."""
    name = Path(path).name
    bounds = scene.bounds().adjusted(-EDGE, -EDGE, EDGE, EDGE)
    if not scene.nodes:
        raise ValueError(f"{name} was not written: there is no layer to draw yet")
    suffix = Path(path).suffix.lower()
    if suffix == ".svg":
        svg = QSvgGenerator()
        svg.setFileName(path)
        svg.setSize(QSize(round(bounds.width()), round(bounds.height())))
        svg.setViewBox(QRect(0, 0, round(bounds.width()), round(bounds.height())))
        svg.setTitle(scene.document.project.title or "Network")
        painter = QPainter()
        if not painter.begin(svg):
            raise OSError(f"{name} could not be written: check that its folder exists and can be written to")
        _paint(scene, painter, bounds, 1.0)
    elif suffix == ".png":
        scale = min(2.0, LARGEST / max(bounds.width(), bounds.height()))
        image = QImage(QSize(round(bounds.width() * scale), round(bounds.height() * scale)), QImage.Format.Format_RGB32)
        painter = QPainter(image)
        _paint(scene, painter, bounds, scale)
        if not image.save(path):
            raise OSError(f"{name} could not be written: check that its folder exists and can be written to")
    else:
        raise ValueError(f"{name} was not written: a picture of the network is a .png or an .svg file")


def _paint(scene: NetworkScene, painter: QPainter, bounds: QRectF, scale: float) -> None:
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.scale(scale, scale)
    painter.translate(-bounds.topLeft())
    painter.fillRect(bounds, QColor(theme.current().canvas))
    scene.paint_all(painter)
    painter.end()
