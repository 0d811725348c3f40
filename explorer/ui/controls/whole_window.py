"""How a page says that it wants the whole window: by a property, which what stands around it reads."""

from __future__ import annotations

WHOLE_WINDOW = "wholeWindow"
"""The property of a page that panels step aside for."""
