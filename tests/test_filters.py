"""Filters of every layer that has some: as they lie in the weights, in any order, dead and equal ones marked."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage

from explorer.engine import filters as engine
from explorer.engine.answers import answer
from explorer.engine.program import Program, ProgramError
from explorer.engine.weight_questions import Filters
from explorer.formats import tensors
from explorer.layers.activations import Dropout, ReLU
from explorer.layers.dense import Input, Linear
from explorer.layers.resizing import ConvTranspose2d
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d, GlobalAvgPool
from explorer.maths.filter_order import by_norm, by_similarity, nearest, norms
from explorer.maths.records import Place
from explorer.maths.sentences import Refusal
from explorer.maths.weight_records import LayerFilters
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.ui.panels.filters import FiltersPanel
from explorer.ui.pictures.filter_sheet import FilterSheet
from explorer.ui.pictures.filter_tiling import FilterTiling, Spot
from explorer.ui.pictures.unit_card import UnitCard
from explorer.workspace.document import Document
from explorer.workspace.dreaming import Dreaming
from explorer.workspace.patch_search import PatchSearch
from explorer.workspace.session import Session
from explorer.workspace.unit_pictures import UnitPictures
from tests.idle_side import IdleWorker

NODES = (
    Node("in", Input(3, 12, 10)), Node("first", Conv2d(8, 3), ("in",)),
    Node("apart", Conv2d(8, 3, groups=8), ("first",)), Node("next", Conv2d(6, (3, 2), groups=2), ("first",)),
    Node("one", Conv2d(5, 1), ("first",)),
    Node("up", ConvTranspose2d(6, 3, groups=2), ("first",)), Node("flat", Flatten(), ("one",)),
    Node("drop", Dropout(), ("flat",)), Node("dense", Linear(4), ("drop",)), Node("relu", ReLU(), ("dense",)),
    Node("last", Linear(7), ("relu",)), Node("mean", GlobalAvgPool(), ("one",)), Node("head", Linear(3), ("mean",)),
)  # fmt: skip
NETWORK = Network({node.id: node for node in NODES})


def looked(node: str, order: str = "index", **weights) -> LayerFilters:
    kept = tensors.keep({name: np.float32(values) for name, values in weights.items()}) if weights else ""
    *_, found = answer(Filters(Project(NETWORK, weights=kept), node, order=order))
    return found


def test_filters_as_they_lie_in_the_weights() -> None:
    program = Program(NETWORK, {})
    for node, shape, colour in (
        ("first", (8, 3, 3, 3), True), ("apart", (8, 1, 3, 3), False), ("next", (6, 4, 3, 2), False),
        ("one", (5, 8, 1, 1), False), ("dense", (4, 5, 10, 8), False), ("last", (7, 4, 1, 1), False),
        ("head", (3, 5, 1, 1), False),
    ):  # fmt: skip
        found = looked(node)
        assert (found.values.shape, found.colour, found.untrained, found.whole) == (shape, colour, True, shape[0])
        np.testing.assert_array_equal(found.values.ravel(), program.tensors(node)["weight"].numpy().ravel())
        assert found.numbers.tolist() == list(range(shape[0]))


def test_a_transposed_convolution_has_its_outputs_first() -> None:
    """One pixel of one input channel stamps exactly the numbers of that channel in each filter of its group."""
    found = looked("up")
    assert found.values.shape == (6, 4, 3, 3)
    module = Program(NETWORK, {})._module("up")[0]
    for channel in range(8):
        x = torch.zeros(1, 8, 1, 1)
        x[0, channel] = 1
        stamped = (module(x) - module(torch.zeros_like(x)))[0].detach().numpy()  # [6, 3, 3]
        group = slice(channel // 4 * 3, channel // 4 * 3 + 3)
        np.testing.assert_allclose(stamped[group], found.values[group, channel % 4], atol=1e-6)


def test_dead_and_equal_ones_keep_their_numbers_in_any_order() -> None:
    values = np.random.default_rng(0).normal(size=(5, 8, 1, 1))
    values[1], values[4] = 0, values[2]
    for order in ("index", "norm", "similarity"):
        found = looked("one", order, **{"one.weight": values, "one.bias": np.zeros(5)})
        assert (found.dead, found.equal, found.untrained) == ((1,), ((2, 4),), False)
        np.testing.assert_array_equal(found.values, values[found.numbers].astype(np.float32))
        np.testing.assert_allclose(found.norms, np.sqrt((values[found.numbers] ** 2).sum((1, 2, 3))), rtol=1e-6)
    assert found.numbers[-1] == 1
    at = found.numbers.tolist()
    assert abs(at.index(2) - at.index(4)) == 1


def test_too_many_numbers_are_cut_to_the_first(monkeypatch) -> None:
    monkeypatch.setattr(engine, "MOST", 4 * 8)
    found = looked("one", "norm")
    assert (len(found.values), found.whole) == (4, 5)
    everything = norms(Program(NETWORK, {}).tensors("one")["weight"].numpy())
    assert found.norms.tolist() == pytest.approx(sorted(everything, reverse=True)[:4])


@pytest.mark.parametrize("node", ["relu", "gone", "mean"])
def test_what_has_no_filters(node: str) -> None:
    with pytest.raises(ProgramError, match="has no filters: select a convolution"):
        looked(node)


def test_a_layer_that_does_not_fit_has_none_yet() -> None:
    broken = NETWORK.with_node(Node("last", Linear(7), ("one",)))
    with pytest.raises(ProgramError, match="last has no filters yet"):
        list(answer(Filters(Project(broken), "last")))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 12), st.integers(1, 6), st.integers(0, 999), st.sets(st.integers(0, 11)), st.sets(st.integers(0, 11))
)
def test_orders(count: int, length: int, seed: int, silent: set[int], broken: set[int]) -> None:
    filters = np.random.default_rng(seed).normal(size=(count, length, 1, 1)).astype(np.float32)
    filters[[one for one in silent if one < count]] = 0
    filters[[one for one in broken if one < count], 0] = np.nan
    for order in (by_norm(filters), by_similarity(filters)):
        assert sorted(order.tolist()) == list(range(count))
    lengths = norms(filters)
    good = [one for one in by_norm(filters) if np.isfinite(lengths[one])]
    assert all(lengths[a] >= lengths[b] for a, b in pairwise(good))
    way = [one for one in by_similarity(filters) if np.isfinite(lengths[one]) and lengths[one] > 0]
    flat = filters.reshape(count, -1).astype(np.float64)

    def cosine(a: int, b: int) -> float:
        return float(flat[a] @ flat[b] / lengths[a] / lengths[b])

    for at, one in enumerate(way[:-1]):
        best = max(cosine(one, other) for other in way[at + 1 :])
        assert cosine(one, way[at + 1]) == pytest.approx(best, abs=1e-5)
    for at in range(count):
        angles = {other: cosine(at, other) for other in way if other != at} if at in way else {}
        found = nearest(filters, lengths, at)
        assert (found is None) == (not angles)
        if found is not None:
            assert found[1] == pytest.approx(max(angles.values()), abs=1e-5)
            assert angles[found[0]] == pytest.approx(found[1], abs=1e-5)


# The sheet


@given(
    st.integers(1, 9), st.sampled_from([1, 1, 2, 5]), st.integers(1, 4), st.integers(1, 4), st.integers(1, 7),
    st.integers(0, 30), st.integers(1, 120),
)  # fmt: skip
def test_each_number_lies_where_it_is_drawn(count, each, height, width, cell, head, room) -> None:
    tiling = FilterTiling(count, each, height, width, cell, head if each > 1 else 0, room)
    sheet = QRect(QPoint(0, 0), tiling.size)
    for at in range(count):
        for channel in range(each):
            spot = Spot(at, channel, height - 1, width - 1)
            assert tiling.at(tiling.square(spot).center()) == spot
            assert sheet.contains(tiling.square(spot))
            assert tiling.area(at).contains(tiling.square(spot))
    assert tiling.at(QPoint(-1, 0)) is None
    assert tiling.at(QPoint(0, tiling.size.height() + 3)) is None
    rows, tiles = tiling.in_sight(sheet)
    assert len(rows) * tiling.across >= count
    assert list(tiles) == list(range(each if each > 1 else tiling.across))


@pytest.fixture
def panel(qtbot):
    session = Session(Document(Project(NETWORK)), IdleWorker())
    card = UnitCard(session, PatchSearch(session), UnitPictures(session), Dreaming(session))
    panel = FiltersPanel(session, card)
    qtbot.addWidget(panel)
    panel.resize(640, 420)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    return panel


def show(panel: FiltersPanel, found: LayerFilters) -> FilterSheet:
    panel._session.select((found.node,))
    panel.looking._show(found)
    return panel.sheet


def test_what_is_in_sight_is_part_of_the_whole_sheet(panel) -> None:
    sheet = show(panel, looked("next"))
    sheet.zoom(20)
    whole = sheet.whole_image()
    assert whole.size() == sheet.tiling.size
    seen = QRect(60, 50, 70, 90)
    image, corner = sheet.drawn(seen)
    shown = QRect(corner, image.size())
    assert shown.contains(seen.intersected(QRect(QPoint(sheet.tiling.head, 0), sheet.tiling.size)))
    assert image.width() * image.height() < whole.width() * whole.height()
    assert image.copy() == whole.copy(shown).convertToFormat(image.format())


def test_colours_say_signs_and_channels(panel) -> None:
    weights = np.zeros((8, 3, 3, 3), np.float32)
    weights[0, 0], weights[1, 2], weights[2] = 1, 1, -2
    found = replace(looked("first"), values=weights)
    image = show(panel, found).whole_image()
    colours = [image.pixelColor(panel.sheet.tiling.area(at).center()) for at in range(3)]
    assert colours[0].red() > 250
    assert colours[0].green() == colours[0].blue() == 128
    assert colours[1].blue() > 250
    assert colours[2].getRgb()[:3] == (1, 1, 1)
    panel.jointly.setChecked(True)  # now the strongest number anywhere is −2
    image = panel.sheet.whole_image()
    assert image.pixelColor(panel.sheet.tiling.area(0).center()).red() == 128 + 64
    values = np.full((6, 4, 3, 2), 1, np.float32)
    values[:, 1] = -1
    sheet = show(panel, replace(looked("next"), values=values))
    image = sheet.whole_image()
    up, down = (image.pixelColor(sheet.tiling.square(Spot(2, c, 1, 1)).center()) for c in (0, 1))
    assert up.red() > up.blue()
    assert down.red() < down.blue()


def test_point_click_and_keys(qtbot, panel) -> None:
    found = looked("next", "norm")
    sheet, session = show(panel, found), panel._session
    assert panel.header.text() == "next · 6 filters of 4×3×2"
    assert panel.untrained.text() == "Random weights: the filters look for nothing yet."
    spot = Spot(2, 3, 1, 0)
    qtbot.mouseMove(sheet.viewport(), sheet.point_of(spot))
    number = found.numbers[2]
    assert panel.reading.text() == (
        f"filter {number} · channel 3, row 1, column 0: {found.values[2, 3, 1, 0]:.4f} · norm {found.norms[2]:.4g}"
    )
    qtbot.mouseClick(sheet.viewport(), Qt.MouseButton.LeftButton, pos=sheet.point_of(spot))
    assert session.place == Place("next", int(number), 4, 3)  # in the middle of 8×7
    assert sheet.at == 2
    qtbot.keyClick(sheet, Qt.Key.Key_Down)
    assert session.place == Place("next", int(found.numbers[3]), 4, 3)
    session.look_at(Place("next", int(found.numbers[0]), 1, 1))
    assert sheet.at == 0
    qtbot.keyClick(sheet, Qt.Key.Key_Up)
    assert sheet.at == 0
    session.select(("first",))
    assert panel.looking.filters is found  # until the others are there
    assert sheet.at is None
    session.select(("relu",))
    assert panel.empty.sentence.text().startswith("relu has no filters. Select a convolution")


def test_marks_are_told(panel) -> None:
    found = replace(looked("first"), dead=(3,), equal=((0, 5, 7),))
    sheet = show(panel, found)
    assert panel.header.text() == "first · 8 filters of 3×3×3 in colour · 1 dead · 2 equal to another"
    sheet.mark(5)
    panel._read(None)
    assert panel.reading.text().endswith("the same as 0, 7")
    before = sheet.viewport().grab().toImage()
    sheet.show_filters(replace(found, dead=(), equal=()), False)
    assert sheet.viewport().grab().toImage() != before


def test_export(panel, tmp_path) -> None:
    with pytest.raises(Refusal, match="no filters to write"):
        panel.export_file(str(tmp_path / "none.png"))
    found = looked("dense", "similarity")
    sheet = show(panel, found)
    panel.export_file(str(tmp_path / "filters.png"))
    assert QImage(str(tmp_path / "filters.png")).size() == sheet.tiling.size
    panel.export_file(str(tmp_path / "filters.npz"))
    written = np.load(tmp_path / "filters.npz", allow_pickle=False)
    np.testing.assert_array_equal(written["filters"], found.values)
    np.testing.assert_array_equal(written["numbers"], found.numbers)
    huge = replace(found, values=np.zeros((4000, 600, 5, 5), np.float32), numbers=np.arange(4000))
    show(panel, huge)
    with pytest.raises(Refusal, match="too large for one picture"):
        panel.export_file(str(tmp_path / "huge.png"))


def test_numbers_that_are_none_are_drawn(panel) -> None:
    values = looked("next").values.copy()
    values[0, 0], values[1, 0] = np.nan, np.inf
    sheet = show(panel, replace(looked("next"), values=values))
    assert not sheet.whole_image().isNull()
