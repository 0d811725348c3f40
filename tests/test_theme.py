"""The colours of all themes: words and marks are seen, and families are told apart, also by colour-blind eyes."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter

from explorer.network.annotations import COLOURS
from explorer.ui import theme
from explorer.ui.canvas.annotations import FAMILIES
from explorer.ui.canvas.glyphs import paint_glyph
from explorer.ui.canvas.role_marks import LETTERS
from explorer.ui.theme import THEMES, Theme
from tests.test_panels import contrast

EYES = {
    "all cones": np.eye(3),
    "no red cones": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green cones": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "no blue cones": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
"""What eyes make of linear red, green and blue (Machado, Oliveira and Fernandes 2009, table of severity 1)."""

EACH = pytest.mark.parametrize("colours", THEMES.values(), ids=THEMES)


def ratio(a: str, b: str) -> float:
    return contrast(QColor(a), QColor(b))


def linear(colour: str) -> NDArray[np.float64]:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIE L*a*b* of linear sRGB, for the white of D65."""
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
    x = np.array(to_xyz) @ rgb / [0.95047, 1.0, 1.08883]
    f = np.where(x > 216 / 24389, np.cbrt(x), (24389 / 27 * x + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(a: str, b: str, eyes: str) -> float:
    """How different two colours look: about 2.3 is just noticed (CIE 1976)."""
    seen = [lab(np.clip(np.array(EYES[eyes]) @ linear(colour), 0, 1)) for colour in (a, b)]
    return float(np.linalg.norm(seen[0] - seen[1]))


@EACH
def test_words_are_read_on_every_ground(colours: Theme) -> None:
    for ink in ("text", "dim", "off", "problem", "accent"):
        for ground in ("window", "base", "raised", "canvas", "card"):
            assert ratio(getattr(colours, ink), getattr(colours, ground)) >= 4.5, (ink, ground)
    assert ratio(colours.on_accent, colours.accent) >= 4.5
    for level in np.linspace(0, 1, 33):
        assert contrast(QColor(colours.text), colours.heated(float(level))) >= 4.5, level
    for name, ink in colours.changes.items():
        assert ratio(ink, colours.base) >= 4.5, name


@EACH
def test_what_cannot_be_used_is_told_by_its_words(colours: Theme) -> None:
    assert ratio(colours.text, colours.off) >= 2.5


@EACH
def test_marks_are_seen(colours: Theme) -> None:
    for ground in ("base", "canvas", "card"):
        for name, ink in {**colours.families, "link": colours.link, "accent": colours.accent}.items():
            assert ratio(ink, getattr(colours, ground)) >= 3, (name, ground)
    for role, (_, group) in LETTERS.items():  # a letter on a plate
        assert ratio(colours.card, colours.families[group]) >= 4.5, role
    for level in np.linspace(0, 1, 33):
        assert contrast(QColor(colours.bar), colours.heated(float(level))) >= 3, level


@EACH
@pytest.mark.parametrize("eyes", ["all cones", "no red cones", "no green cones"])
def test_families_are_told_apart_by_their_colours(colours: Theme, eyes: str) -> None:
    """From far away, on notes and in lists there is no sign. Six times what is just noticed."""
    shades = colours.families
    close = {(a, b): apart(shades[a], shades[b], eyes) for a, b in combinations(shades, 2)}
    assert min(close.values()) >= 14, min(close, key=close.__getitem__)
    assert set(FAMILIES) == set(COLOURS)
    assert set(FAMILIES.values()) <= set(shades)


@EACH
@pytest.mark.parametrize("eyes", EYES)
def test_families_are_told_apart_by_colour_or_by_sign(colours: Theme, eyes: str) -> None:
    """Those that look alike have signs that differ in a fifth of their ink at least."""
    signs = {name: sign(name) for name in colours.families}
    for one, other in combinations(colours.families, 2):
        if apart(colours.families[one], colours.families[other], eyes) < 20:
            both, either = signs[one] & signs[other], signs[one] | signs[other]
            assert both.sum() <= 0.8 * either.sum(), (one, other)


def sign(group: str) -> NDArray[np.bool_]:
    """Where a family's sign has ink, 48 × 48."""
    image = QImage(48, 48, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    with QPainter(image) as painter:
        painter.scale(4, 4)
        paint_glyph(painter, group, QColor("black"))
    return np.frombuffer(image.constBits(), np.uint8).reshape(48, -1)[:, :48] < 128


def test_the_measure_knows_black_from_white_and_red_from_green() -> None:
    assert apart("#000000", "#ffffff", "all cones") == pytest.approx(100, abs=0.1)
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    red, green = "#b03030", "#5c7a20"
    assert apart(red, green, "no green cones") < apart(red, green, "all cones") / 3


def test_every_theme_has_the_same_families() -> None:
    assert len({tuple(colours.families) for colours in THEMES.values()}) == 1
    assert set(theme.LIGHT.changes) == set(theme.DARK.changes) == set(theme.PROJECTOR.changes)
