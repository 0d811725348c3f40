"""The form: what is typed, stepped and switched edits the value; what does not fit is explained and edits nothing."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.layers.norms import BatchNorm2d
from explorer.layers.windows import Conv2d
from explorer.network.settings import Sizes, setting
from explorer.ui.controls.form import Form
from explorer.ui.controls.fraction import Fraction, Whole
from explorer.ui.controls.labels import Text
from explorer.ui.controls.written import read, written


class Edits(list):
    def __init__(self, form: Form) -> None:
        super().__init__()
        form.edited.connect(lambda value, field: self.append((value, field)))


@pytest.fixture
def shown(qtbot):
    def show(value):
        form = Form(value)
        qtbot.addWidget(form)
        form.show()
        form.activateWindow()
        qtbot.waitUntil(form.isActiveWindow)
        return form

    return show


def retype(qtbot, form, name, text) -> None:
    editor = form.editor(name)
    editor.setFocus()
    editor.selectAll()
    qtbot.keyClicks(editor, text)


def wheel(widget, notches=1) -> None:
    event = QWheelEvent(
        QPointF(5, 5), widget.mapToGlobal(QPointF(5, 5)), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("number", "1,000", 1000),
        ("number", "1,00", "1,00"),
        ("number", " 64 ", 64),
        ("pair", "3", 3),
        ("pair", "3×5", (3, 5)),
        ("pair", "3x5", (3, 5)),
        ("pair", "3, 5", (3, 5)),
        ("pair", "3 5", (3, 5)),
        ("pair", "3×", "3×"),
        ("padding", "1,2,1,2", (1, 2, 1, 2)),
        ("padding", "Same", "same"),
        ("fraction", "1e-3", 0.001),
        ("fraction", "half", "half"),
        ("fraction", "2,000", 2000.0),
        ("fraction", "12,345.5", 12345.5),
        ("fraction", "0,5", "0,5"),
        ("sizes", "10×13, 16.5x30", ((10.0, 13.0), (16.5, 30.0))),
        ("sizes", "10×13;16 × 30", ((10.0, 13.0), (16.0, 30.0))),
        ("sizes", "10×13,", "10×13,"),
        ("sizes", "10×13×16", "10×13×16"),
    ],
)
def test_reading(kind, text, value) -> None:
    assert read(kind, text) == value


@dataclass(frozen=True)
class EveryKind:
    number: int = setting(3, "number", "a number", low=1)
    pair: int | tuple[int, int] = setting(3, "pair", "one number or two", low=1)
    padding: int | tuple[int, ...] | str = setting(0, "padding", "one, two or four", choices=("same", "valid"))
    fraction: float = setting(0.5, "fraction", "a share", low=0, high=1)
    sizes: Sizes = setting(((10.0, 13.0),), "sizes", "some sizes", low=0.5)


@pytest.fixture
def every_kind(shown) -> Form:
    return shown(EveryKind())


TYPED = st.text() | st.text("0123456789.,;×xe+-_ ٣²\t", max_size=12) | st.text("9", min_size=90, max_size=110)


@pytest.mark.parametrize("kind", ["number", "pair", "padding", "fraction", "sizes"])
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TYPED, cursor=st.integers(0, 20), keys=st.lists(st.sampled_from([Qt.Key.Key_Up, Qt.Key.Key_Down])))
@example("1..2", 4, [Qt.Key.Key_Up])
@example(",", 1, [Qt.Key.Key_Up])
@example("1e999", 5, [Qt.Key.Key_Up])
@example("1e308", 5, [Qt.Key.Key_Up])
@example("nan", 3, [Qt.Key.Key_Down])
@example("1" * 5000, 5000, [Qt.Key.Key_Down])
@example("1" * 100, 100, [Qt.Key.Key_Down])
@example("1×" * 2500 + "1", 3, [Qt.Key.Key_Up])
def test_no_text_is_too_much(qtbot, every_kind, kind, text, cursor, keys) -> None:
    """Whatever is typed and stepped is a value, or a text that the setting's rule names; nothing is raised."""
    editor = every_kind.editor(kind)
    line = editor.lineEdit()
    with qtbot.captureExceptions() as errors:
        line.selectAll()
        line.insert(text)  # as pasting does
        line.setCursorPosition(cursor)
        for key in keys:
            qtbot.keyClick(editor, key)
    assert not errors
    assert len(every_kind.problem(kind)) <= 300


def test_a_number_not_yet_written_is_not_stepped(qtbot, every_kind) -> None:
    for kind, text in (("fraction", "1..2"), ("number", ","), ("fraction", "1e999"), ("number", "7" * 5000)):
        editor = every_kind.editor(kind)
        editor.setFocus()
        editor.lineEdit().selectAll()
        editor.lineEdit().insert(text)
        qtbot.keyClick(editor, Qt.Key.Key_Up)
        assert editor.text() == text
        assert "must be a" in every_kind.problem(kind)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("number", 16777216),
        ("pair", (3, 5)),
        ("padding", (1, 2, 3, 4)),
        ("padding", "valid"),
        ("fraction", 2000),
        ("fraction", 2500.5),
        ("fraction", 1e-6),
        ("sizes", ((10.0, 13.0), (193.316576, 0.001))),
    ],
)
def test_what_is_written_reads_back(kind, value) -> None:
    assert read(kind, written(value)) == value


def test_typing_edits_at_each_key(qtbot, shown) -> None:
    form = shown(Conv2d())
    edits = Edits(form)
    retype(qtbot, form, "channels", "128")
    assert [value.channels for value, _ in edits] == [1, 12, 128]
    assert {field for _, field in edits} == {"channels"}


def test_pair_and_padding(qtbot, shown) -> None:
    form = shown(Conv2d())
    retype(qtbot, form, "kernel", "3x5")
    assert form.value.kernel == (3, 5)
    retype(qtbot, form, "padding", "same")
    assert form.value.padding == "same"
    retype(qtbot, form, "padding", "1,2,1,2")
    assert form.value.padding == (1, 2, 1, 2)
    qtbot.keyClick(form.editor("padding"), Qt.Key.Key_Return)
    assert form.editor("padding").text() == "1, 2, 1, 2"


def test_refused_text_is_explained_and_edits_nothing(qtbot, shown) -> None:
    form = shown(Conv2d(kernel=7))
    edits = Edits(form)
    retype(qtbot, form, "kernel", "0")
    assert not edits
    assert form.value.kernel == 7
    assert form.problem("kernel") == "Conv2d's kernel must be one or two whole numbers from 1 to 65536, not '0'"
    (line,) = form.findChildren(Text)
    assert line.isVisible()
    qtbot.keyClick(form.editor("kernel"), Qt.Key.Key_Escape)
    assert form.problem("kernel") == ""
    assert form.editor("kernel").text() == "7"


def test_refused_text_goes_with_the_focus_and_with_undo(qtbot, shown) -> None:
    """What stands in a field is always what the numbers beside it are made of, except while it is typed."""
    form = shown(Conv2d(kernel=7))
    retype(qtbot, form, "kernel", "x")
    form.show_value(form.value)  # as after an edit elsewhere that leaves this layer alone
    assert form.editor("kernel").text() == "x"
    form.editor("stride").setFocus()
    assert form.editor("kernel").text() == "7"
    assert form.problem("kernel")  # still said why
    retype(qtbot, form, "stride", "2")
    assert form.problem("kernel") == "", "whoever edits on has read it: the field shows what holds"
    retype(qtbot, form, "kernel", "y")
    form.editor("stride").setFocus()
    assert "'y'" in form.problem("kernel")
    form._fade.timeout.emit()  # as after a while
    assert form.problem("kernel") == ""
    retype(qtbot, form, "kernel", "x")
    form.show_value(Conv2d(channels=8, kernel=7))  # as undo does
    assert form.editor("kernel").text() == "7"
    assert not form.problem("kernel")


def test_keys_step_the_number_at_the_cursor(qtbot, shown) -> None:
    form = shown(Conv2d(kernel=(3, 5)))
    editor = form.editor("kernel")
    editor.setFocus()
    editor.lineEdit().setCursorPosition(3)
    qtbot.keyClick(editor, Qt.Key.Key_Up)
    assert form.value.kernel == (3, 6)
    editor.lineEdit().setCursorPosition(0)
    qtbot.keyClick(editor, Qt.Key.Key_Down)
    assert form.value.kernel == (2, 6)


def test_stepping_stops_at_the_limit(qtbot, shown) -> None:
    form = shown(Conv2d(stride=1))
    edits = Edits(form)
    form.editor("stride").setFocus()
    qtbot.keyClick(form.editor("stride"), Qt.Key.Key_Down)
    assert not edits
    assert not form.problem("stride")


def test_fraction_steps_by_its_own_size(qtbot, shown) -> None:
    form = shown(BatchNorm2d(eps=1e-5))
    form.editor("eps").setFocus()
    qtbot.keyClick(form.editor("eps"), Qt.Key.Key_Up)
    assert form.value.eps == pytest.approx(2e-5)


def test_wheel_only_with_focus(qtbot, shown) -> None:
    form = shown(Conv2d(channels=10))
    form.editor("kernel").setFocus()
    wheel(form.editor("channels"))
    assert form.value.channels == 10
    form.editor("channels").setFocus()
    wheel(form.editor("channels"))
    assert form.value.channels == 11
    form.editor("channels").clearFocus()
    wheel(form.editor("padding_mode"), -1)
    assert form.value.padding_mode == "zeros"


def test_switch_and_choice(qtbot, shown) -> None:
    form = shown(Conv2d())
    edits = Edits(form)
    form.editor("bias").setFocus()
    qtbot.keyClick(form.editor("bias"), Qt.Key.Key_Space)
    form.editor("padding_mode").setFocus()
    qtbot.keyClick(form.editor("padding_mode"), Qt.Key.Key_Down)
    assert [field for _, field in edits] == ["bias", "padding_mode"]
    assert form.value == Conv2d(bias=False, padding_mode="reflect")


def test_showing_reports_nothing(shown) -> None:
    form = shown(Conv2d())
    edits = Edits(form)
    form.editor("bias").setFocus()
    new = Conv2d(channels=1000, kernel=(1, 7), padding="same", bias=False, padding_mode="circular")
    form.show_value(new)
    assert not edits
    assert form.value == new
    assert form.editor("channels").text() == "1,000"
    assert form.editor("kernel").text() == "1×7"


def test_tab_walks_in_order_and_names_are_told(qtbot, shown) -> None:
    form = shown(Conv2d())
    form.editor("channels").setFocus()
    qtbot.keyClick(form.editor("channels"), Qt.Key.Key_Tab)
    assert form.editor("kernel").hasFocus()
    assert form.editor("kernel").accessibleName() == "kernel f"
    form.letters = "torch"
    assert form.editor("kernel").accessibleName() == "kernel K"
    assert "height × width" in form.editor("kernel").accessibleDescription()


def test_any_dataclass_of_settings(qtbot, shown) -> None:
    @dataclass(frozen=True)
    class Preference:
        size: int = setting(3, "number", "how many", low=1, high=9)
        note: str = "not a setting"

    form = shown(Preference())
    retype(qtbot, form, "size", "12")
    assert form.value == Preference(1)
    assert "from 1 to 9" in form.problem("size")


def test_a_whole_number_has_the_same_digits_in_every_language(qtbot) -> None:
    """In Arabic the Gram matrix counted channels with other digits than the lines beside it."""
    usual = QLocale()
    QLocale.setDefault(QLocale("ar_EG"))
    try:
        field = Whole()
    finally:
        QLocale.setDefault(usual)
    qtbot.addWidget(field)
    field.setRange(0, 2047)
    field.setValue(1234)
    assert field.text() == "1234"
    field.selectAll()
    QTest.keyClicks(field, "512")
    field.interpretText()
    assert field.value() == 512


@pytest.mark.parametrize("language", ["de_DE", "en_GB", "ar_EG"])
def test_a_fraction_has_a_point_in_every_language(qtbot, language: str) -> None:
    """In German 0.5 was 5, in English 0,5 was."""
    usual = QLocale()
    QLocale.setDefault(QLocale(language))
    try:
        field = Fraction(0, 10, 0.01, decimals=2)
    finally:
        QLocale.setDefault(usual)
    qtbot.addWidget(field)
    field.setPrefix("×")
    field.setValue(0.25)
    assert field.text() == "×0.25"
    for typed in ("0.5", "0,5"):
        field.setValue(9)
        field.selectAll()
        QTest.keyClicks(field, typed)
        field.interpretText()
        assert field.value() == 0.5
