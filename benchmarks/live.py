"""A video's frame from pixels to a picture with boxes: ours beside OpenCV DNN, torch's modules and onnxruntime.

Each frame goes through all of them in turn, so that what else the machine does falls on all alike, and each computes
with as many threads as the worker does. The processor time of each stands beside ("busy"): it changes less where other
work runs. Ours is the question that the window asks of the worker, answered in this process, and what the Picture panel
draws; what it takes to get there in shared memory stands by itself. "torch eager" runs the same modules one by one, and
onnxruntime what we write as ONNX, between our own input and our own boxes; nothing of these is drawn. "boxes that
differ" are those of all frames that only ours or only torch eager finds: of that class, within 1 pixel and 0.001 of the
probability. Prints one JSON line: medians in ms, and ours divided by each peer.

Usage: python -m benchmarks.live [CFG_AND_WEIGHTS_STEM [VIDEO [FRAMES]]]; by default Yolo-Fastest 1.1 among the test
assets, and the sample photos' video of 640 × 480. A video needs OpenCV, which reads Darknet's files below version 5.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import torch
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from benchmarks.peers import absent, there
from explorer.engine.answers import answer
from explorer.engine.detecting import heads_of
from explorer.engine.probes import image_for
from explorer.engine.program import Program
from explorer.engine.questions import Export, OpenFile, Pixels, Watch
from explorer.formats import project_json, tensors
from explorer.layers.dense import Input
from explorer.layers.detection import Yolo
from explorer.maths.box_records import SHOWN, Limits, Thresholds
from explorer.maths.head_records import Head, Heads
from explorer.maths.heads import RawBoxes
from explorer.maths.shared_arrays import collect, lend, names, room
from explorer.network.project import Project
from explorer.ui.pictures.boxes_view import BoxesView
from explorer.ui.pictures.picture_view import image_of
from explorer.workspace.images import pixels_of
from explorer.workspace.video.generated import SHOT, generated

THREADS = max(1, (os.cpu_count() or 1) - 1)
LEAST, OVERLAP, NEAR = 0.25, 0.45, 1e-3
WARM_UP, FRAMES = 45, 100
"""Ours records the network behind the first frames, in parts."""
STEM = Path(__file__).resolve().parents[2] / "shared" / "assets" / "yolo-fastest-1.1"
DARKNET = "no package of it can be installed; it took 17.4 ms of a frame when the goal was set"

Step = Callable[[np.ndarray], object]


def last(question: object) -> Any:
    *_, result = answer(question)
    return result


def frames(path: str, count: int) -> Iterator[np.ndarray]:
    """Frames (H, W, 3) blue, green, red; of the sample photos' video where no other is named."""
    if path:
        import cv2

        video = cv2.VideoCapture(path)
        for _ in range(count):
            read, frame = video.read()
            if not read:
                return
            yield frame
    else:
        from explorer.workspace.samples import samples

        photos = [QImage(str(photo)) for photo in samples()]
        for number in range(count):  # some of each shot
            frame = generated(photos[number % len(photos)], number % SHOT)
            yield np.ascontiguousarray(frame[..., ::-1])


def coloured(frame: np.ndarray) -> np.ndarray:
    """A frame with red first, by Qt as the program's frames are made."""
    high, wide, _ = frame.shape
    return pixels_of(QImage(frame.data, wide, high, frame.strides[0], QImage.Format.Format_BGR888))


def ours(project: Project) -> dict[str, Step]:
    """The worker's answer, and what the panel draws."""
    data, view, blocks = project_json.dumped(project), BoxesView(), names(room(), "a")
    view.resize(768, 576)

    def whole(frame: np.ndarray) -> object:
        pixels = coloured(frame)
        seen = last(Watch(data, Pixels(pixels), thresholds=Thresholds(LEAST, OVERLAP)))
        view.show_image(image_of(pixels))
        view.show_guesses(seen.prediction.top, pixels.shape[1])
        view.grab()
        return seen.prediction.top

    def shared(frame: np.ndarray) -> None:
        collect(lend(Watch(data, Pixels(frame)), blocks))

    return {"ours": whole, "shared memory": shared}


def opencv(stem: str) -> Step:
    """OpenCV's own way: its reader, its resize, its suppression, its drawing."""
    import cv2

    cv2.setNumThreads(THREADS)
    net = cv2.dnn.readNetFromDarknet(f"{stem}.cfg", f"{stem}.weights")
    model = cv2.dnn.DetectionModel(net)
    model.setInputParams(size=(320, 320), scale=1 / 255, swapRB=True)

    def whole(frame: np.ndarray) -> None:
        classes, scores, boxes = model.detect(frame, LEAST, OVERLAP)
        drawn = frame.copy()
        for kind, score, (x, y, w, h) in zip(classes, scores, boxes, strict=True):
            cv2.rectangle(drawn, (x, y), (x + w, y + h), (0, 255, 0), 2)
            cv2.putText(drawn, f"{kind} {score:.1%}", (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 255, 0))

    return whole


def between(project: Project, forward: Callable[[torch.Tensor], dict[str, np.ndarray]], program: Program) -> Step:
    """Our own input before a forward pass, whose values it gives by node, and our own boxes behind it."""
    yolos = {id: head for id, head in heads_of(program).items() if isinstance(head, Yolo)}  # Darknet's have no others
    first = next(iter(yolos.values()))
    usual = Limits(suppression=first.suppression, beta=first.beta)

    def whole(frame: np.ndarray) -> object:
        pixels = Pixels(coloured(frame))
        image = image_for(pixels, project, program, next(iter(yolos)))
        found = forward(image)
        high, wide = image.shape[2:]
        scale = frame.shape[1] / wide, frame.shape[0] / high
        parts = (Head(id, found[id], found[id], head.anchors, head.chances, head.reach) for id, head in yolos.items())
        raw = RawBoxes(Heads(tuple(parts), (high, wide), (0.0, 0.0), scale, usual))
        return raw.guesses(Thresholds(LEAST, OVERLAP), SHOWN)

    return whole


def eager(project: Project) -> Step:
    """torch's modules one by one, with nothing fused and the weights as they came."""
    program = Program(project.network, tensors.read(project.weights))
    heads = heads_of(program)
    order = [node for node in project.network.order if node.id in project.network.before(heads)]

    def forward(image: torch.Tensor) -> dict[str, np.ndarray]:
        values: dict[str, torch.Tensor] = {}
        with torch.inference_mode():
            for node in order:
                fed = [values[id] for id in node.inputs]
                values[node.id] = image if isinstance(node.layer, Input) else program.module(node.id)(*fed)
        return {id: values[id][0].numpy() for id in heads}

    return between(project, forward, program)


def onnx(project: Project, folder: str) -> Step:
    """onnxruntime on what we write."""
    import onnxruntime

    path = str(Path(folder) / "yolo.onnx")
    last(Export(project, path))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # it would take the others' time
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    name, names = session.get_inputs()[0].name, [output.name for output in session.get_outputs()]

    def forward(image: torch.Tensor) -> dict[str, np.ndarray]:
        put_out = session.run(None, {name: image.numpy()})
        return dict(zip(names, (value[0] for value in put_out), strict=True))

    return between(project, forward, Program(project.network, tensors.read(project.weights)))


def differing(ours: Any, theirs: Any) -> int:
    """How many boxes of a frame have no like one among the other's; those just as sure as is asked aside."""

    def alike(a: Any, b: Any) -> bool:
        near = np.abs(np.subtract(a.box, b.box)).max() <= 1
        return bool(a.index == b.index and abs(a.probability - b.probability) <= NEAR and near)

    return sum(
        box.probability > LEAST + NEAR and not any(alike(box, other) for other in others)
        for some, others in ((ours, theirs), (theirs, ours))
        for box in some
    )


def main() -> None:
    """Run all in turn and print what they took."""
    stem, video, count = (*sys.argv[1:], *("", "", "")[len(sys.argv) - 1 :])[:3]
    stem = stem or str(STEM)
    if not Path(f"{stem}.weights").is_file():
        sys.exit(f"There is no {stem}.weights: name a Darknet network that is there.")
    torch.set_num_threads(THREADS)
    app = QApplication([])
    project = last(OpenFile(f"{stem}.weights"))
    missing = absent(OpenCV_DNN="cv2", onnxruntime="onnxruntime")
    with tempfile.TemporaryDirectory() as folder:
        runs = {**ours(project), "torch eager": eager(project)}
        runs |= {"OpenCV DNN": opencv(stem)} if there("cv2") else {}
        runs |= {"onnxruntime": onnx(project, folder)} if there("onnxruntime") else {}
        taken: dict[str, list[float]] = {name: [] for name in runs}
        busy: dict[str, list[float]] = {name: [] for name in runs}
        boxes = wrong = 0
        for number, frame in enumerate(frames(video, int(count or FRAMES) + WARM_UP)):
            found: dict[str, Any] = {}
            for name, run in runs.items():
                start, worked = time.perf_counter(), time.process_time()
                found[name] = run(frame)
                if number >= WARM_UP:
                    taken[name].append(time.perf_counter() - start)
                    busy[name].append(time.process_time() - worked)
            boxes += len(found["torch eager"])
            wrong += differing(found["ours"], found["torch eager"])
    medians, cpu = (
        {name: round(statistics.median(times) * 1000, 2) for name, times in all_times.items()}
        for all_times in (taken, busy)
    )
    peers = [name for name in runs if name not in ("ours", "shared memory")]
    ratios = {f"ours / {peer}": round(medians["ours"] / medians[peer], 2) for peer in peers}
    ratios |= {f"ours / {peer}, busy": round(cpu["ours"] / cpu[peer], 2) for peer in peers}
    about = {"bench": "live", "unit": "ms", "threads": THREADS, "frames": len(taken["ours"])}
    seen = {"boxes": boxes, "boxes that differ": wrong, "absent": missing | {"Darknet": DARKNET}}
    print(json.dumps({**about, **medians, "busy": cpu, **ratios, **seen}))
    app.quit()


if __name__ == "__main__":
    main()
