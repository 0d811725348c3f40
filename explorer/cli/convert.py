"""`cnn-explorer convert NAME|FILE OUT`: write a network for other programs, by what OUT ends in."""

from __future__ import annotations

from pathlib import Path

from explorer.classics.catalogue import KERAS
from explorer.cli import sources
from explorer.cli.manners import finished, note, plain, untrained
from explorer.engine import own_files
from explorer.engine.exports import AlreadyThere, check_target, export
from explorer.engine.questions import Export
from explorer.maths.records import Exported
from explorer.network.project import Project

WITH_WEIGHTS = (".py", ".onnx", ".safetensors", ".cnnx")


def convert(name: str, target: str, framework: str, force: bool, accepted: bool) -> str:
    """The command's output: what was written. accepted: what the licence of a model forbids was agreed to."""
    try:
        check_target(target, force)  # before anything slow
        exported = finished(export(Export(_project(name, target, framework, accepted), target, framework, force)))
    except AlreadyThere as error:
        raise AlreadyThere(f"{error}, or give --force.") from error
    assert isinstance(exported, Exported)
    if exported.untrained:
        note(untrained(exported.untrained))
    if exported.left_out:
        note("Channels that are switched off or scaled are on in the file: only a project keeps that")
    return "\n".join(f"Written: {plain(file)}" for file in exported.files)


def _project(name: str, target: str, framework: str, accepted: bool) -> Project:
    """A name means the trained network where weights are written and the library has them."""
    otherwise = framework == "keras" and name in KERAS  # built otherwise there, so that no weights here fit
    if Path(target).suffix.lower() in WITH_WEIGHTS and not otherwise and own_files.has(name):
        return sources.trained(name, accepted)
    return sources.described(name, framework)
