"""Painted pictures as files, with their settings inside."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.engine.studio_questions import ReadStyled, WriteStyled
from explorer.formats import styled_files
from explorer.formats.pictures import decode
from explorer.maths.records import Exported, Picture
from explorer.probes.style import StyleSheet


def write_styled(question: WriteStyled) -> Iterator[Exported]:
    """Write the picture. Raises Refusal."""
    styled_files.check(question.path, True)  # the dialog has asked whether to replace it
    styled_files.write(question.path, question.picture, question.sheet)
    yield Exported((question.path,))


def read_styled(question: ReadStyled) -> Iterator[StyleSheet | Picture]:
    """The settings first, then the picture. Raises PictureError."""
    yield styled_files.read(question.path)
    yield decode(question.path)
