"""Labels in COCO's, Pascal VOC's and YOLO's formats: the same boxes out of all, and one sentence for each fault."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.formats.labels.matching import classes_of, pictures_of
from explorer.formats.labels.problems import MOST, LabelError
from explorer.formats.labels.reading import read
from explorer.formats.labels.yolo import names_for
from explorer.maths.labelled import Labelled, LabelledPicture, LabelSet
from explorer.maths.sentences import LONGEST
from tests.label_files import write_coco, write_voc, write_yolo

NAMES = ("cat", "dog & <cow>", "käse")
SOME = (
    LabelledPicture("a.jpg", (Labelled("cat", (3, 4, 20, 30)), Labelled("käse", (0, 0, 100, 50))), (100, 50)),
    LabelledPicture("in/b.png", (Labelled("dog & <cow>", (1, 2, 9, 11), difficult=True),), (64, 32)),
    LabelledPicture("in/c.jpeg", (), (10, 10)),
)


def labels(path: Path) -> LabelSet:
    *_, found = read(path)
    assert isinstance(found, LabelSet)
    assert all(len(sentence) <= LONGEST and "\n" not in sentence for sentence in found.problems)
    return found


def problem(path: Path) -> str:
    with pytest.raises(LabelError) as refused:
        labels(path)
    assert len(str(refused.value)) <= LONGEST
    return str(refused.value)


def sides(thing: Labelled, picture: LabelledPicture) -> list[float]:
    width, height = picture.size or (1, 1)
    return [side / size for side, size in zip(thing.box, (width, height, width, height), strict=True)]


@pytest.mark.parametrize("write", [write_coco, write_voc, write_yolo])
def test_the_same_boxes_from_each_format(write, tmp_path: Path) -> None:
    found = labels(write(tmp_path, SOME, NAMES))
    assert found.problems == ()
    assert sorted(found.names) == sorted(NAMES)
    assert len(found.pictures) == len(SOME)
    files = [picture.path for picture in SOME]
    by_file, told = pictures_of(files, found.pictures)
    assert told == []
    for number, expected in enumerate(SOME):
        picture = by_file[number]
        assert picture.size == (None if write is write_yolo else expected.size)
        assert [thing.label for thing in picture.things] == [thing.label for thing in expected.things]
        for thing, wanted in zip(picture.things, expected.things, strict=True):
            assert sides(thing, picture) == pytest.approx(sides(wanted, expected), abs=1e-5)
            assert thing.difficult == (wanted.difficult and write is write_voc)


# COCO


def coco(tmp_path: Path, **parts: object) -> Path:
    whole = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 10, "height": 10}],
        "categories": [{"id": 7, "name": "cat", "supercategory": "animal"}],
        "annotations": [],
    }
    file = tmp_path / "labels.json"
    file.write_text(json.dumps(whole | parts))
    return file


def thing(**changes: object) -> dict[str, object]:
    return {"id": 1, "image_id": 1, "category_id": 7, "bbox": [1, 2, 3, 4]} | changes


def test_what_coco_says_of_a_box(tmp_path: Path) -> None:
    found = labels(coco(tmp_path, annotations=[thing(iscrowd=1, area=5.5, segmentation=[[1, 2, 3]]), thing()]))
    (picture,) = found.pictures
    assert picture.things == (
        Labelled("cat", (1, 2, 4, 6), crowd=True, area=5.5),
        Labelled("cat", (1, 2, 4, 6)),
    )


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"bbox": [1, 2, 3]}, "annotations[1].bbox"), ({"bbox": [1, 2, -3, 4]}, "-3 × 4 pixels at annotations[1]"),
        ({"bbox": [1, 2, 3, 1e300]}, "at annotations[1]"), ({"bbox": "1234"}, "annotations[1].bbox"),
        ({"bbox": [1, 2, 3, True]}, "annotations[1].bbox"), ({"image_id": 3}, "no picture of the id 3"),
        ({"category_id": 8}, "no category of the id 8"), ({"category_id": "7"}, "annotations[1].category_id"),
        ({"iscrowd": 2}, "iscrowd at annotations[1]"), ({"area": "x"}, "annotations[1].area"),
    ],
)  # fmt: skip
def test_one_wrong_box_is_left_out(tmp_path: Path, wrong: dict[str, object], told: str) -> None:
    found = labels(coco(tmp_path, annotations=[thing(), thing(**wrong), thing()]))
    assert len(found.pictures[0].things) == 2
    (sentence,) = found.problems
    assert told in sentence
    assert sentence.startswith("“labels.json”")


def test_what_is_no_file_of_coco(tmp_path: Path) -> None:
    assert "something else than a list" in problem(coco(tmp_path, images={}))
    assert "annotations" in problem(coco(tmp_path, annotations=None))
    file = tmp_path / "x.json"
    for text, told in (
        ("[]", "an object at the top"), ("{", "is not JSON"), ('{"images": [], "images": []}', "twice"),
        ("[" * 100_000, "nested too deeply"), ('{"images": [NaN]}', "NaN"),
    ):  # fmt: skip
        file.write_text(text)
        assert told in problem(file)
    twins = labels(coco(tmp_path, categories=[{"id": 1, "name": "a"}, {"id": 1, "name": "b"}, {"id": 2}, 5]))
    assert twins.names == ("a",)
    assert "and 2 more faults" in twins.problems[0]
    with file.open("wb") as large:
        large.truncate(60_000_000)
    assert "at most 50.0 MB is read" in problem(file)
    assert "was not found" in problem(tmp_path / "none.json")
    (tmp_path / "a.xml").write_text("<annotation/>")
    assert "neither a folder nor a .json file" in problem(tmp_path / "a.xml")
    assert "was not found" in problem(tmp_path / "nowhere")


# Pascal VOC

SIZE = "<size><width>10</width><height>8</height><depth>3</depth></size>"
BOX = "<bndbox><xmax>5</xmax><xmin>1</xmin><ymin>2.5</ymin><ymax>4</ymax></bndbox>"
LAUGHS = (
    '<!DOCTYPE a [<!ENTITY l0 "ha">'
    + "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(30))
    + "]><annotation>&l30;</annotation>"
)


def voc(tmp_path: Path, *texts: str | bytes) -> Path:
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.xml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return tmp_path


def test_what_voc_says_of_a_box(tmp_path: Path) -> None:
    part = "<part><name>head</name><bndbox><xmin>9</xmin></bndbox></part>"
    text = f"<annotation>{SIZE}<object>{BOX}<name> sofa\n</name>{part}<difficult>1</difficult></object></annotation>"
    (picture,) = labels(voc(tmp_path, text)).pictures
    assert picture == LabelledPicture("0", (Labelled("sofa", (0, 1.5, 5, 4), difficult=True),), (10, 8))
    latin = f'<?xml version="1.0" encoding="iso-8859-1"?><annotation>{SIZE}<object><name>käse</name>{BOX}</object>'
    assert labels(voc(tmp_path, f"{latin}</annotation>".encode("latin-1"))).names == ("käse",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (LAUGHS, "declares a document type or entities in line 1"),
        ('<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><annotation/>', "declares a document type"),
        ('\n<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotation>&x;</annotation>', "in line 2"),
        (f"<annotation>{SIZE}<object>&x;</object></annotation>", "is no XML in line 1: undefined entity"),
        ("<annotation>" + "<a>" * 100_000, "nested more than 16 deep"),
        ("<annotation>\n<size>", "is no XML in line 2: no element found"), ("", "is no XML in line 1"),
        ("<html/>", "holds no <annotation>"), ("<annotation/>", "how large the picture is"),
        (f"<annotation>{SIZE.replace('8', '-8')}</annotation>", "how large the picture is"),
        (b'<?xml version="1.0" encoding="what"?><a/>', "encoding"),
        (b'<?xml version="1.0" encoding="cp932"?><a>\x82\xa0</a>', "encoding"), (b"\xff\xfe\x00", "is no XML"),
    ],
)  # fmt: skip
def test_a_hostile_or_broken_file_does_not_hinder_the_others(tmp_path: Path, text: str | bytes, told: str) -> None:
    sound = f"<annotation>{SIZE}<object><name>cat</name>{BOX}</object></annotation>"
    found = labels(voc(tmp_path, text, sound))
    assert [picture.path for picture in found.pictures] == ["1"]
    (sentence,) = found.problems
    assert sentence.startswith("“0.xml”")
    assert told in sentence


def test_an_object_with_a_fault_is_left_out(tmp_path: Path) -> None:
    objects = (
        f"<object>{BOX}</object>",
        "<object><name>cat</name></object>",
        f"<object><name>{'x' * 999}</name>{BOX}</object>",
        f"<object><name>cat</name>{BOX.replace('5', '0')}</object>",
        f"<object><name>cat</name>{BOX.replace('5', '1e9')}</object>",
        f"<object><name>dog</name>{BOX}</object>",
    )
    found = labels(voc(tmp_path, f"<annotation>{SIZE}\n" + "\n".join(objects) + "</annotation>"))
    assert [one.label for one in found.pictures[0].things] == ["dog"]
    (sentence,) = found.problems
    assert "an object without a name in line 2, and 4 more faults" in sentence


def test_a_file_that_is_too_large_or_no_file(tmp_path: Path) -> None:
    voc(tmp_path, "<annotation/>")
    with (tmp_path / "0.xml").open("wb") as large:
        large.truncate(3_000_000)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "1.xml")
    first, *rest = labels(tmp_path).problems
    assert "at most 2.0 MB is read" in first
    assert all("a device or a pipe" in one for one in rest)


# YOLO


def yolo(tmp_path: Path, *texts: str) -> Path:
    folder = tmp_path / "set" / "labels" / "train"
    folder.mkdir(parents=True)
    for number, text in enumerate(texts):
        (folder / f"{number}.txt").write_text(text)
    return folder


def test_lines_with_faults_are_left_out(tmp_path: Path) -> None:
    wrong = (
        "0 0.5 0.5 0.5", "0 .5 .5 .5 .5 .5", "x .5 .5 .5 .5", "-1 .5 .5 .5 .5", "0 .5 .5 0 .5", "0 1.5 .5 .5 .5",
        "0 nan .5 .5 .5", "0 inf .5 .5 .5", "0 0x1 .5 .5 .5", "99999999999999999999 .5 .5 .5 .5", "0 .5 .5 .5 1_0",
    )  # fmt: skip
    folder = yolo(tmp_path, "\ufeff2 0.5 0.25 1 5e-1\r\n\n", *(f"1 .5 .5 .5 .5\n{line}\n" for line in wrong), "")
    found = labels(folder)
    by_name = {picture.path: picture.things for picture in found.pictures}
    assert by_name["0"] == (Labelled("2", (0.0, 0.0, 1.0, 0.5)),)
    assert len(by_name) == len(wrong) + 2
    assert all(len(by_name[str(number)]) == 1 for number in range(1, len(wrong) + 1))
    assert len(found.problems) == len(wrong)
    assert all("in line 2" in sentence for sentence in found.problems)
    assert found.names == ("0", "1", "2")


def test_files_too_large_to_be_labels_or_names(tmp_path: Path) -> None:
    folder = yolo(tmp_path, "1 .5 .5 .5 .5", "", "0 .5 .5 .5 .5")
    for path in (folder / "1.txt", folder / "classes.txt"):
        with path.open("wb") as large:
            large.truncate(1_000_001)
    found = labels(folder)
    assert [picture.path for picture in found.pictures] == ["0", "2"]
    (sentence,) = found.problems
    assert sentence.startswith("“1.txt” ")
    assert "at most 1.0 MB is read" in sentence
    assert found.names == ("0", "1"), "names are taken from a file that can be read"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("classes.txt", "cat\nbig dog\n"), ("obj.names", "cat\r\nbig dog"),
        ("data.yaml", "nc: 2\nnames: ['cat', \"big dog\"] # two\n"),
        ("data.yaml", "names:\n  - cat\n  - big dog\nnc: 2\n"),
        ("dataset.yaml", "path: ../x\nnames:\n  # all\n  0: cat\n  1: 'big dog'  # two\ntrain: images\n"),
    ],
)  # fmt: skip
def test_where_names_of_classes_stand(tmp_path: Path, file: str, text: str) -> None:
    folder = yolo(tmp_path, "1 .5 .5 .5 .5", "2 .5 .5 .5 .5")
    (folder.parent.parent / file).write_text(text)
    assert names_for(folder) == ("cat", "big dog")
    found = labels(folder)
    assert found.pictures[0].things[0].label == "big dog"
    assert "class 2 in line 1, but only 2 classes" in found.problems[0]
    (folder / "classes.txt").write_text("a\nb\nc")
    assert labels(folder).problems == ()


@pytest.mark.parametrize("text", ["names: {0: a}", "names: [a,", "names:\n  1: a\n  0: b", "names: 5", "", "path: x"])
def test_names_that_are_not_understood_are_none(tmp_path: Path, text: str) -> None:
    folder = yolo(tmp_path, "1 .5 .5 .5 .5")
    (folder / "data.yaml").write_text(text)
    assert names_for(folder) == ()


# A folder, classes and pictures


def test_which_files_a_folder_s_labels_are(tmp_path: Path) -> None:
    assert "holds no labels" in problem(tmp_path)
    (tmp_path / "README.txt").write_text("Hello")
    (tmp_path / "classes.txt").write_text("cat")
    assert "holds no labels" in problem(tmp_path)
    coco(tmp_path, annotations=[thing()])
    assert labels(tmp_path).names == ("cat",)
    (tmp_path / "a.txt").write_text("0 .5 .5 1 1")
    assert labels(tmp_path).pictures[0].size is None
    voc(tmp_path, f"<annotation>{SIZE}</annotation>")
    assert labels(tmp_path).pictures[0].size == (10, 8)


def test_there_are_not_more_sentences_than_anybody_reads(tmp_path: Path) -> None:
    found = labels(yolo(tmp_path, *["x"] * (MOST + 5)))
    assert len(found.problems) == MOST + 1
    assert found.problems[-1] == "And 5 more files have faults."


def test_names_of_one_class_in_other_words() -> None:
    coco_names = ("person", "airplane", "potted plant", "tv", "cat", "couch")
    voc_names = ("Aeroplane", "pottedplant", "tvmonitor", "sofa", "Cat", "boat", "person")
    assert classes_of(voc_names, coco_names, 6) == {
        "Aeroplane": 1, "pottedplant": 2, "tvmonitor": 3, "sofa": 5, "Cat": 4, "person": 0,
    }  # fmt: skip
    assert classes_of(("0", "2", "7"), coco_names, 6) == {"0": 0, "2": 2}
    assert classes_of(("sofa",), ("couch", "so fa", "s ofa"), 3) == {}, "it could mean several"


def test_labels_find_their_pictures() -> None:
    def picture(path: str) -> LabelledPicture:
        return LabelledPicture(path, ())

    files = ["images/train/a.JPG", "images/val/a.jpg", "images/val/b.png", "images/val/b.jpg", "images/c.d.webp"]
    paths = ("train/a", "val/A", "b.jpg", "C.d", "gone.jpg", "b", "b.png", "x\\b.png")
    found, told = pictures_of(files, map(picture, paths))
    assert {number: one.path for number, one in found.items()} == {
        0: "train/a", 1: "val/A", 3: "b.jpg", 4: "C.d", 2: "b.png",
    }  # fmt: skip
    lost, unclear = told
    assert lost == "Of 8 labelled pictures the folder lacks 1, such as “gone.jpg”."
    assert unclear.endswith("already: 2, such as those of “b”.")


@given(st.binary(max_size=300))
def test_whatever_bytes_there_are(tmp_path_factory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    for name in ("a.xml", "a.txt", "a.json"):
        place = folder / name[2:]
        place.mkdir()
        (place / name).write_bytes(data)
        with suppress(LabelError):
            labels(place)
