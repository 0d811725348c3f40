"""Every test runs off screen, with its own empty cache and settings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "assets"


@pytest.fixture(scope="session")
def assets() -> Path:
    """Real weights, pictures and reference results beside the project."""
    if not SHARED.is_dir():
        pytest.skip("the shared assets are not beside the project")
    return SHARED
