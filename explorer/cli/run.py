"""`cnn-explorer run NAME|FILE IMAGE`: what the network sees in a picture, or what it makes of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from explorer.cli.ablations import changed
from explorer.cli.manners import bar, finished, note, plain, untrained
from explorer.cli.painted import NOTHING, Painting, fed, in_size, told
from explorer.cli.sources import trained
from explorer.formats.pictures import decode
from explorer.maths.records import Prediction
from explorer.maths.sentences import Refusal
from explorer.network.ends import ends
from explorer.network.project import Project


class NoEnd(Refusal):
    """The node that was named is no end of the network; the message names those that are."""


WIDTH = 30  # characters of a full bar


def run(
    name: str, image: str, as_json: bool, accepted: bool, off: Sequence[str] = (), end: str = "",
    where: Painting = NOTHING,
) -> str:  # fmt: skip
    """The command's output. accepted: what the licence of a model forbids was agreed to; off: channels to switch off
    or scale; end: whose guesses, if said; where: what becomes of a picture that the network makes.

    Raises a Refusal.
    """
    where.check()
    picture = decode(image)  # before anything slow: a wrong path is said at once
    project = changed(trained(name, accepted), off, name)
    if end:
        project = answering(project, end)
    project = in_size(fed(project, where.feed, name), picture.size, where.size)
    from explorer.engine.detecting import see
    from explorer.engine.device import devices
    from explorer.engine.questions import Pixels, Predict

    question = Predict(project, Pixels(picture.pixels, picture.name), devices()[0].id)
    prediction = finished(see(question))
    assert isinstance(prediction, Prediction)
    if prediction.untrained:
        note(untrained(prediction.untrained))
    if prediction.ends[1:]:
        note(several(prediction.ends, "The picture is that" if prediction.painted else "The guesses are those"))
    if prediction.painted is not None:
        return told(prediction, prediction.painted, picture, where, as_json)
    if where.out:
        raise Refusal("This network answers with guesses, not with a picture: leave -o out.")
    if as_json:
        top: list[dict[str, object]] = [
            {"label": g.label, "index": g.index, "probability": g.probability, **({"box": g.box} if g.box else {})}
            for g in prediction.top
        ]
        return json.dumps({"top": top})
    return lines(prediction)


def answering(project: Project, end: str) -> Project:
    """The project with this end as its answer. Raises NoEnd."""
    there = ends(project.network)
    if end not in there:
        some = ", ".join(there[:8]) + (", …" if len(there) > 8 else "")
        raise NoEnd(f"“{plain(end)[:60]}” is no end of the network: its ends are {plain(some)[:160]}.")
    return replace(project, main=end)


def several(ends: Sequence[str], what: str = "The guesses are those") -> str:
    """Which end of the network gave the answer, and which others it has."""
    main, *others = ends
    some = ", ".join(others[:3]) + (", …" if len(others) > 3 else "")
    return f"The network has {len(ends)} ends. {what} of {main}; the others are {some}"


def lines(prediction: Prediction) -> str:
    """A line for each guess: label, bar, per cent."""
    if not prediction.top:
        return "nothing found"
    labels = [plain(guess.label) for guess in prediction.top]
    width = max(map(len, labels))
    return "\n".join(
        f"{label.ljust(width)}  {bar(guess.probability, WIDTH)}  {guess.probability:6.1%}"
        for label, guess in zip(labels, prediction.top, strict=True)
    )
