"""Layers as the text that is copied, pasted and dropped: how one knows it."""

from __future__ import annotations

FORMAT = "cnn-explorer nodes"
LARGEST = 4_000_000
"""Characters of a text that are still read."""


def is_copied(text: str) -> bool:
    """Whether a text says that it is of layers; reading it may still find that it is not."""
    return f'"{FORMAT}"' in text[:LARGEST]
