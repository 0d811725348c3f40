"""Draw the icon in the sizes that desktops ask for: `python -m tools.icons`.

The drawing is resources/desktop/cnn-explorer.svg. A Linux desktop without a reader of SVG takes one of the
PNGs; .ico is for a shortcut on Windows, .icns for an application bundle on macOS.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ICONS = Path(__file__).resolve().parents[1] / "resources" / "icons"
DRAWING = ICONS.parent / "desktop" / "cnn-explorer.svg"
SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
"""Pixels; those of the theme that every icon theme falls back on, hicolor."""
WINDOWS = tuple(size for size in SIZES if size <= 256)


def drawn(size: int) -> Image.Image:
    """The icon, `size` pixels wide and high, RGBA."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return Image.open(BytesIO(data.data()), formats=("PNG",))


def main() -> None:
    """Write all of them."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _app = QGuiApplication.instance() or QGuiApplication([])
    for size in SIZES:
        folder = ICONS / f"{size}x{size}"
        folder.mkdir(parents=True, exist_ok=True)
        drawn(size).save(folder / "cnn-explorer.png", optimize=True)
    small = [drawn(size) for size in WINDOWS]
    small[-1].save(ICONS / "cnn-explorer.ico", sizes=[(size, size) for size in WINDOWS], append_images=small[:-1])
    large = drawn(1024)
    large.save(ICONS / "cnn-explorer.icns", append_images=[drawn(size) for size in (32, 64, 128, 256, 512)])


if __name__ == "__main__":
    main()
