"""Which code answers which question. Each answer is imported when it is first asked for: torch takes seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from explorer.engine.library_questions import AddModel, Cache, GetModel, Models, MoveCache, OpenModel, RemoveModel
from explorer.engine.patch_questions import CutPatches, ExportSheet, FindPatches
from explorer.engine.questions import (
    Attribute,
    Compare,
    Decode,
    Detect,
    Devices,
    DreamOf,
    Explain,
    Export,
    Filters,
    LoadWeights,
    Look,
    OpenFile,
    OpenNetwork,
    OpenOwnCode,
    PictureFile,
    PictureNames,
    Predict,
    SearchWeights,
    Small,
    Weigh,
    XRay,
)
from explorer.maths.records import Progress
from explorer.network.placing import placed
from explorer.network.project import Project


def answer(question: Any) -> Iterator[Any]:
    """The steps that answer a question: `Progress` records, then results."""
    return ANSWERS[type(question)](question)


def _devices(question: Devices) -> Iterator[Any]:
    from explorer.engine.device import devices

    yield devices()


def _decode(question: Decode) -> Iterator[Any]:
    from explorer.formats.pictures import decode, from_pixels

    source = question.source
    if isinstance(source, PictureFile):
        yield decode(source.path, question.longest)
    else:
        yield from_pixels(source.pixels, source.name, question.longest)


def _picture_names(question: PictureNames) -> Iterator[Any]:
    from explorer.formats.picture_names import picture_names

    yield picture_names(question.folder)


def _small(question: Small) -> Iterator[Any]:
    from explorer.formats.picture_files import PictureError
    from explorer.formats.pictures import decode

    for place, path in question.paths:
        try:
            yield place, decode(path, question.longest)
        except PictureError:
            yield place, None


def _predict(question: Predict) -> Iterator[Any]:
    from explorer.engine.detecting import see

    yield from see(question)


def _detect(question: Detect) -> Iterator[Any]:
    from explorer.engine.detecting import detect

    yield from detect(question)


def _look(question: Look) -> Iterator[Any]:
    from explorer.engine.probes import look

    yield from look(question)


def _attribute(question: Attribute) -> Iterator[Any]:
    from explorer.engine.attribution import attribute

    yield from attribute(question)


def _dream(question: DreamOf) -> Iterator[Any]:
    from explorer.engine.dreaming import dream

    yield from dream(question)


def _explain(question: Explain) -> Iterator[Any]:
    from explorer.engine.explain import explain

    yield from explain(question)


def _xray(question: XRay) -> Iterator[Any]:
    from explorer.engine.xray import xray

    yield from xray(question)


def _find_patches(question: FindPatches) -> Iterator[Any]:
    from explorer.engine.patches import find

    yield from find(question)


def _cut_patches(question: CutPatches) -> Iterator[Any]:
    from explorer.engine.patch_pictures import cut

    yield from cut(question)


def _export_sheet(question: ExportSheet) -> Iterator[Any]:
    from explorer.engine.patch_pictures import write_sheet

    yield from write_sheet(question)


def _models(question: Models) -> Iterator[Any]:
    from explorer.engine.own_files import cards

    yield cards()


def _open_model(question: OpenModel) -> Iterator[Any]:
    from explorer.engine.own_files import open_model

    for step in open_model(question.name, question.accepted):
        yield placed(step) if isinstance(step, Project) else step


def _get_model(question: GetModel) -> Iterator[Any]:
    from explorer.engine.library import get

    yield from get(question.name, question.accepted)


def _add_model(question: AddModel) -> Iterator[Any]:
    from explorer.engine.own_files import add

    yield from add(question.path)


def _remove_model(question: RemoveModel) -> Iterator[Any]:
    from explorer.engine.own_files import remove

    yield remove(question.name, question.in_use)


def _cache(question: Cache) -> Iterator[Any]:
    from explorer.formats.moving import told

    yield told()


def _move_cache(question: MoveCache) -> Iterator[Any]:
    from explorer.formats.moving import move

    yield from move(question.folder)


def _open_network(question: OpenNetwork) -> Iterator[Any]:
    from explorer.engine.library import architecture

    yield placed(architecture(question.name))


def _open_file(question: OpenFile) -> Iterator[Any]:
    from explorer.engine.opening import open_file

    for step in open_file(question.path):
        yield placed(step) if isinstance(step, Project) else step


def _open_own_code(question: OpenOwnCode) -> Iterator[Any]:
    from explorer.engine.own_code import open_own

    for step in open_own(question.name, question.folder):
        yield placed(step) if isinstance(step, Project) else step


def _compare(question: Compare) -> Iterator[Any]:
    from explorer.engine.opening import open_file
    from explorer.network.diff import compare

    for step in open_file(question.old) if isinstance(question.old, str) else [Project(question.old)]:
        if isinstance(step, Project):
            yield compare(step.network, question.new)
        elif isinstance(step, Progress):
            yield step


def _load_weights(question: LoadWeights) -> Iterator[Any]:
    from pathlib import Path

    from explorer.engine.checkpoints import load_weights

    yield from load_weights(question.project, Path(question.path))


def _weigh(question: Weigh) -> Iterator[Any]:
    from explorer.engine.weighing import weigh

    yield weigh(question.project, question.node)


def _filters(question: Filters) -> Iterator[Any]:
    from explorer.engine.filters import filters

    yield from filters(question)


def _search_weights(question: SearchWeights) -> Iterator[Any]:
    from explorer.engine.weighing import search

    yield from search(question.project)


def _export(question: Export) -> Iterator[Any]:
    from explorer.engine.exports import export

    yield from export(question)


ANSWERS: dict[type, Callable[[Any], Iterator[Any]]] = {
    Devices: _devices,
    Decode: _decode,
    PictureNames: _picture_names,
    Small: _small,
    Predict: _predict,
    Detect: _detect,
    Look: _look,
    Attribute: _attribute,
    DreamOf: _dream,
    Explain: _explain,
    XRay: _xray,
    FindPatches: _find_patches,
    CutPatches: _cut_patches,
    ExportSheet: _export_sheet,
    Models: _models,
    OpenModel: _open_model,
    GetModel: _get_model,
    AddModel: _add_model,
    RemoveModel: _remove_model,
    Cache: _cache,
    MoveCache: _move_cache,
    OpenNetwork: _open_network,
    OpenFile: _open_file,
    OpenOwnCode: _open_own_code,
    LoadWeights: _load_weights,
    Weigh: _weigh,
    Filters: _filters,
    SearchWeights: _search_weights,
    Compare: _compare,
    Export: _export,
}
