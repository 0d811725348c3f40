"""Figures of networks: what is drawn, that nothing lies on something else, and the files they are written to."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QApplication

from explorer.classics.catalogue import CLASSICS
from explorer.cli.commands import main
from explorer.formats.svg import svg
from explorer.layers.bypass import bypassed
from explorer.layers.dense import Input
from explorer.layers.windows import Conv2d
from explorer.maths.drawing import Drawing, Label, Outline, Shape, text_width
from explorer.maths.sentences import Refusal
from explorer.network.analysis import analyse
from explorer.network.annotations import Arrow, Note
from explorer.network.direction import Direction
from explorer.network.figures.canvas import FRAME
from explorer.network.figures.choices import FigureChoices
from explorer.network.figures.figure import PARTS, figure, figuring
from explorer.network.figures.notes import note_shapes
from explorer.network.figures.units import plan
from explorer.network.grouping import arrived
from explorer.network.network import Network, Node
from explorer.network.project import Project

SVG = "{http://www.w3.org/2000/svg}"


def drawn(name: str, **choices: object) -> Drawing:
    project = CLASSICS[name].project
    return figure(project, analyse(project.network), FigureChoices(**choices))


def texts(drawing: Drawing) -> list[str]:
    return [label.text for label in drawing.labels]


def meeting(some: Sequence[Shape], others: Sequence[Shape], room: float = 0.05) -> list[tuple[Shape, Shape]]:
    """Pairs of shapes whose boxes share more than `room` points."""
    if not some or not others:
        return []
    a, b = (np.array([shape.box for shape in shapes]) for shapes in (some, others))
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    return [(some[i], others[j]) for i, j in np.argwhere((high - low > room).all(axis=2)) if some[i] is not others[j]]


CASES = [*((name, style) for name in CLASSICS for style in ("volumes", "paper")), ("googlenet_2014", "canvas")]


@pytest.mark.parametrize(("name", "style"), CASES)
def test_no_label_lies_on_another_one_and_all_is_on_the_page(name: str, style: str) -> None:
    drawing = drawn(name, style=style)
    assert not meeting(drawing.labels, drawing.labels)
    boxes = np.array([shape.box for shape in drawing.shapes])
    assert boxes.min() > 0
    assert boxes[:, 2].max() < drawing.width
    assert boxes[:, 3].max() < drawing.height


@pytest.mark.parametrize("name", CLASSICS)
def test_what_is_said_of_a_volume_lies_on_no_volume_and_no_line(name: str) -> None:
    drawing = drawn(name)
    labels = [label for label in drawing.labels if label.text not in ("+", "×")]
    outlines = [shape for shape in drawing.shapes if isinstance(shape, Outline)]
    assert not meeting([outline for outline in outlines if outline.fill], labels)
    pieces = [
        Outline(piece, "", "#000000", closed=False)
        for outline in outlines if not outline.fill
        for piece in pairwise(outline.points)
        if piece[0][0] == piece[1][0] or piece[0][1] == piece[1][1]  # slanted are only a window's beams
    ]  # fmt: skip
    assert not meeting(pieces, labels, -0.01)


def test_sizes_are_in_proportion_and_the_smallest_is_still_seen() -> None:
    fronts = {}
    drawing = drawn("alexnet", abbreviate="no", width=60.0)
    for shape, after in pairwise(drawing.shapes):
        if isinstance(shape, Outline) and isinstance(after, Label):  # a right face, and what is said of it
            fronts.setdefault(after.text, shape.box)
    high = {text: box[3] - box[1] for text, box in fronts.items()}
    assert high["224×224×3"] > high["55×55×64"] > high["27×27×192"] > high["13×13×384"] > high["6×6×256"] > 5
    assert high["224×224×3"] < 8 * high["6×6×256"]
    assert high["1,000"] > 10


def test_a_residual_network_shows_each_equal_block_once() -> None:
    said = texts(drawn("resnet152"))
    assert {"×2", "×7", "×35"} <= set(said)
    assert said.count("+") == 8  # two for each of four stages
    assert len(texts(drawn("resnet152", abbreviate="no"))) > 5 * len(said)


def test_a_dense_block_is_a_chain_of_equal_parts() -> None:
    network = CLASSICS["densenet121"].network
    planned = plan(network, analyse(network), "repeats")
    assert sorted(times for _, times in planned.repeats) == [5, 11, 15, 23]


def test_activations_are_drawn_with_their_layer() -> None:
    network = CLASSICS["vgg16_bn"].network
    facts = analyse(network)
    conv = plan(network, facts, "activations").units["features.0"]
    assert (conv.name, conv.others) == ("3×3 conv", "BN · ReLU")
    assert len(plan(network, facts, "no").units) == len(network.nodes)


def test_formulas_say_how_sizes_come_about() -> None:
    assert "⌊(227 + 2·0 − 11) / 4⌋ + 1 = 55" in texts(drawn("alexnet_2012", formulas=True))
    assert "⌊(227 + 2·0 − 11) / 4⌋ + 1 = 55" in texts(drawn("alexnet_2012", formulas=True, style="paper"))
    assert not any("⌊" in text for text in texts(drawn("alexnet_2012")))


def test_sizes_are_written_in_the_chosen_order() -> None:
    assert "28×28×6" in texts(drawn("lenet5"))
    assert "6×28×28" in texts(drawn("lenet5", sizes="CHW"))


@pytest.mark.parametrize("width", [8.5, 17.0, 60.0])
@pytest.mark.parametrize("name", ["lenet5", "vgg16", "resnet50", "googlenet"])
@pytest.mark.parametrize("style", ["volumes", "paper"])
def test_letters_stay_readable_at_the_width_of_a_column(name: str, width: float, style: str) -> None:
    drawing = drawn(name, width=width, style=style)
    assert drawing.width == pytest.approx(width / 2.54 * 72)
    assert min(label.size for label in drawing.labels) >= 4.0


def test_a_part_of_a_network_is_drawn_alone() -> None:
    project = CLASSICS["resnet18"].project
    facts = analyse(project.network)
    ids = [node.id for node in project.network.order][:5]
    drawing = figure(project, facts, FigureChoices(), ids)
    assert {"224×224×3", "112×112×64", "56×56×64"} <= set(texts(drawing))
    assert "1,000" not in texts(drawing)


def test_a_half_built_network_is_drawn_with_a_question_mark() -> None:
    nodes = {"in": Node("in", Input(3, 8, 8)), "big": Node("big", Conv2d(4, 11), ("in",))}
    looped = {"a": Node("a", Conv2d(4, 3), ("b",)), "b": Node("b", Conv2d(4, 3), ("a",))}
    network = Network({**nodes, **looped})
    for style in ("volumes", "paper", "canvas"):
        for abbreviate in ("repeats", "no"):
            drawing = figure(Project(network), analyse(network), FigureChoices(style=style, abbreviate=abbreviate))
            assert drawing.shapes
            if style != "canvas":
                assert texts(drawing).count("?") == 3


def test_nothing_and_too_much_are_refused() -> None:
    with pytest.raises(Refusal, match="no layer"):
        figure(Project(), {}, FigureChoices())
    many = Network({f"in{i}": Node(f"in{i}", Input()) for i in range(20_001)})
    with pytest.raises(Refusal, match="select a part"):
        figure(Project(many), analyse(many), FigureChoices())


def test_svg_keeps_text_as_text_and_bears_any_name() -> None:
    node = Node("<b>&\x00\x1b", Input(3, 8, 8))
    project = Project(Network({node.id: node}), title='a "<&\x07')
    drawing = figure(project, analyse(project.network), FigureChoices(style="canvas"))
    root = ElementTree.fromstring(svg(drawing))
    assert any("<b>&" in (text.text or "") for text in root.iter(f"{SVG}text"))
    assert root.find(f"{SVG}rect") is not None
    assert ElementTree.fromstring(svg(drawing, transparent=True)).find(f"{SVG}rect") is None


def test_the_widths_of_letters_are_those_of_the_widest_typeface(qapp: QApplication) -> None:
    for family in ("DejaVu Sans", "Helvetica", "Times New Roman"):
        font = QFont(family)
        font.setPixelSize(100)
        for text in ("224×224×3", "⌊(112 + 2·3 − 7) / 2⌋ + 1 = 56", "3×3 max pool, /2", "HWMim"):
            assert QFontMetricsF(font).horizontalAdvance(text) <= text_width(text, 100)


# The command


def test_the_command_writes_a_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lenet.svg"
    assert main(["figure", "lenet5", str(path), "--formulas", "--width", "8.5"]) == 0
    assert "lenet.svg" in capsys.readouterr().out
    root = ElementTree.parse(path).getroot()
    assert float(root.get("width", "").removesuffix("pt")) == pytest.approx(8.5 / 2.54 * 72, abs=0.01)
    said = [text.text for text in root.iter(f"{SVG}text")]
    assert "28×28×6" in said
    assert "⌊(32 + 2·0 − 5) / 1⌋ + 1 = 28" in said


def test_the_command_lays_the_canvas_out_in_either_direction(tmp_path: Path) -> None:
    sizes = {}
    for way in ("top-down", "left-right"):
        path = tmp_path / f"{way}.svg"
        assert main(["figure", "resnet18", str(path), "--direction", way, "--width", "12"]) == 0
        root = ElementTree.parse(path).getroot()
        sizes[way] = [float(root.get(side, "").removesuffix("pt")) for side in ("width", "height")]
        assert "layer1" in "".join(text.text or "" for text in root.iter(f"{SVG}text"))
    (wide, high), (across, along) = sizes["left-right"], sizes["top-down"]
    assert wide > 6 * high
    assert along > across
    assert main(["figure", "lenet5", str(tmp_path / "b.svg"), "--direction", "up"]) == 2


def test_a_figure_runs_as_its_network_is_arranged_unless_chosen() -> None:
    project = arrived(CLASSICS["resnet18"].project, Direction.LEFT_RIGHT)
    facts = analyse(project.network)
    lying = figure(project, facts, FigureChoices(style="canvas"))
    assert lying == figure(project, facts, FigureChoices(style="canvas", direction="left-right"))
    standing = figure(project, facts, FigureChoices(style="canvas", direction="top-down"))
    assert standing == figure(arrived(CLASSICS["resnet18"].project), facts, FigureChoices(style="canvas"))
    assert lying.height < standing.height
    tips = [shape.points for shape in lying.shapes if isinstance(shape, Outline) and len(shape.points) == 3]
    assert tips
    assert all(tip[0][0] > max(x for x, _ in tip[1:]) for tip in tips), "they point to the right"


def test_the_command_needs_no_screen_for_pixels_and_pdf(tmp_path: Path) -> None:
    code = "import os, sys; os.environ.pop('QT_QPA_PLATFORM', 0); from explorer.cli.commands import main; "
    code += "sys.exit(main(sys.argv[1:]))"
    for name, *more in (("a.pdf", "--style", "paper"), ("a.png", "--transparent", "--dpi", "100", "--width", "10")):
        ended = subprocess.run([sys.executable, "-c", code, "figure", "lenet5", str(tmp_path / name), *more])
        assert ended.returncode == 0
    pdf = (tmp_path / "a.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert b"/Font" in pdf  # text is text
    with Image.open(tmp_path / "a.png") as image:
        assert image.mode == "RGBA"
        assert image.width == round(10 / 2.54 * 100)
        assert image.getpixel((0, 0)) == (0, 0, 0, 0)
        assert image.info["dpi"][0] == pytest.approx(100, abs=0.1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lenet5", "a.gif"], ".svg, .pdf or .png"),
        (["lenet5", "a.png", "--width", "100", "--dpi", "2400"], "pixels are too many"),
        (["lenet5", "a.svg", "--width", "900"], "--width must be a number from 3 to 120"),
        (["lenet5", "a.png", "--dpi", "0"], "--dpi must be a whole number from 36 to 2400, not '0'."),
        (["no_such_network", "a.svg"], "no_such_network"),
        (["lenet5", "a.svg", "--style", "paper", "--direction", "top-down"], "take --style canvas with --direction"),
    ],
)
def test_the_command_refuses_in_a_sentence(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["figure", *arguments]) == 1
    sentence = capsys.readouterr().err
    assert said in sentence
    assert len(sentence) <= 301
    assert not list(tmp_path.iterdir())


def test_the_command_writes_over_nothing_unless_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.svg"
    path.write_text("mine")
    assert main(["figure", "lenet5", str(path)]) == 1
    assert "--force" in capsys.readouterr().err
    assert path.read_text() == "mine"
    assert main(["figure", "lenet5", str(path), "--force"]) == 0
    assert path.read_text().startswith("<?xml")


def test_the_canvas_style_draws_groups_as_the_canvas_does() -> None:
    project = arrived(CLASSICS["resnet50"].project)
    drawing = figure(project, analyse(project.network), FigureChoices(style="canvas"))
    texts = {label.text for label in drawing.labels}
    assert {"layer1", "layer1.0", "12 layers"} <= texts, "an open group's frame, and closed ones' cards"
    assert not any("layer1.0.conv1" in text for text in texts)
    closed = project.groups.nodes(project.groups.closed[0])
    part = figure(project, analyse(project.network), FigureChoices(style="canvas"), closed[:3])
    name = project.groups.groups[project.groups.closed[0]].name
    assert all(label.text != name for label in part.labels), "a part of a group is no group"
    whole = figure(project, analyse(project.network), FigureChoices(style="canvas"), closed)
    assert any(label.text == name for label in whole.labels)


@pytest.mark.parametrize("name", ["resnet50", "googlenet", "vgg16", "densenet121", "mobilenet_v2", "lenet5"])
def test_a_paper_figure_fits_on_a_page(name: str) -> None:
    """17 cm wide and, with slim cards in columns where one is too high, no higher than 24 cm."""
    drawing = drawn(name, style="paper")
    assert drawing.height <= 24 / 2.54 * 72
    assert min(label.size for label in drawing.labels) >= 4.0


def test_the_canvas_style_draws_notes_and_arrows() -> None:
    project = CLASSICS["lenet5"].project
    words = "Two convolutions\nlook for edges, and longer ones come together in averylongwordwithoutanyspaceatall"
    notes = {
        "note1": Note((186.0, 0.0), (160.0, 120.0), "blue", words), "arrow1": Arrow((300.0, 140.0), (-110.0, 10.0)),
        "far": Note((9000.0, 0.0), (200.0, 30.0), "grey", "out of the way"),
    }  # fmt: skip
    project = replace(project, annotations=notes)
    facts = analyse(project.network)
    drawing = figure(project, facts, FigureChoices(style="canvas"))
    plain = figure(replace(project, annotations={}), facts, FigureChoices(style="canvas"))
    said = [text for text in texts(drawing) if text not in texts(plain)]
    assert " ".join(said).replace(" ", "").startswith("Twoconvolutionslookfor")
    assert "out of the way" in said
    assert "".join(said).replace("out of the way", "").replace(" ", "") == words.replace(" ", "").replace("\n", "")
    assert len(drawing.shapes) - len(drawing.labels) == len(plain.shapes) - len(plain.labels) + 4  # 2 notes, an arrow
    framed = replace(project, groups=project.groups.grouped("stem", ("conv1", "act1"), closed=False)[0])
    outlines = [one for one in figure(framed, facts, FigureChoices(style="canvas")).shapes if isinstance(one, Outline)]
    fills = [one.fill for one in outlines]
    assert fills.index(FRAME) < fills.index("#9a5b00"), "an arrow into a group lies on its frame"
    part = figure(project, facts, FigureChoices(style="canvas"), tuple(project.network.nodes)[:4])
    assert "out of the way" not in texts(part)
    assert "Two convolutions" in texts(part)


@given(st.text(max_size=300), st.floats(48, 400), st.floats(24, 300), st.sampled_from((12, 18, 28)))
def test_what_a_note_says_stays_in_its_frame(text: str, wide: float, high: float, size: int) -> None:
    frame, *labels = note_shapes({"n": Note((0.0, 0.0), (wide, high), "pink", text, size)})
    for label in labels:
        assert isinstance(label, Label)
        left, _, right, low = label.box
        assert left >= 0
        assert low <= high + 0.01
        assert right <= wide or len(label.text) <= 2
    assert frame.box == (0.0, 0.0, wide, high)


def test_the_canvas_style_marks_layers_that_tell_style_and_content() -> None:
    project = CLASSICS["lenet5"].project
    roles = {"conv1": ("style",), "conv2": ("style", "content")}
    steps = figuring(project, analyse(project.network), FigureChoices(style="canvas"), (), roles)
    drawing = next(step for step in steps if step is not None)
    said = texts(drawing)
    assert (said.count("S"), said.count("C")) == (3, 2), "one each in the line that says what they mean"
    assert {"style layer", "content layer"} <= set(said)
    assert not meeting(drawing.labels, drawing.labels)
    plain = drawn("lenet5", style="canvas")
    assert not {"S", "C", "style layer"} & set(texts(plain))
    grouped = arrived(CLASSICS["resnet50"].project)
    hidden = next(id for id in grouped.network.nodes if id.startswith("layer1.0."))
    steps = figuring(grouped, analyse(grouped.network), FigureChoices(style="canvas"), (), {hidden: ("style",)})
    assert texts(next(step for step in steps if step is not None)).count("S") == 2, "on the closed group's card"


def test_a_bypassed_layer_is_pale_and_says_so() -> None:
    project = CLASSICS["lenet5"].project
    project = bypassed(project, ["act1"])
    drawing = figure(project, analyse(project.network), FigureChoices(style="canvas"))
    (label,) = (label for label in drawing.labels if "bypassed" in label.text)
    assert "tanh" in texts(drawing)
    assert label.colour != "#000000"


def test_the_command_draws_the_canvas_in_groups(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    assert main(["figure", "resnet50", str(path), "--style", "canvas"]) == 0
    assert ">layer1<" in path.read_text("utf-8")


def test_steps_end_in_the_drawing() -> None:
    project = CLASSICS["lenet5"].project
    *steps, drawing = figuring(project, analyse(project.network), FigureChoices())
    assert steps == [None] * len(steps)
    assert 0 < len(steps) <= PARTS
    assert drawing == figure(project, analyse(project.network), FigureChoices())
