"""The user's own torch code becomes a network, and is refused where it would not be the same."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from explorer.engine.own_code import OwnCodeError, open_own
from explorer.engine.trace import TraceError
from explorer.network.analysis import analyse
from explorer.network.ends import ends
from explorer.network.project import Project
from explorer.start import main

CODE = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.head = nn.Conv2d(1, 4, 3, padding=1), nn.Linear(4, 10)
    def forward(self, x):
        return self.head(torch.relu(self.conv(x)).mean((2, 3)))

class Counting(Net):
    calls = 0
    def forward(self, x):
        Counting.calls += 1
        return super().forward(x) * Counting.calls

class Two(Net):
    def forward(self, x):
        y = torch.relu(self.conv(x))
        return {"out": self.head(y.mean((2, 3))), "maps": y}

class TwoCounting(Net):
    calls = 0
    def forward(self, x):
        TwoCounting.calls += 1
        return super().forward(x), x * TwoCounting.calls

def broken():
    raise RuntimeError("no such layer")

def number():
    return 3

def needs(width):
    return Net()
"""


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    name = f"own_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(CODE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return name


def last(name: str) -> Project:
    *_, project = open_own(name)
    assert isinstance(project, Project)
    return project


def test_own_code_is_a_network(code: str) -> None:
    project = last(f"{code}:Net")
    assert [node.layer.kind for node in project.network.order] == [
        "Input", "Conv2d", "ReLU", "GlobalAvgPool", "Linear",
    ]  # fmt: skip
    facts = analyse(project.network)
    assert facts["input"].shape == (1, 224, 224)
    assert project.weights
    assert facts["head"].parameters == 50
    assert analyse(last(f"{code}:Net@1x28x20").network)["conv"].shape == (4, 28, 20)


def test_all_that_code_gives_is_compared_and_the_first_is_the_answer(code: str) -> None:
    project = last(f"{code}:Two@1x9x9")
    assert (project.main, ends(project.network)) == ("head", ("head",))
    assert "conv" in project.network.nodes


def test_edited_code_is_read_again(code: str, tmp_path: Path) -> None:
    last(f"{code}:Net@1x9x9")
    (tmp_path / f"{code}.py").write_text(CODE.replace("Linear(4, 10)", "Linear(4, 123)"))
    assert analyse(last(f"{code}:Net@1x9x9").network)["head"].shape == (123,)


def test_code_lies_in_any_folder(code: str, tmp_path: Path) -> None:
    """Two folders may have code of one name; no folder stays among those that Python looks in."""
    for width in (11, 12, 11):
        folder = tmp_path / str(width)
        (folder / "same_name_nets").mkdir(parents=True, exist_ok=True)
        (folder / "same_name_nets" / "sizes.py").write_text(f"WIDTH = {width}")
        net = "from same_name_nets.sizes import WIDTH\n" + CODE.replace("Linear(4, 10)", "Linear(4, WIDTH)")
        (folder / "same_name_nets" / "small.py").write_text(net)
        *_, project = open_own("same_name_nets.small:Net@1x9x9", folder)
        assert isinstance(project, Project)
        assert analyse(project.network)["head"].shape == (width,)
        assert str(folder) not in sys.path
    *_, project = open_own("torchvision.models:squeezenet1_1@3x64x64", tmp_path)
    *_, project = open_own("torchvision.models:squeezenet1_1@3x64x64", tmp_path / "11")
    assert "torchvision.models" in sys.modules, "what is installed is left as it is"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nowhere_at_all:Net", "Python finds no module “nowhere_at_all”"),
        ("{}:broken", "RuntimeError: no such layer"),
        ("{}:number", "gives a int, not a torch module"),
        ("{}:needs", "missing 1 required positional argument"),
        ("{}:Other", "has no attribute 'Other'"),
        ("{}:Counting@1x9x9", "computes something else than the code"),
        ("{}:TwoCounting@1x9x9", "computes something else than the code"),
        ("{}:Net@1x9", "is no name of code"),
    ],
)
def test_what_cannot_be_opened_is_a_sentence(code: str, name: str, words: str) -> None:
    with pytest.raises(OwnCodeError, match=words) as caught:
        last(name.format(code))
    assert len(str(caught.value)) <= 300


def test_a_picture_that_does_not_fit_is_a_sentence(code: str) -> None:
    with pytest.raises((OwnCodeError, TraceError), match="weights, but for its input it would need"):
        last(f"{code}:Net@3x9x9")


def test_the_commands_take_it(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["open", f"{code}:Net@1x8x8", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["title"], said["parameters"], said["layers"]) == ("Net", 90, 5)
    assert "Your own code" in said["origin"]
    assert main(["facts", f"{code}:Net@1x8x8", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["totals"]["parameters"] == 90
    assert main(["open", f"{code}:number"]) == 1
    assert "not a torch module" in capsys.readouterr().err
