"""`cnn-explorer evaluate`: what it prints and writes, and what it refuses."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)
from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.cli.commands import main
from tests.digits import digit_folders
from tests.test_cli import failed
from tests.test_patches import cache  # noqa: F401


@pytest.fixture
def digits(assets: Path, tmp_path: Path, cache: Path) -> Path:
    digit_folders(assets, tmp_path / "digits", 8, misfiled=2)
    (tmp_path / "digits" / "5" / "broken.png").write_bytes(b"\x89PNG")
    (tmp_path / "digits" / "letters").mkdir()
    Image.new("L", (28, 28)).save(tmp_path / "digits" / "letters" / "a.png")
    return tmp_path / "digits"


def test_json_has_all(digits: Path, capsys) -> None:
    assert main(["evaluate", "lenet5", str(digits), "--json", "--top", "3"]) == 0
    out, err = capsys.readouterr()
    said = json.loads(out)
    assert "1 of 82 files could not be read; the first: “broken.png”" in err
    assert "1 of 11 folders are called like no class of the network: letters" in err
    assert said["accuracy"]["pictures"] == 80
    assert 0.7 < said["accuracy"]["top1"] < 0.8, "18 lie in the wrong folder"
    low, high = said["accuracy"]["interval"]
    assert low < said["accuracy"]["top1"] < high < said["accuracy"]["top5"]
    confusion = np.array(said["confusion"])
    assert confusion.shape == (10, 11)
    assert [confusion[digit + 1, digit] for digit in range(9)] == [2] * 9
    assert confusion.trace() / 80 == said["accuracy"]["top1"]
    assert [one["class"] for one in said["folders"]] == [*range(10), None]
    assert [one["pictures"] for one in said["classes"]] == [6, *[8] * 8, 10]
    guesses = {one["picture"]: one for one in said["predictions"]}
    assert len(guesses) == 82
    assert guesses["letters/a.png"]["truth"] is None
    assert guesses["5/broken.png"]["top"] == []
    for path in said["mistakes"]:
        assert guesses[path]["top"][0]["index"] != guesses[path]["truth"]
    sure = [guesses[path]["top"][0]["probability"] for path in said["mistakes"]]
    assert sure == sorted(sure, reverse=True)
    assert all(len(one["top"]) == 3 for path, one in guesses.items() if path != "5/broken.png")
    (broken,) = said["broken"]
    assert broken["picture"] == "5/broken.png"
    scores = said["layers"][-1]
    assert (scores["channels"], scores["dead"]) == (10, None)
    assert sum(scores["histogram"]["counts"]) == 81 * 10


def test_lines_and_a_csv_file(digits: Path, tmp_path: Path, capsys) -> None:
    file = tmp_path / "out.csv"
    assert main(["evaluate", "lenet5", str(digits), "--csv", str(file)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("right: 6")
    assert "95 % interval" in lines[0]
    assert lines[-1] == f"Written: {file}"
    assert sum(" × " in line for line in lines) >= 9
    with file.open(newline="", encoding="utf-8") as rows:
        read = list(csv.DictReader(rows))
    assert [row["picture"] for row in read] == sorted(row["picture"] for row in read)
    by_name = {row["picture"]: row for row in read}
    assert by_name["5/broken.png"]["guess 1"] == ""
    assert by_name["letters/a.png"]["truth"] == ""
    one = by_name["8/8 no 007.png"]
    assert (one["truth"], one["guess 1"]) == ("8", "8")
    assert float(one["probability 1"]) > float(one["probability 5"])
    assert "“out.csv” is there already" in failed(capsys, "evaluate", "lenet5", str(digits), "--csv", str(file))
    assert main(["evaluate", "lenet5", str(digits), "--csv", str(file), "--force"]) == 0


def test_without_class_folders_guesses_are_told(digits: Path, capsys) -> None:
    assert main(["evaluate", "lenet5", str(digits / "7")]) == 0
    first, *lines = capsys.readouterr().out.splitlines()
    assert first == "The folders are called like no class, so how often the network is right is not known."
    assert lines[-1].startswith("7 no 007.png: 7 ")


def test_what_is_refused(digits: Path, tmp_path: Path, capsys) -> None:
    assert "“nowhere” was not found" in failed(capsys, "evaluate", "lenet5", str(tmp_path / "nowhere"))
    assert "ends in .csv" in failed(capsys, "evaluate", "lenet5", str(digits), "--csv", "out.txt")
    assert main(["evaluate", "lenet5", str(digits), "--top", "0"]) == 2
