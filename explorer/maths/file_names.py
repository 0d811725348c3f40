"""Words of a document as the name of a file that every system takes."""

from __future__ import annotations

import unicodedata

DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789¹²³")}
"""What Windows takes for devices, whatever ending follows (Naming Files, Paths, and Namespaces; Microsoft Learn)."""
LONGEST = 200
"""Bytes: systems take 255, and an ending and a number follow."""


def file_name(words: str) -> str:
    """No folders, nothing a disk refuses, no device's name, and composed letters (NFC), as most systems write them."""
    composed = unicodedata.normalize("NFC", words[:80])
    name = "".join(c if c.isalnum() or c in "-_. " else "_" for c in composed)
    name = name.encode()[:LONGEST].decode(errors="ignore").strip(". ") or "Untitled"
    return f"_{name}" if name.split(".")[0].strip().upper() in DEVICES else name
