"""`cnn-explorer style CONTENT STYLE… -o OUT`: a picture with the content of one and the style of others."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from explorer.cli.manners import StoppedWith, finished, note, plain
from explorer.cli.sources import trained
from explorer.cli.style_words import Given
from explorer.formats import annotated, styled_files
from explorer.formats.picture_files import check_regular
from explorer.formats.pictures import decode
from explorer.maths.records import Progress
from explorer.maths.sentences import Refusal
from explorer.maths.style_records import StyleCosts, Styled, StyleForecast
from explorer.network.network import Network
from explorer.probes.style import Style, WeightedLayer

if TYPE_CHECKING:
    from explorer.engine.style_questions import StyleOf


def style(given: Given) -> str:
    """The command's output."""
    from explorer.cli import style_many

    many = os.path.isdir(given.content) or style_many.is_video(given.content)
    check(given, many)  # before anything slow: a wrong path is said at once
    question = asked(given)
    if given.forecast:
        return forecast(question, given.json, many)
    if many:
        return style_many.Styling(question, given).told()
    making = Making(question)
    try:
        finished(making.steps())
    except KeyboardInterrupt:
        if making.result is None or not making.result.step:
            raise
        raise StoppedWith(written(making, given)) from None
    return written(making, given)


class Making:
    """A picture as it is made. result: the picture so far; costs: of every step; notes: what was told on the way."""

    def __init__(self, question: StyleOf) -> None:
        self.question = question
        self.result: Styled | None = None
        self.costs: list[StyleCosts] = []
        self.notes: list[str] = []

    def steps(self) -> Iterator[Progress]:
        """Make it. Raises Refusal."""
        from explorer.engine.style_transfer import style

        for step in style(self.question):
            if isinstance(step, Progress):
                yield step
            else:
                self.result = step
                self.costs += step.since
                self.notes += [step.note] * bool(step.note)


def check(given: Given, many: bool) -> None:
    """Raise Refusal where there is nothing to begin with, or where nothing can be written to."""
    from explorer.cli import style_many

    for path in (*given.styles, *given.masks, *([] if many else [given.content]), *filter(None, [given.begun])):
        check_regular(path)
    if many and given.begun:
        raise Refusal("Only a single picture can be gone on with: leave out --from, or name one picture.")
    try:
        if many:
            style_many.check(given.content, given.out, given.force)
        elif given.out:
            styled_files.check(given.out, given.force)
    except annotated.AlreadyThere as error:
        raise Refusal(f"{error}, or give --force.") from error


def asked(given: Given) -> StyleOf:
    """The question, its network fetched where needed. Raises Refusal."""
    before = styled_files.read(given.begun) if given.begun else None
    settings = given.style(before.settings if before else Style())
    project = trained(given.model, given.accepted)
    if before and before.weights and before.weights != project.weights:
        note(f"{plain(given.begun)} was made with other weights ({plain(before.model) or 'of another network'}).")
    layers = [
        there or (known if before else ())
        for there, known in zip(
            given.layers, (before.content_layers, before.style_layers) if before else ((), ()), strict=True
        )
    ]
    check_layers(project.network, [*layers[0], *layers[1]], given.model)
    from explorer.engine.device import devices
    from explorer.engine.memory import keep_freed
    from explorer.engine.questions import PictureFile, Pixels
    from explorer.engine.style_questions import StyleOf, StylePicture, with_usual_layers
    from explorer.formats.mask_files import unpacked

    keep_freed()
    weights = given.weights or tuple([1.0] * len(given.styles))
    kept = before.masks if before and len(before.masks) == len(given.styles) else [b""] * len(given.styles)
    masks = [decode(path).pixels.max(2) for path in given.masks] or [unpacked(mask) if mask else None for mask in kept]
    styles = tuple(
        StylePicture(PictureFile(path), weight, mask)
        for path, weight, mask in zip(given.styles, weights, masks, strict=True)
    )
    so_far = Pixels(decode(given.begun).pixels) if before else None
    question = StyleOf(
        project, PictureFile(given.content), styles, settings, layers[0], layers[1], so_far,
        before.step if before else 0, devices()[0].id,
    )  # fmt: skip
    if before and before.step >= settings.total:
        raise Refusal(f"All {settings.total:,} steps of this picture are taken: give more --steps to go on with it.")
    return with_usual_layers(question)


def check_layers(network: Network, layers: Sequence[WeightedLayer], model: str) -> None:
    """Raise Refusal where one of the layers is not there."""
    for layer in layers:
        if layer.node not in network.nodes:
            raise Refusal(
                f"{plain(model)[:60]} has no layer called “{plain(layer.node)[:60]}”: “cnn-explorer facts "
                f"{plain(model)[:60]}” lists them."
            )


def forecast(question: StyleOf, as_json: bool, many: bool) -> str:
    """What it would take, for one picture."""
    from explorer.engine.style_forecast import forecast
    from explorer.engine.style_questions import ForecastStyle

    if many:
        raise Refusal("A forecast is for one picture: name one of them as CONTENT.")
    found = finished(forecast(ForecastStyle(question)))
    assert isinstance(found, StyleForecast)
    if not as_json:
        return found.sentence
    return json.dumps({
        "size": found.size, "memory": found.memory, "free": found.free, "seconds": round(found.seconds, 2),
        "seconds_per_step": round(found.each, 4), "fits": found.fits, "largest": found.largest, "tile": found.tile,
    })  # fmt: skip


def written(making: Making, given: Given) -> str:
    """Write the picture, and tell what it cost."""
    from explorer.engine.style_questions import sheet_of

    result = making.result
    assert result is not None
    styled_files.write(given.out, result.picture, sheet_of(making.question, result.step))
    for text in making.notes:
        note(text)
    if given.json:
        return json.dumps(record(making, given.out))
    return f"{told(making)}\nWritten: {plain(given.out)}"


def record(making: Making, out: str) -> dict[str, Any]:
    """What --json prints of a picture: costs without their weights, `cost` with them; the first is the start's."""
    costs, result = making.costs, making.result
    assert result is not None
    height, width = result.picture.shape[:2]
    return {
        "out": out,
        "size": [width, height],
        "steps": [
            {
                "step": one.step, "content_cost": one.content, "style_cost": one.style,
                "smoothness_cost": one.smoothness, "cost": one.total, "evaluations": one.evaluations,
            }
            for one in costs
        ],
        "content_cost": [one.content for one in costs],
        "style_cost": [one.style for one in costs],
        "cost": [one.total for one in costs],
        "layers": [
            {"node": one.node, "kind": one.kind, "style": one.picture, "cost": one.cost} for one in result.layers
        ],
        "notes": making.notes,
    }  # fmt: skip


def told(making: Making) -> str:
    """What people read of a picture."""
    first, last = making.costs[0], making.costs[-1]
    result = making.result
    assert result is not None
    height, width = result.picture.shape[:2]
    pairs = (first.style, last.style), (first.content, last.content)
    style, content = (f"{_figure(begun)} → {_figure(end)}" for begun, end in pairs)
    return f"{width}×{height} after {last.step:,} steps: style cost {style}, content cost {content}"


def _figure(cost: float) -> str:
    return f"{cost:.3g}"
