"""Painted pictures as files, with their settings inside."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.engine.studio_questions import ReadStyled, WriteStyled
from explorer.formats import style_notes
from explorer.formats.pictures import decode
from explorer.maths.records import Exported, Picture
from explorer.probes.style_note import StyleNote


def write_styled(question: WriteStyled) -> Iterator[Exported]:
    """Write the picture. Raises Refusal."""
    style_notes.write(question.path, question.picture, question.note)
    yield Exported((question.path,))


def read_styled(question: ReadStyled) -> Iterator[StyleNote | Picture]:
    """The note first, then the picture. Raises PictureError."""
    yield style_notes.read(question.path)
    yield decode(question.path)
