"""An error in any event, slot, timer or answer: in the log, in one notice, and the program goes on."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from explorer.classics.catalogue import CLASSICS
from explorer.ui.errors import Errors
from tests.entry_points import PAINTING, Place, entry_points, heard, planted
from tests.poking import PHOTO, Leaving, Step, all_steps, in_the_loop, paintings, without_questions
from tests.stories.conftest import LEFT, User

LOG = "explorer.ui.errors"


class Watched:
    """What the window says and what the log gets, while errors are planted."""

    def __init__(self, user: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
        for name in ("excepthook", "unraisablehook"):
            monkeypatch.setattr(sys, name, getattr(sys, name))  # put back at the end
        self.user, self.window, self.caplog = user, user.window, caplog
        self.errors = Errors(self.window)
        self.errors.happened.connect(self.window.telling.error, Qt.ConnectionType.QueuedConnection)
        self.said: list[str] = []
        say = self.window.notices.say

        def spy(text: str, *args: object, **words: object) -> None:
            self.said.append(text)
            say(text, *args, **words)

        monkeypatch.setattr(self.window.notices, "say", spy)
        self.leaving = Leaving(self.window)
        self.planted: Counter[str] = Counter()

    def logged(self) -> list[str]:
        """The errors since the last look, with how they came about."""
        found = [str(one.exc_info[1]) for one in self.caplog.records if one.name == LOG and one.exc_info]
        self.caplog.clear()
        return found

    def plant(self, place: Place, step: Callable[[], object]) -> None:
        """An error in the function at `place`, which this step enters; then the step, and a click, work as before."""
        self.said.clear()
        self.logged()
        with planted(place) as raised:
            in_the_loop(step, 5)
        in_the_loop(lambda: None, 0)  # what was queued then
        if not raised:
            return  # it is entered only the first time
        name = entry_points()[place]
        self.planted[name] += 1
        told = [text for text in self.said if raised[0] in text]
        logged = self.logged()
        assert any(raised[0] in text for text in logged), f"{raised[0]}: not in the log"
        assert len(told) == 1, f"{raised[0]}: told {len(told)} times"
        in_the_loop(step, 5)
        assert not self.logged(), f"{raised[0]}: it does not go on"
        assert self.window.isVisible()

    def through(self, steps: Iterator[Step], wanted: Callable[[str], bool]) -> None:
        """Take the steps, and each again with an error in every function it enters for the first time."""
        places = {place: name for place, name in entry_points().items() if wanted(name)}
        for _name, step in steps:
            entered: dict[Place, None] = {}
            with heard(places, entered.setdefault):
                in_the_loop(step, 5)
            assert not self.logged()
            for place in entered:
                del places[place]
                self.plant(place, step)

    def close_notice(self) -> None:
        """Click its cross."""
        notices = self.window.notices
        (cross,) = notices.findChildren(QToolButton)
        QTest.mouseClick(cross, LEFT)
        assert notices.isHidden()


@pytest.fixture
def watched(user: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Watched:
    caplog.set_level(logging.ERROR)
    without_questions(monkeypatch)
    user.session.open_project(CLASSICS["lenet5"].project)
    user.session.open_picture(PHOTO)
    user.wait(lambda: user.session.prediction is not None)
    user.click_node("conv2")
    user.wait(lambda: user.session.maps is not None)
    return Watched(user, monkeypatch, caplog)


def still_works(user: User) -> None:
    """A network is begun, a layer added and taken back, and another picture is recognized."""
    user.session.open_project(CLASSICS["lenet5"].project)
    user.window.build()
    user.click_node("conv1")
    assert user.session.selection == ("conv1",)
    new = user.add("relu")
    user.window.commands.run("Undo")
    assert new not in user.project.network.nodes
    user.session.open_picture(PHOTO)
    user.wait(lambda: user.session.prediction is not None)


def is_paint(name: str) -> bool:
    return name.rpartition(".")[2] in PAINTING


def test_an_error_in_any_painting(user: User, watched: Watched) -> None:
    watched.through(paintings(user.window), is_paint)
    assert len(watched.planted) >= 33
    watched.close_notice()
    still_works(user)
    assert not watched.logged()


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_an_error_anywhere(user: User, watched: Watched) -> None:
    watched.through(all_steps(user.window), lambda _: True)
    assert len(watched.planted) > 500
    still_works(user)
    assert not watched.logged()
