"""An engineer types `cnn-explorer lenet5` and expects what the commands understand by that name."""

from __future__ import annotations

import pytest

from explorer.ui.by_name import is_name, open_by_name


@pytest.fixture
def opened(user):
    """Opens by a name; what was said then."""
    said: list[str] = []

    def open_one(name: str) -> list[str]:
        open_by_name(name, user.session, user.window.pages, said.append)
        user.wait(lambda: user.session.models, 60)
        return said

    return open_one


def test_what_is_here_opens_with_its_weights(user, opened) -> None:
    assert not opened("lenet5")
    user.wait(lambda: user.project.weights, 60)
    assert user.project.title == "LeNet-5"


def test_without_weights_it_comes_from_the_gallery(user, opened) -> None:
    assert not opened("vgg11")
    user.wait(lambda: user.project.title == "VGG-11", 60)
    assert not user.project.weights


def test_what_must_be_fetched_is_shown_and_not_fetched(user, opened) -> None:
    (said,) = opened("swin_t")
    page = user.window.pages.library
    assert page.isVisible()
    assert page.chosen.name == "swin_t"
    assert said == f"{page.chosen.title} is not on this computer yet. Here it can be fetched."
    assert not page.chosen.begun


def test_what_nobody_knows_is_said(opened) -> None:
    assert opened("lenet7") == [
        "There is neither a file nor a network called “lenet7”. The library and the gallery list all names."
    ]


def test_a_file_is_no_name(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lenet5").write_text("")
    assert not is_name("lenet5")
    assert is_name("vgg11")
    assert is_name("yolo-fastest-1.1")
    assert not is_name("photo.JPG")
    assert not is_name("network.onnx")
    assert not is_name("folder/vgg11")
