"""An error in any event, slot, timer or answer: in the log, in one notice, and the program goes on."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

from explorer.classics.catalogue import CLASSICS
from explorer.ui.errors import Errors
from tests.entry_points import PAINTING, Place, entry_points, heard, planted
from tests.poking import PHOTO, Leaving, Step, all_steps, in_the_loop, paintings, without_questions
from tests.stories.conftest import LEFT, User

LOG = "explorer.ui.errors"
TRIES = 5


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
        self.moment = 5
        """Milliseconds that Qt is given for what follows a step."""

    def logged(self) -> list[str]:
        """The errors since the last look, with how they came about."""
        found = [str(one.exc_info[1]) for one in self.caplog.records if one.name == LOG and one.exc_info]
        self.caplog.clear()
        return found

    def plant(self, place: Place, step: Callable[[], object], goes_on: bool = True) -> bool:
        """An error in the function at `place`, where this step enters it; whether it did. goes_on: the step works as
        before then."""
        self.said.clear()
        self.logged()
        with planted(place) as raised:
            in_the_loop(step, self.moment)
        in_the_loop(lambda: None, 0)  # what was queued then
        if not raised:
            return False
        name = entry_points()[place]
        self.planted[name] += 1
        told = [text for text in self.said if raised[0] in text]
        logged = self.logged()
        assert any(raised[0] in text for text in logged), f"{raised[0]}: not in the log"
        assert len(told) == 1, f"{raised[0]}: told {len(told)} times"
        assert self.window.isVisible()
        if goes_on:
            in_the_loop(step, self.moment)
            assert not self.logged(), f"{raised[0]}: it does not go on"
        return True

    def through(self, steps: Iterator[Step], wanted: Callable[[str], bool], goes_on: bool = True) -> None:
        """Take the steps, and each again with an error in every function it enters that had none yet.

        What a step enters only the first time it is taken waits for another one, `TRIES` times."""
        places = {place: name for place, name in entry_points().items() if wanted(name)}
        tries: Counter[Place] = Counter()
        for _name, step in steps:
            entered: dict[Place, None] = {}
            with heard(places, entered.setdefault):
                in_the_loop(step, self.moment)
            assert not self.logged() or not goes_on
            for place in entered:
                tries[place] += 1
                if self.plant(place, step, goes_on) or tries[place] == TRIES:
                    del places[place]

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
    user.wait(lambda: user.session.prediction is not None, 90)
    user.click_node("conv2")
    user.wait(lambda: user.session.maps is not None)
    return Watched(user, monkeypatch, caplog)


def still_works(user: User) -> None:
    """A network is begun, a layer added and taken back, and another picture is recognized."""
    user.session.open_project(CLASSICS["lenet5"].project)
    user.window.build()
    user.click_node("conv1")
    assert user.session.selection == ("conv1",)
    assert user.focus.window() is user.window, f"the keys go to {user.focus.window()}, not to the window"
    new = user.add("relu")
    user.window.commands.run("Undo")
    assert new not in user.project.network.nodes
    user.session.open_picture(PHOTO)
    user.wait(lambda: user.session.prediction is not None, 90)


def is_paint(name: str) -> bool:
    return name.rpartition(".")[2] in PAINTING


def test_an_error_in_any_painting(user: User, watched: Watched) -> None:
    watched.through(paintings(user.window), is_paint)
    assert len(watched.planted) >= 30
    watched.close_notice()
    still_works(user)
    assert not watched.logged()


def test_a_slot_that_swallows_its_error_is_noticed(user: User, watched: Watched) -> None:
    """The checks above can fail."""

    def swallow() -> None:
        with suppress(Exception):
            user.window.commands.refresh()

    place = {name: place for place, name in entry_points().items()}["ui/commands.py: Commands.refresh"]
    with pytest.raises(AssertionError, match="not in the log"):
        watched.plant(place, swallow)


def test_a_studio_whose_network_was_closed_hears_no_more(user: User, watched: Watched) -> None:
    window, session = user.window, user.session
    session.open_project(CLASSICS["vgg11"].project)
    in_the_loop(window.pages.show_studio)
    in_the_loop(lambda: session.close_tab(session.document.tab))
    in_the_loop(window.pages.show_studio)  # the view of the closed one goes
    in_the_loop(lambda: session.picture_changed.emit(session.picture))
    assert not watched.logged()


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_an_error_anywhere(user: User, watched: Watched) -> None:
    """What is left half-way by one may be wrong until it is made anew; nothing ends, and all is told."""
    watched.moment = 15  # beside other programs slots come later

    def again() -> Iterator[Step]:
        """With a network, which a hand on everything has closed by then."""
        user.session.open_project(CLASSICS["lenet5"].project)
        user.session.open_picture(PHOTO)
        user.wait(lambda: user.session.prediction is not None, 90)
        user.click_node("conv2")
        yield from all_steps(user.window)

    watched.through(chain(all_steps(user.window), again()), lambda _: True, goes_on=False)
    print("planted", watched.planted.total(), "in", len(watched.planted))
    assert watched.planted.total() > 500
    watched.leaving.stop()  # it would close the list of layers, too
    user.window.docks.reset()  # hands on everything let panels float and opened dialogs; one of them has the keyboard
    for other in QApplication.topLevelWidgets():
        if other is not user.window and other.isVisible():
            other.close()
    user.window.activateWindow()
    user.wait(lambda: QApplication.activeWindow() is user.window)
    still_works(user)
