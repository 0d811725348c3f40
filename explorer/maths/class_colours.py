"""A colour for each class, the same wherever boxes are drawn, told apart also by colour-blind eyes."""

from __future__ import annotations

Colour = tuple[int, int, int]
"""Red, green, blue of 0 to 255."""

HUES = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442")
HUE_NAMES = ("Blue", "Orange", "Green", "Pink", "Sky blue", "Vermilion", "Yellow")
"""Source: Okabe & Ito 2008, Color universal design."""
GOLDEN = 0.618034
"""Steps of this part of the way from dark to light never come close to an earlier one for long."""
DARKER, LIGHTER = 0.35, 0.6
"""How much black or white a colour is mixed with at most."""
BLACK, WHITE = (0, 0, 0), (255, 255, 255)


def class_colour(index: int) -> Colour:
    """One of seven hues that all eyes tell apart, and the next seven lighter or darker."""
    text, turn = HUES[index % len(HUES)], index // len(HUES)
    hue = int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)
    light = turn * GOLDEN % 1.0 * (DARKER + LIGHTER)
    return _mixed(hue, BLACK, light - LIGHTER) if light > LIGHTER else _mixed(hue, WHITE, light)


def text_on(colour: Colour) -> Colour:
    """Black or white, whichever is read better on a colour."""
    parts = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in colour))
    luminance = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))
    return BLACK if luminance > 0.179 else WHITE  # WCAG 2: contrast with both is equal there


def _mixed(a: Colour, b: Colour, share: float) -> Colour:
    red, green, blue = (round(x * (1 - share) + y * share) for x, y in zip(a, b, strict=True))
    return red, green, blue
