"""A question of every kind that the worker answers for a while, on a small network and a few photos."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np

from explorer.classics.catalogue import CLASSICS
from explorer.engine.data_set_questions import Embed, Evaluate
from explorer.engine.fast_style_questions import TrainStyle
from explorer.engine.lab_questions import SearchAnchors, SlideWindows, TimeStages
from explorer.engine.patch_questions import FindPatches
from explorer.engine.questions import (
    Attribute,
    Compare,
    Decode,
    DreamOf,
    Explain,
    Export,
    Look,
    OpenFile,
    OpenNetwork,
    PictureFile,
    Pixels,
    Predict,
    RankChannels,
    Watch,
    XRay,
)
from explorer.engine.style_questions import StyleOf, StylePicture
from explorer.engine.weight_questions import Filters, SearchWeights, Weigh
from explorer.formats import project_file, project_json
from explorer.maths.records import Place
from explorer.maths.resources import resources
from explorer.probes.attribution import METHODS
from explorer.probes.dreaming import Dream
from explorer.probes.fast_style import FastStyle
from explorer.probes.style import Style
from tests.style_side import painter

NODE = "conv2"
NAMES = (
    "predict", "look", "watch", "decode", "open", "file", "attribute", "rank", "dream", "explain", "xray", "filters",
    "weigh", "search weights", "compare", "export", "patches", "style", "style in tiles", "train style", "evaluate",
    "embed", "windows", "anchors", "stages",
)  # fmt: skip


def every_job(folder: Path) -> dict[str, tuple[str, Any]]:
    """By name: a lane and a question."""
    photos = folder / "photos"
    photos.mkdir()
    samples = sorted((resources() / "samples").glob("*.jpg"))
    for number in range(24):
        shutil.copy(samples[number % len(samples)], photos / f"{number}.jpg")
    project = CLASSICS["lenet5"].project
    saved = folder / "lenet5.cnnx"
    project_file.write(saved, project)
    source = PictureFile(str(samples[0]))
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (120, 160, 3), np.uint8)
    judge, styled = painter(), StylePicture(Pixels(pixels))
    style = StyleOf(judge, source, (styled,), Style(size=64, steps=8))
    tiled = StyleOf(judge, source, (styled,), Style(size=128, steps=5, tile=64, start="noise"))
    lesson = FastStyle(size=32, stroke=32, steps=4, batch=2, channels=4)
    found: dict[str, tuple[str, Any]] = {
        "predict": ("predict", Predict(project, source)),
        "look": ("maps", Look(project, source, (NODE,))),
        "watch": ("live", Watch(project_json.dumped(project), Pixels(pixels), (NODE,))),
        "decode": ("picture", Decode(source)),
        "open": ("model", OpenNetwork("resnet18")),
        "file": ("model", OpenFile(str(saved))),
        "attribute": ("attribution", Attribute(project, source, tuple(method() for method in METHODS))),
        "rank": ("effects", RankChannels(project, source, NODE)),
        "dream": ("dream", DreamOf(project, Place(NODE, 0), Dream(start="noise"))),
        "explain": ("explain", Explain(project, source, Place(NODE, 0))),
        "xray": ("xray", XRay(project, source)),
        "filters": ("filters", Filters(project, NODE, order="similarity")),
        "weigh": ("weights", Weigh(project, NODE)),
        "search weights": ("weights", SearchWeights(project)),
        "compare": ("compare", Compare(CLASSICS["resnet50"].project, CLASSICS["resnet101"].project)),
        "export": ("export", Export(project, str(folder / "net.onnx"), replace=True)),
        "patches": ("patches", FindPatches(project, (NODE,), str(photos))),
        "style": ("style 1", style),
        "style in tiles": ("style 2", tiled),
        "train style": ("teach", TrainStyle(judge, source, str(photos), str(folder / "net.training"), lesson)),
        "evaluate": ("data set", Evaluate(project, str(photos))),
        "embed": ("embedding", Embed(random.random((60, 8), np.float32), 10.0)),
        "windows": ("lab windows", SlideWindows(pixels[:28, :28])),
        "anchors": ("lab anchors", SearchAnchors(random.random((200, 2)))),
        "stages": ("lab stages", TimeStages("AlexNet", side=96, regions=20, few=5)),
    }
    assert tuple(found) == NAMES
    return found
