"""A video's frame from pixels to a picture with boxes: ours beside OpenCV DNN and onnxruntime.

Each frame goes through all of them in turn, so that what else the machine does falls on all alike, and each computes
with as many threads as the worker does. The processor time of each stands beside ("busy"): it changes less where other
work runs. Ours is the question that the window asks of the worker, answered in this process, and what the Picture panel
draws; what it takes to get there in shared memory stands by itself. onnxruntime runs what we write as ONNX, between our
own input and our own boxes; nothing of it is drawn. Prints one JSON line: medians in ms, and ours divided by each peer
(goal: at most 0.85 of OpenCV's).

Usage: python -m benchmarks.live CFG_AND_WEIGHTS_STEM VIDEO [FRAMES]; needs opencv-python-headless below 5, which reads
Darknet's files.
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

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import cv2
import numpy as np
import onnxruntime
import torch
from PySide6.QtWidgets import QApplication

from explorer.engine.answers import answer
from explorer.engine.detecting import heads_of
from explorer.engine.probes import image_for
from explorer.engine.program import Program
from explorer.engine.questions import Export, OpenFile, Pixels, Watch
from explorer.formats import project_json, tensors
from explorer.maths.box_records import SHOWN, Thresholds
from explorer.maths.head_records import Head, Heads
from explorer.maths.heads import RawBoxes
from explorer.maths.shared_arrays import collect, lend
from explorer.network.project import Project
from explorer.ui.pictures.boxes_view import BoxesView
from explorer.ui.pictures.picture_view import image_of

THREADS = max(1, (os.cpu_count() or 1) - 1)
LEAST, OVERLAP = 0.25, 0.45
WARM_UP = 5

Step = Callable[[np.ndarray], None]


def last(question: object) -> object:
    *_, result = answer(question)
    return result


def frames(path: str, count: int, decode: list[float]) -> Iterator[np.ndarray]:
    """Frames (H, W, 3) blue, green, red, and how long each took to decode."""
    video = cv2.VideoCapture(path)
    for _ in range(count):
        start = time.perf_counter()
        there, frame = video.read()
        decode.append(time.perf_counter() - start)
        if not there:
            return
        yield frame


def ours(project: Project) -> dict[str, Step]:
    """The worker's answer, and what the panel draws."""
    data, view = project_json.dumped(project), BoxesView()
    view.resize(768, 576)

    def whole(frame: np.ndarray) -> None:
        pixels = cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
        seen = last(Watch(data, Pixels(pixels)))
        view.show_image(image_of(pixels))
        view.show_guesses(seen.prediction.top, pixels.shape[1])
        view.grab()

    def there(frame: np.ndarray) -> None:
        collect(lend(Watch(data, Pixels(frame))))

    return {"ours": whole, "shared memory": there}


def opencv(stem: str) -> Step:
    """OpenCV's own way: its reader, its resize, its suppression, its drawing."""
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


def onnx(project: Project, folder: str) -> Step:
    """onnxruntime on what we write, our input before it and our boxes behind it; nothing is drawn."""
    path = str(Path(folder) / "yolo.onnx")
    last(Export(project, path))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # it would take the others' time
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    program = Program(project.network, tensors.read(project.weights))
    heads, name = heads_of(program), session.get_inputs()[0].name
    names = [output.name for output in session.get_outputs()]

    def whole(frame: np.ndarray) -> None:
        pixels = Pixels(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))
        image = image_for(pixels, project, program, next(iter(heads)))
        put_out = session.run(None, {name: image.numpy()})
        found = dict(zip(names, (value[0] for value in put_out), strict=True))
        high, wide = image.shape[2:]
        scale = frame.shape[1] / wide, frame.shape[0] / high
        parts = (Head(id, found[id], found[id], head.anchors, head.chances, head.reach) for id, head in heads.items())
        RawBoxes(Heads(tuple(parts), (high, wide), (0.0, 0.0), scale)).guesses(Thresholds(LEAST, OVERLAP), SHOWN)

    return whole


def main() -> None:
    """Run all in turn and print what they took."""
    stem, video, *rest = sys.argv[1:]
    count = int(rest[0]) if rest else 100
    torch.set_num_threads(THREADS)
    cv2.setNumThreads(THREADS)
    app = QApplication([])
    project = last(OpenFile(f"{stem}.weights"))
    decode: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        runs = {**ours(project), "opencv": opencv(stem), "onnxruntime": onnx(project, folder)}
        taken: dict[str, list[float]] = {name: [] for name in runs}
        busy: dict[str, list[float]] = {name: [] for name in runs}
        for number, frame in enumerate(frames(video, count + WARM_UP, decode)):
            for name, run in runs.items():
                start, worked = time.perf_counter(), time.process_time()
                run(frame)
                if number >= WARM_UP:
                    taken[name].append(time.perf_counter() - start)
                    busy[name].append(time.process_time() - worked)
    medians, cpu = (
        {name: round(statistics.median(times) * 1000, 2) for name, times in all_times.items()}
        for all_times in (taken, busy)
    )
    ratios = {f"ours / {peer}": round(medians["ours"] / medians[peer], 2) for peer in ("opencv", "onnxruntime")}
    ratios |= {f"ours / {peer}, busy": round(cpu["ours"] / cpu[peer], 2) for peer in ("opencv", "onnxruntime")}
    decoded = round(statistics.median(decode) * 1000, 2)
    about = {"bench": "live", "unit": "ms", "threads": THREADS, "frames": len(taken["ours"]), "decode": decoded}
    print(json.dumps({**about, **medians, "busy": cpu, **ratios}))
    app.quit()


if __name__ == "__main__":
    main()
