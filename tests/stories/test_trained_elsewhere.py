"""A student needs a network for two classes of their own: the program does not train it, their own loop does."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn

from tests.stories.test_files import first_day  # noqa: F401
from tests.stories.test_take_away import export


def written(path: Path, name: str) -> nn.Module:
    """The module in the file that was written, with the weights that lie beside it, strictly."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    source = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(source)
    model: nn.Module = getattr(source, name)()
    model.load_state_dict(load_file(path.with_suffix(".safetensors")))
    return model


def squares(bright: bool) -> np.ndarray:
    """One picture of either class, (32, 32, 3) uint8: noise on black or on grey."""
    noise = np.random.default_rng(int(bright)).integers(0, 60, (32, 32, 1))
    return np.repeat(noise + 120 * bright, 3, axis=2).astype(np.uint8)


def test_a_head_for_two_classes_is_trained_by_another_program(user, tmp_path: Path, monkeypatch) -> None:
    user.session.open_model("lenet5")
    user.wait(lambda: user.project.weights, 60)
    user.click_node("fc5")
    user.set_field("features", "2")
    export(user, tmp_path / "lenet.py")
    assert user.window.notices.text == "Written: lenet.py and lenet.safetensors, with random weights in 1 layer"

    model = written(tmp_path / "lenet.py", "LeNet5")
    inputs = torch.stack([torch.tensor(squares(bright)[None, :, :, 0] / 255 * 2 - 1) for bright in (False, True)])
    model.requires_grad_(False)
    model.fc5.requires_grad_()
    head = torch.optim.SGD(model.fc5.parameters(), 0.5)
    for _ in range(40):
        chances: Tensor = model(inputs.float())
        loss = nn.functional.nll_loss(chances.log(), torch.tensor([0, 1]))
        head.zero_grad()
        loss.backward()
        head.step()
    torch.save(model.state_dict(), tmp_path / "trained.pth")
    wanted = model(inputs.float()).detach().numpy()
    assert wanted[0, 0] > 0.9 < wanted[1, 1]

    monkeypatch.setattr("explorer.ui.asking_files.asking", lambda *_: (str(tmp_path / "trained.pth"),))
    before = user.project
    user.window.commands.run("Load weights…")
    user.wait(lambda: user.project is not before)
    report = user.window.files.weights.report
    assert not report.missing
    assert not report.differing
    Image.fromarray(squares(bright=True)).save(tmp_path / "bright.png")
    user.session.open_picture(str(tmp_path / "bright.png"))
    user.wait(lambda: user.session.prediction)
    top = user.session.prediction.top
    assert [guess.index for guess in top] == [1, 0]
    assert abs(top[0].probability - wanted[1, 1]) < 1e-5
    assert user.window.predictions.untrained.text() == "", "no layer is random any more"
