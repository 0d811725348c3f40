"""What NAME|FILE means: a classic network, one of torchvision's, or a file with a network."""

from __future__ import annotations

from pathlib import Path

from explorer.classics.catalogue import KERAS
from explorer.cli.manners import finished
from explorer.engine import library
from explorer.engine.opening import READERS, open_file
from explorer.network.project import Project


def described(name: str, framework: str = "torch") -> Project:
    """The network to describe, as this framework builds it; a name gives it without weights.

    Raises a Refusal.
    """
    if framework == "keras":
        name = KERAS.get(name, name)
    return library.architecture(name) if name in library.NAMES else _file(name)


def trained(name: str, accepted: bool) -> Project:
    """The network to run; a name gives it with trained weights, fetched where needed. Raises a Refusal.

    accepted: what the licence of a model forbids was agreed to.
    """
    if name in library.ENTRIES or name in library.BY_WEIGHTS:
        project = finished(library.open_model(name, accepted))
        assert isinstance(project, Project)
        return project
    if name in library.NAMES:
        raise library.LibraryError(
            f"There are no trained weights for {name} in the model library, so it has nothing to say about a "
            f"picture; “cnn-explorer models” lists what has some."
        )
    return _file(name)


def _file(name: str) -> Project:
    path = Path(name)
    if not path.exists() and not any(path.suffix.lower() in reader.endings for reader in READERS):
        raise library.LibraryError(library.unknown(name))
    project = finished(open_file(path))
    assert isinstance(project, Project)
    return project
