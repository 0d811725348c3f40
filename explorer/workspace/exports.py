"""Write what is exported so that a full disk leaves the old file as it was."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from explorer.maths.sentences import Refusal, shortened


def write_bytes(path: str, data: bytes) -> None:
    """Put `data` into a file, all of it or none. Raises Refusal with a sentence."""
    from explorer.formats.atomic import replacing  # nobody waits for it when the program starts

    with replacing(path, len(data)) as file:
        file.write(data)


def write_image(path: str, image: QImage) -> None:
    """Write an image in the format that the file's name ends in. Raises Refusal with a sentence."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not QImageWriter(buffer, Path(path).suffix[1:].encode()).write(image):
        name = shortened(Path(path).name, 60)
        raise Refusal(f"“{name}” could not be written as a picture: choose a name that ends in .png or .jpg.")
    write_bytes(path, bytes(buffer.data().data()))
