"""Where the program keeps what it can get again."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_cache_path, user_config_path, user_data_path, user_state_path

from explorer.formats import regular
from explorer.formats.answering import CONNECTED, in_time
from explorer.formats.atomic import CannotSave, replacing
from explorer.formats.words import refusal

NAME = "cnn-explorer"
VARIABLE = "CNN_EXPLORER_CACHE"
STORE = "CNN_EXPLORER_WEIGHTS"
"""Says where the weight store is instead: see `home.store`."""
ELSEWHERE = f"set {VARIABLE} to a folder you may write to"
LONGEST = 1 << 16
"""Bytes of a note that names a folder, at most."""


def cache() -> Path:
    """The cache folder, made where it is missing: the environment's CNN_EXPLORER_CACHE, or the one chosen in the
    window or by `models path`, or the system's. Raises CannotSave."""
    return _made(_cache(), ELSEWHERE)


def where(name: str = "") -> Path:
    """The cache folder, or one in it, that may not be there yet. Raises CannotSave where its disk does not answer."""
    folder = _cache() / name
    _asked(folder, lambda: os.path.lexists(folder), ELSEWHERE)
    return folder


def choose(folder: Path) -> None:
    """Keep things in another folder from now on, in every process. Raises CannotSave."""
    note = _made(_note().parent) / _note().name
    data = str(folder).encode()
    with replacing(note, len(data)) as file:
        file.write(data)


def models() -> Path:
    """Downloaded model files, as they came."""
    return _made(cache() / "models", ELSEWHERE)


def weights() -> Path:
    """The weight store: see `explorer.formats.tensors`; not in the cache where nothing can be written there."""
    return _made(Path(os.environ.get(STORE) or cache() / "weights"), ELSEWHERE)


def writable() -> bool:
    """Whether the weight store can be written, or made; nothing is. Waits for a disk that does not answer."""
    folder = _cache() / "weights"
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def own_models() -> Path:
    """The list of the user's own files in the model library; beside the settings, for it cannot be got again."""
    return _made(user_config_path(NAME, appauthor=False)) / "own-models.json"


def gallery() -> Path:
    """Of the style studio: the user's own pictures, not in the cache. It may not be there yet."""
    return user_data_path(NAME, appauthor=False) / "painted"


def painted() -> Path:
    """The gallery, made where it is missing. Raises CannotSave."""
    return _made(gallery())


def searches() -> Path:
    """What long works on folders of pictures found so far: see `explorer.formats.kept_work`."""
    return _made(cache() / "searches", ELSEWHERE)


def trainings() -> Path:
    """What networks learned so far in trainings that were paused: see `explorer.formats.training_file`. It may not be
    there yet."""
    return state() / "trainings"


def state() -> Path:
    """What is known of this program's own runs, such as unsaved edits; it may not be there yet."""
    return user_state_path(NAME, appauthor=False)


def _cache() -> Path:
    return Path(os.environ.get(VARIABLE) or _chosen() or user_cache_path(NAME, appauthor=False))


def _note() -> Path:
    """Where the choice is written down: a file of its own, for the command line reads no settings of Qt's."""
    return user_config_path(NAME, appauthor=False) / "cache-folder"


def _chosen() -> str:
    try:
        text = regular.data(_note(), LONGEST).decode().strip()
    except ValueError:  # there is none, or what is there is no such file
        return ""
    return text if os.path.isabs(text) else ""


def _made(folder: Path, instead: str = "") -> Path:
    """The folder, made where it is missing. instead: what else can be done where that fails. Raises CannotSave."""
    _asked(folder, lambda: folder.mkdir(parents=True, exist_ok=True), instead)
    return folder


def _asked(folder: Path, ask: Callable[[], object], instead: str) -> None:
    """Look for a folder, or make it. Raises CannotSave."""
    try:
        in_time(folder, ask)
    except TimeoutError as error:
        advice = f"{CONNECTED}, or {instead}" if instead else CONNECTED
        raise CannotSave(refusal(folder, "lies on a disk that does not answer", advice)) from error
    except OSError as error:
        reason = f"in {folder.parent} cannot be made, the system says “{error.strerror}”"
        raise CannotSave(refusal(folder, reason, instead or "look who may write there")) from error
