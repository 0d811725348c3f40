"""Which code answers which question. Each answer is imported when it is first asked for: torch takes seconds."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from functools import partial
from importlib import import_module
from typing import Any

from explorer.engine.data_set_questions import Embed, Evaluate, EvaluateBoxes
from explorer.engine.fast_style_questions import ForecastTraining, TrainStyle
from explorer.engine.figures import DrawFigure
from explorer.engine.lab_questions import ReadShapes, SearchAnchors, SlidePyramid, SlideWindows, TimeStages
from explorer.engine.library_questions import AddModel, Cache, GetModel, Models, MoveCache, OpenModel, RemoveModel
from explorer.engine.patch_questions import CutPatches, ExportSheet, FindPatches, PatchSlopes
from explorer.engine.questions import (
    Attribute,
    Compare,
    Decode,
    Detect,
    Devices,
    DreamOf,
    Explain,
    Export,
    Glimpse,
    Look,
    OpenFile,
    OpenNetwork,
    OpenOwnCode,
    PictureFile,
    PictureNames,
    Predict,
    RankChannels,
    Small,
    Watch,
    WhatChanges,
    XRay,
)
from explorer.engine.studio_questions import GramOf, ReadStyled, WriteStyled
from explorer.engine.style_questions import ForecastStyle, StyleOf
from explorer.engine.weight_questions import Filters, LoadWeights, SearchWeights, Weigh
from explorer.maths.records import Picture, Progress
from explorer.maths.steps import saying
from explorer.network.grouping import arrived
from explorer.network.project import Project


def answer(question: Any) -> Iterator[Any]:
    """The steps that answer a question: `Progress` records, then results."""
    how = ANSWERS[type(question)]
    if isinstance(how, str):
        module, _, name = how.rpartition(".")
        how = getattr(import_module(f"explorer.engine.{module}"), name)
    yield from how(question)


def _devices(question: Devices) -> Iterator[Any]:
    from explorer.engine.device import devices

    yield devices()


def _decode(question: Decode) -> Iterator[Any]:
    from explorer.formats.pictures import decode, from_pixels

    source = question.source
    if isinstance(source, PictureFile):
        yield (yield from _read_patiently(source.path, lambda: decode(source.path, question.longest)))
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
            yield place, (yield from _read_patiently(path, partial(decode, path, question.longest)))
        except PictureError:
            yield place, None


def _read_patiently(path: str, read: Callable[[], Picture]) -> Generator[Progress, None, Picture]:
    """A picture, read in a thread of its own: where its disk takes long, other questions are heard.

    Raises PictureError, and TimeoutError where the disk falls silent amid it.
    """
    from explorer.formats.answering import patiently
    from explorer.formats.words import shown

    return (yield from saying(patiently(path, read), Progress(f"Reading {shown(os.path.basename(path), 60)}")))


def _models(question: Models) -> Iterator[Any]:
    from explorer.engine.own_files import cards

    yield cards()


def _open_model(question: OpenModel) -> Iterator[Any]:
    from explorer.engine.own_files import open_model

    for step in open_model(question.name, question.accepted):
        yield arrived(_as_large(step, question), question.direction) if isinstance(step, Project) else step


def _as_large(project: Project, question: OpenModel) -> Project:
    """The network with an Input as large as it is to paint, where it paints in several sizes."""
    from explorer.layers.painted import sized

    return (sized(project, question.shape, question.painted) if question.painted else None) or project


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

    yield arrived(architecture(question.name), question.direction)


def _open_file(question: OpenFile) -> Iterator[Any]:
    from explorer.engine.opening import open_file

    for step in open_file(question.path):
        yield arrived(step, question.direction) if isinstance(step, Project) else step


def _open_own_code(question: OpenOwnCode) -> Iterator[Any]:
    from explorer.engine.own_code import open_own

    for step in open_own(question.name, question.folder):
        yield arrived(step, question.direction) if isinstance(step, Project) else step


def _compare(question: Compare) -> Iterator[Any]:
    from explorer.engine.opening import open_file
    from explorer.engine.weight_changes import compared

    old = question.old
    for step in open_file(old) if isinstance(old, str) else [old]:
        if isinstance(step, Project):
            yield from compared(step, question.new)
        elif isinstance(step, Progress):
            yield step


def _load_weights(question: LoadWeights) -> Iterator[Any]:
    from pathlib import Path

    from explorer.engine.checkpoints import load_weights

    yield from load_weights(question.project, Path(question.path))


def _weigh(question: Weigh) -> Iterator[Any]:
    from explorer.engine.weighing import weigh

    yield weigh(question.project, question.node)


def _search_weights(question: SearchWeights) -> Iterator[Any]:
    from explorer.engine.weighing import search

    yield from search(question.project)


ANSWERS: dict[type, str | Callable[[Any], Iterator[Any]]] = {
    Devices: _devices,
    Decode: _decode,
    PictureNames: _picture_names,
    Small: _small,
    Glimpse: "glimpses.glimpse",
    Predict: "detecting.see",
    Detect: "detecting.detect",
    Look: "probes.look",
    Watch: "watching.watch",
    Attribute: "attribution.attribute",
    WhatChanges: "effects.what_changes",
    RankChannels: "effects.rank_channels",
    DreamOf: "dreaming.dream",
    StyleOf: "style_transfer.style",
    TrainStyle: "fast_style.train",
    WriteStyled: "studio_files.write_styled",
    GramOf: "gram_matrix.gram_matrix",
    ReadStyled: "studio_files.read_styled",
    ForecastStyle: "style_forecast.forecast",
    ForecastTraining: "training_forecast.forecast",
    Explain: "explain.explain",
    XRay: "xray.xray",
    FindPatches: "patches.find",
    CutPatches: "patch_pictures.cut",
    PatchSlopes: "patch_slopes.slopes",
    ExportSheet: "patch_pictures.write_sheet",
    Evaluate: "data_set.evaluate",
    EvaluateBoxes: "detection_set.evaluate",
    Embed: "embedding.embed",
    ReadShapes: "anchor_search.read_shapes",
    SearchAnchors: "anchor_search.search_anchors",
    TimeStages: "stage_times.time_stages",
    SlideWindows: "sliding_windows.slide",
    SlidePyramid: "pyramid.slide",
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
    Filters: "filters.filters",
    SearchWeights: _search_weights,
    Compare: _compare,
    Export: "exports.export",
    DrawFigure: "figures.draw_figure",
}
"""A name is that of a function of the engine which takes the question itself."""
