"""How a page says when it wants the whole window: by a property, which what stands around it reads."""

from __future__ import annotations

WHOLE_WINDOW = "wholeWindow"
"""The property of a page that panels step aside for."""
WHOLE_BELOW = "wholeBelow"
"""The property of a page that they step aside for where the window is narrower than this, pixels."""
