"""What NAME|FILE means: a classic network, one of torchvision's, a file with a network, or the user's own code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from explorer.classics.catalogue import KERAS
from explorer.cli.manners import finished, tell_watcher
from explorer.engine import library, own_files
from explorer.engine.opening import READERS, open_file
from explorer.formats.words import amount
from explorer.maths.records import Progress
from explorer.maths.weight_records import WeightReport
from explorer.network.project import Project


def described(name: str, framework: str = "torch") -> Project:
    """The network to describe, as this framework builds it; a name gives it without weights.

    Raises a Refusal.
    """
    if framework == "keras":
        name = KERAS.get(name, name)
    return library.architecture(name) if name in library.DESCRIBED else _file(name)


def trained(name: str, accepted: bool) -> Project:
    """The network to run; a name gives it with trained weights, fetched where needed. Raises a Refusal.

    accepted: what the licence of a model forbids was agreed to.
    """
    if own_files.has(name):
        announce(name)
        project = finished(own_files.open_model(name, accepted))
        assert isinstance(project, Project)
        return project
    if name in library.NAMES:
        raise library.LibraryError(
            f"There are no trained weights for {name} in the model library, so it has nothing to say about a "
            f"picture; “cnn-explorer models” lists what has some."
        )
    return _file(name)


def announce(name: str) -> None:
    """Say what is about to be fetched, and from whom, where something is."""
    name = library.BY_WEIGHTS.get(name, name)
    card = next((card for card in library.cards() if card.name == name), None)
    if card is None or card.installed:
        return
    sha = card.sha256 if len(card.sha256) == 64 else f"{card.sha256}…"
    whence = f"{card.title}: {amount(card.size)} from {card.host}, {card.source}"
    tell_watcher(f"{whence}. Licence: {card.licence}. SHA-256: {sha}")


def _file(name: str) -> Project:
    project = finished(opened(name))
    assert isinstance(project, Project)
    return project


def opened(name: str) -> Iterator[Progress | WeightReport | Project]:
    """The network in a file, or of the user's own code, as it is read. Raises a Refusal."""
    path = Path(name)
    if ":" in path.name and not path.exists():
        from explorer.engine.own_code import open_own

        return open_own(name)
    if not path.exists() and not any(path.suffix.lower() in reader.endings for reader in READERS):
        raise library.LibraryError(library.unknown(name))
    return open_file(path)
