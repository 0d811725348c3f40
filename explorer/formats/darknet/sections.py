"""The text of a Darknet network: `[section]` lines, and `setting=value` lines below them.

Read as Darknet reads it: blanks count nowhere, of two settings with one name the first holds, unknown ones are passed
over. What it leaves to C's atoi and atof (numbers with rubbish behind them) is refused here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from explorer.formats.words import amount, shown

LARGEST = 1_000_000
"""Bytes; YOLOv4's text, one of the longest, has 12,000."""

MOST_SECTIONS = 2_000
MOST_VALUES = 100
"""In one list."""

MOST = 1_000_000
"""No whole number may be larger."""

INTEGER = re.compile("[+-]?[0-9]{1,7}")
FRACTION = re.compile("[+-]?(?:[0-9]{1,9}(?:[.][0-9]{0,12})?|[.][0-9]{1,12})(?:[eE][+-]?[0-9]{1,2})?")

SHORT = {
    "network": "net", "conv": "convolutional", "max": "maxpool", "avg": "avgpool", "conn": "connected",
    "soft": "softmax", "reorg_old": "reorg",
}  # fmt: skip
"""Other names that Darknet knows sections by."""


class Fault(ValueError):
    """What is wrong with a file; goes behind “file” in a sentence."""


@dataclass(frozen=True)
class Section:
    """One section: its name, the line it begins in, its settings as they are written."""

    name: str
    line: int
    settings: Mapping[str, str]

    def fault(self, text: str) -> Fault:
        """What is wrong in this section."""
        return Fault(f"cannot be read, line {self.line} [{shown(self.name, 30)}]: {text}")

    def number(self, key: str, default: int, low: int = 0) -> int:
        """A whole number from `low` to `MOST`. Raises Fault."""
        text = self.settings.get(key, str(default))
        if not INTEGER.fullmatch(text) or not low <= int(text) <= MOST:
            raise self.fault(f"{key} is “{shown(text, 30)}”, not a whole number from {low} to {MOST:,}")
        return int(text)

    def numbers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers, which may be negative; empty where it is missing. Raises Fault."""
        return tuple(int(text) for text in self._several(key, INTEGER, "whole numbers"))

    def fraction(self, key: str, default: float) -> float:
        """Raises Fault."""
        text = self.settings.get(key, str(default))
        if not FRACTION.fullmatch(text):
            raise self.fault(f"{key} is “{shown(text, 30)}”, not a number")
        return float(text)

    def fractions(self, key: str) -> tuple[float, ...]:
        """Empty where it is missing. Raises Fault."""
        return tuple(float(text) for text in self._several(key, FRACTION, "numbers"))

    def word(self, key: str, default: str) -> str:
        """As it is written, in small letters."""
        return self.settings.get(key, default).lower()

    def expect(self, **usual: float) -> None:
        """Raise Fault where a setting that changes what the layer computes is not as usual: no layer does that here."""
        for key, value in usual.items():
            if self.fraction(key, value) != value:
                raise self.fault(f"{key}={shown(self.settings[key], 20)} is not known here, only {key}={value:g}")

    def _several(self, key: str, kind: re.Pattern[str], what: str) -> list[str]:
        texts = [text for text in self.settings.get(key, "").split(",") if text]
        if len(texts) > MOST_VALUES:
            raise self.fault(f"{key} has {len(texts):,} values, at most {MOST_VALUES} are read")
        wrong = next((text for text in texts if not kind.fullmatch(text)), None)
        if wrong is not None:
            raise self.fault(f"{key} has “{shown(wrong, 30)}” where {what} are due")
        return texts


def parsed(data: bytes) -> list[Section]:
    """The sections of a text, [net] first, and at least one more. Raises Fault."""
    if len(data) > LARGEST:
        raise Fault(f"has {amount(len(data))}, far more than a Darknet network's text")
    if b"\0" in data:
        raise Fault("is no text")
    found: list[tuple[str, int, dict[str, str]]] = []
    for number, line in enumerate(re.split("\r\n|\r|\n", data.decode("utf-8-sig", "replace")), 1):
        text = "".join(line.partition("#")[0].split())
        if not text or text.startswith(";"):
            continue
        if text.startswith("[") and text.endswith("]"):
            name = text[1:-1].lower()
            found.append((SHORT.get(name, name), number, {}))
            continue
        key, equals, value = text.partition("=")
        if not equals or not found:
            wanted = "[section] or setting=value" if found else "[net], with which a Darknet network begins"
            raise Fault(f"has in line {number} “{shown(text, 40)}” in place of {wanted}")
        found[-1][2].setdefault(key.lower(), value)
    if not found or found[0][0] != "net":
        begins = f"begins with [{shown(found[0][0], 30)}]" if found else "has no sections"
        raise Fault(f"is no Darknet network: it {begins}, not with [net]")
    if len(found) > MOST_SECTIONS:
        raise Fault(f"has {len(found):,} sections, at most {MOST_SECTIONS:,} are read")
    if len(found) == 1:
        raise Fault("has no layers behind [net]")
    return [Section(*one) for one in found]
