"""What further Inputs of the open network are fed, as the window changes it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from explorer.engine.questions import Decode, PictureFile
from explorer.maths.records import Picture
from explorer.network.fed import Fed, Still, in_words
from explorer.workspace.session import Session

LANE = "fed picture"
LONGEST = 512
"""Pixels of the longer side of a picture that is fed: see `explorer.formats.stills`."""
FAST = 60
"""Of 100, how quickly a PNG file is made rather than small: a frame's time for the largest."""


def feed(session: Session, id: str, fed: Fed, merge: bool = False) -> None:
    """Feed something else to an Input; one edit. merge: it belongs to the same drag as the one before."""
    project = session.document.project
    if id in project.network.nodes:
        words = f"Feed {in_words(fed)} to {id}"
        session.document.edit(words, project.feeding(id, fed), f"feed {id}" if merge else "")


def feed_file(session: Session, id: str, path: str, told: Callable[[], None] = lambda: None) -> None:
    """Feed a picture file to an Input once the worker has read it; `failed` says why it was not."""

    def show(picture: Picture) -> None:
        feed(session, id, still_of(picture))
        told()

    session.ask(LANE, Decode(PictureFile(path), LONGEST), show, "Reading the picture")


def still_of(picture: Picture) -> Still:
    """A picture as it is fed."""
    pixels = picture.pixels
    height, width, _ = pixels.shape
    image = QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
    if max(width, height) > LONGEST:
        from PySide6.QtCore import Qt

        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        image = image.scaled(LONGEST, LONGEST, keep, smooth)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, b"png")
    writer.setQuality(FAST)
    writer.write(image)
    return Still(bytes(buffer.data().data()), picture.name[:200])
