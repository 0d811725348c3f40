"""A detector over labelled pictures: Darknet's own boxes as labels, pycocotools as the judge, and the command."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)
from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.cli.commands import main
from explorer.engine import detection_set
from explorer.engine.answers import answer
from explorer.engine.data_set_questions import EvaluateBoxes
from explorer.engine.opening import open_file
from explorer.engine.program import ProgramError
from explorer.engine.questions import Detect, PictureFile
from explorer.formats.labels.problems import LabelError
from explorer.maths.box_matching import Found, Truth, areas
from explorer.maths.detection_records import DetectionEvaluation, DetectionSet
from explorer.maths.labelled import Labelled, LabelledPicture
from explorer.maths.records import Progress
from explorer.network.project import Project, Recipe
from tests.label_files import write_coco, write_voc, write_yolo
from tests.test_average_precision import COCO_NAMES, by_pycocotools
from tests.test_cli import failed
from tests.test_detecting import two_heads
from tests.test_patches import cache, noise, small  # noqa: F401

MODEL = "yolo-fastest-1.1"


def last(question: EvaluateBoxes) -> tuple[DetectionSet, DetectionEvaluation]:
    *before, result = answer(question)
    (listed,) = (step for step in before if isinstance(step, DetectionSet))
    assert isinstance(result, DetectionEvaluation)
    assert all(isinstance(step, Progress | DetectionSet | DetectionEvaluation) for step in before)
    return listed, result


def opened(assets: Path) -> Project:
    *_, project = open_file(assets / f"{MODEL}.cfg")
    return project


def darknets(assets: Path, names: tuple[str, ...]) -> list[LabelledPicture]:
    """What Darknet's own program finds in the pictures, as if people had drawn it."""
    reference = json.loads((assets / "reference" / "detections.json").read_text())["models"][MODEL]["images"]
    pictures = []
    for file, said in reference.items():
        size = said["width"], said["height"]
        things = []
        for one in said["darknet"]["stretch"]["nms_iou"]:
            x, y, half_w, half_h = one["cx"], one["cy"], one["w"] / 2, one["h"] / 2
            left, top, right, bottom = np.array([x - half_w, y - half_h, x + half_w, y + half_h]) * (size * 2)
            things.append(Labelled(names[one["class_id"]], (left, top, right, bottom)))
        pictures.append(LabelledPicture(file, tuple(things), size))
    return pictures


@pytest.mark.parametrize("write", [write_coco, write_voc, write_yolo])
def test_darknet_s_boxes_are_found(assets: Path, cache: Path, tmp_path: Path, write) -> None:
    project = opened(assets)
    names = project.recipe.labels
    labelled = darknets(assets, names)
    labels = write(tmp_path, labelled, [*names, "unicorn"] if write is write_coco else names)
    question = EvaluateBoxes(project, str(assets / "images"), str(labels))
    listed, found = last(question)
    assert (found.done, found.broken, found.notes, listed.untrained) == (len(labelled), (), (), False)
    assert listed.strange == (("unicorn",) if write is write_coco else ())
    summary = found.scores.summary
    assert summary["AP50"] > 0.97, "but for what lies near Darknet's own threshold"
    assert summary["VOC"] > 0.97
    assert 0.9 < summary["AP"] <= summary["AP50"]
    if write is write_coco:
        truths, guesses = [], []
        for picture in labelled:
            boxes = np.array([thing.box for thing in picture.things]).reshape(-1, 4)
            classes = np.array([names.index(thing.label) for thing in picture.things], np.int64)
            no = np.zeros(len(boxes), bool)
            truths.append(Truth(boxes, classes, areas(boxes), no, no))
            source = PictureFile(str(assets / "images" / picture.path))
            *_, prediction = answer(Detect(project, source, count=100, least=question.least))
            rows = np.array([(*one.box, one.index, one.probability) for one in prediction.top]).reshape(-1, 6)
            guesses.append(Found(rows[:, :4], rows[:, 4].astype(np.int64), rows[:, 5]))
        stats, _ = by_pycocotools(truths, guesses, len(names))
        mine = [summary[name] for name in COCO_NAMES]
        assert np.nan_to_num(mine, nan=-1) == pytest.approx(stats, abs=2e-3), "boxes are kept in 32 bits"


def test_what_was_found_serves_other_labels(assets: Path, cache: Path, tmp_path: Path, monkeypatch) -> None:
    """All that is asked again is judged again, and no picture is looked at."""
    project = opened(assets)
    names = project.recipe.labels
    labelled = darknets(assets, names)[:3]
    first = last(EvaluateBoxes(project, str(assets / "images"), str(write_coco(tmp_path, labelled, names))))
    monkeypatch.setattr(detection_set.EvaluatedBoxes, "take", None)
    again = last(EvaluateBoxes(project, str(assets / "images"), str(tmp_path / "instances.json")))
    assert again[1].scores.summary == pytest.approx(first[1].scores.summary, nan_ok=True)
    assert "Left out, for want of labels: 5 of 8 pictures." in first[0].notes
    nothing = [LabelledPicture(one.path, (), one.size) for one in labelled]
    _, wrong = last(EvaluateBoxes(project, str(assets / "images"), str(write_coco(tmp_path, nothing, names))))
    assert wrong.scores.classes == ()
    assert not wrong.missed.any()
    assert wrong.surest_wrong, "all that is found is of nothing"
    surest = [wrong.faults[number].surest for number in wrong.surest_wrong]
    assert surest == sorted(surest, reverse=True)
    assert all(score > detection_set.SHOWN for score in surest)


def boxes_for(folder: Path, things: tuple[Labelled, ...]) -> list[LabelledPicture]:
    return [LabelledPicture(file.name, things, (26, 30)) for file in sorted(folder.iterdir())]


def test_work_that_was_stopped_goes_on(cache: Path, tmp_path: Path, monkeypatch) -> None:
    folder = noise(tmp_path / "pictures", 20)
    (folder / "03.png").write_bytes(b"\x89PNG")
    project = Project(two_heads(), recipe=Recipe(labels=("cat", "dog", "tv")))
    things = (
        Labelled("Dog", (3, 4, 20, 25)),
        Labelled("tvmonitor", (0, 0, 9, 9), difficult=True),
        Labelled("ox", (0, 0, 1, 1)),
    )
    labels = write_voc(tmp_path, boxes_for(folder, things), ())
    question = EvaluateBoxes(project, str(folder), str(labels), least=0.0, overlap=0.5)
    monkeypatch.setattr(detection_set.EvaluatedBoxes, "_batch", 4)
    listed, whole = last(question)
    assert listed.untrained
    assert listed.meant == (("Dog", "dog"), ("tvmonitor", "tv"))
    assert listed.strange == ("ox",)
    assert [one.path for one in whole.broken] == ["03.png"]
    assert whole.done == 20
    assert whole.scores.classes == (1,)
    assert whole.scores.things.tolist() == [19]
    shutil.rmtree(cache)
    steps = answer(question)
    half = next(step for step in steps if isinstance(step, Progress) and step.done == 8)
    steps.close()
    assert half.total == 20
    begun, *_, gone_on = (step for step in answer(question) if isinstance(step, DetectionEvaluation))
    assert begun.done == 8
    assert gone_on.scores.summary == pytest.approx(whole.scores.summary, nan_ok=True)
    assert np.array_equal(gone_on.scores.precision, whole.scores.precision)
    assert np.array_equal(gone_on.missed, whole.missed)
    assert gone_on.broken == whole.broken


def test_labels_that_do_not_fit(assets: Path, cache: Path, tmp_path: Path) -> None:
    folder = noise(tmp_path / "pictures", 3)
    project = Project(two_heads(), recipe=Recipe(labels=("cat", "dog", "tv")))
    labelled = boxes_for(folder, (Labelled("dog", (3, 4, 20, 25)),))
    turned = LabelledPicture("00.png", labelled[0].things, (30, 26))
    question = EvaluateBoxes(project, str(folder), str(write_coco(tmp_path, [turned, *labelled[1:]], ["dog"])))
    _, found = last(question)
    (sentence,) = found.notes
    assert "“00.png” has 26 × 30 pixels, its labels are of 30 × 26" in sentence
    assert found.scores.things.tolist() == [2]
    strange = [LabelledPicture("00.png", (Labelled("ox", (0, 0, 9, 9)),), (26, 30))]
    with pytest.raises(LabelError, match="names no class of the network, but ox"):
        last(EvaluateBoxes(project, str(folder), str(write_coco(tmp_path, strange, ["ox"]))))
    others = [LabelledPicture("else.png", (Labelled("dog", (0, 0, 9, 9)),), (26, 30))]
    with pytest.raises(LabelError, match="speaks of no picture in the folder"):
        last(EvaluateBoxes(project, str(folder), str(write_coco(tmp_path, others, ["dog"]))))
    with pytest.raises(ProgramError, match="has no head that finds boxes"):
        last(EvaluateBoxes(small(), str(folder), str(tmp_path)))


def test_the_command(assets: Path, cache: Path, tmp_path: Path, capsys) -> None:
    folder = tmp_path / "pictures"
    shutil.copytree(assets / "images", folder)
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    with Image.open(folder / "dog.jpg", formats=("JPEG",)) as image:
        size = image.size
    labelled = [
        LabelledPicture("dog.jpg", (Labelled("Dog", (120, 190, 380, 530)), Labelled("ox", (0, 0, 9, 9)),
                                    Labelled("motorcycle", (9, 9, 99, 99))), size),
        LabelledPicture("broken.jpg", (), (10, 10)),
    ]  # fmt: skip
    labels = str(write_voc(tmp_path, labelled, ()))
    model = str(assets / f"{MODEL}.cfg")
    assert main(["evaluate", model, str(folder), "--labels", labels, "--json"]) == 0
    out, err = capsys.readouterr()
    said = json.loads(out)
    assert (said["pictures"], said["AP50"], said["AP_small"], said["VOC"]) == (2, 0.5, None, 0.5)
    assert [(one["label"], one["things"], one["AP50"]) for one in said["classes"]] == [
        ("motorbike", 1, 0.0), ("dog", 1, 1.0),
    ]  # fmt: skip
    assert all(len(one["precision"]) == len(said["recall"]) == 101 for one in said["classes"])
    (worst,) = said["worst"]
    assert (worst["picture"], worst["missed"]) == ("dog.jpg", 1)
    assert (said["meant"], said["strange"]) == ({"Dog": "dog", "motorcycle": "motorbike"}, ["ox"])
    assert said["broken"][0]["picture"] == "broken.jpg"
    assert "1 of 2 files could not be read; the first: “broken.jpg”" in err
    assert "Taken for the same: Dog and dog, motorcycle and motorbike" in err
    assert "No class of the network is called: ox" in err
    assert "Left out, for want of labels: 7 of 9 pictures." in err
    assert main(["evaluate", model, str(folder), "--labels", labels]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["2", "pictures,", "2", "things"]
    assert any(line.split() == ["AP,", "overlap", "0.5", "50.0%"] for line in lines)
    assert any(line.startswith("mean") for line in lines)
    assert any(line == "1 missed: dog.jpg" for line in lines)
    assert "give --labels" in failed(capsys, "evaluate", model, str(folder))
    wrong = str(tmp_path / "none.json")
    assert "“none.json” was not found" in failed(capsys, "evaluate", model, str(folder), "--labels", wrong)
    table = tmp_path / "scores.csv"
    ask = ("evaluate", model, str(folder), "--labels", labels, "--csv")
    assert "cannot hold scores" in failed(capsys, *ask, "a.txt")
    assert main([*ask, str(table)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"Written: {table}"
    with table.open(newline="", encoding="utf-8") as file:
        rows = {row["class"]: row for row in csv.DictReader(file)}
    assert list(rows) == ["motorbike", "dog", "mean of all classes"]
    for one in said["classes"]:
        row = rows[one["label"]]
        assert [float(row[name]) for name in ("AP", "AP50", "AP VOC")] == pytest.approx(
            [one["AP"], one["AP50"], one["VOC"]], abs=1e-6
        )
        assert (int(row["things"]), int(row["found"])) == (one["things"], one["found"])
        curve = [float(row[f"precision at recall {recall:.2f}"]) for recall in said["recall"]]
        assert curve == pytest.approx(one["precision"], abs=1e-6)
    assert float(rows["mean of all classes"]["AP50"]) == said["AP50"]
    assert "is there already" in failed(capsys, *ask, str(table))
    assert main([*ask, str(table), "--force", "--json"]) == 0
