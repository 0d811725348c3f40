"""What the guide and the architecture's page name is there: menus, keys, buttons, settings, modules."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence

import explorer.layers  # noqa: F401  (fills Layer.kinds)
from explorer.classics.book import BOOK
from explorer.classics.catalogue import CLASSICS
from explorer.classics.others import DETECTORS
from explorer.cli.parser import parser as words_taken
from explorer.engine.entries import entries
from explorer.network.layer import Layer
from explorer.probes.attribution import METHODS
from explorer.ui.commands import OR
from explorer.ui.controls.words import figure
from explorer.ui.hints import HINTS
from explorer.ui.other_words import OTHER_WORDS
from explorer.ui.panels.keys_page import GESTURES
from explorer.ui.panels.labs_page import LABS
from explorer.ui.window import Window
from explorer.workspace.settings import RECENT
from explorer.workspace.style_presets import PRESETS
from explorer.workspace.style_timeline import MOST
from tests.window_side import idle_window

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "docs" / "guide.md").read_text("utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
PACKAGES = {path.name for path in (ROOT / "explorer").iterdir() if path.is_dir()}
SUBJECTS = {
    "26 painting styles",
    "Any picture's style",
    "blocks",
    "fed",
    "minimap",
    "Gram matrix",
    "safetensors",
    "Adam",
    "A video",
}
"""What the guide stresses that no part of the window is called: two models, and words it introduces."""


@pytest.fixture
def window(qtbot, qapp) -> Iterator[Window]:
    window = idle_window(qtbot)
    yield window
    window.close_now()


def one_line(text: str) -> str:
    return " ".join(text.split())


def stressed(text: str) -> list[str]:
    """What stands between two stars each, but not what a line of a list or table begins with: that is its subject."""
    plain = re.sub(r"^- \*\*.+?\*\*", "-", text, flags=re.M | re.S)
    return [one_line(name) for name in re.findall(r"\*\*(.+?)\*\*", plain, re.S)]


def texts_of_the_window() -> set[str]:
    """Every short text in the sources of the window, and what forms show: layer kinds and the names of settings."""
    found = set(Layer.kinds)
    for package in ("ui", "probes", "network", "workspace"):
        for path in (ROOT / "explorer" / package).rglob("*.py"):
            source = path.read_text("utf-8")
            found |= set(re.findall(r'"([^"\n]+)"', source))  # not by `ast`: three times the time
            found |= {name.replace("_", " ") for name in re.findall(r"^    (\w+): ", source, re.M)}
    return found


def test_what_the_guide_stresses_is_written_in_the_window() -> None:
    shown = texts_of_the_window()
    names = [name for name in stressed(GUIDE) if "▸" not in name and name not in SUBJECTS]
    assert len(names) > 60
    keys = {key for key in names if re.fullmatch(r"(Ctrl\+)?(Alt\+)?(Shift\+)?(\w|Tab|Esc|F\d+)", key)}
    assert [name for name in names if name not in shown | keys] == []


def test_menus_of_the_guide_are_there_with_their_keys(window: Window) -> None:
    paths = {command.path: window.commands.keys(command) for command, _ in window.commands.actions}
    known = {*paths, *window.commands.menus}
    named = [name.replace(" ▸ ", "/") for name in stressed(GUIDE) if "▸" in name]
    assert len(named) > 15
    assert [name for name in named if name not in known] == []
    unstressed = re.sub(r"\*\*.+?\*\*", "", GUIDE, flags=re.S)
    assert "▸" not in unstressed, "else nobody compares it with the menus"
    said = re.findall(r"\*\*([^*]+)\*\* \((Ctrl[^ ,)]+)", one_line(GUIDE))
    by_name = {path.rpartition("/")[2]: keys for path, keys in paths.items()}
    told = [(name, keys) for name, keys in said if name.rpartition(" ▸ ")[2] in by_name]
    assert len(told) > 12
    assert [(name, keys) for name, keys in told if keys not in by_name[name.rpartition(" ▸ ")[2]].split(OR)] == []


def test_keys_of_the_guide_are_keys_of_the_program(window: Window) -> None:
    wanted = set(re.findall(r"Ctrl\+(?:Alt\+|Shift\+)*(?:F\d+|[A-Z](?!\w)|Tab)", GUIDE))
    assert len(wanted) > 20
    shown = " ".join(f"{window.commands.keys(command)} {command.hint}" for command, _ in window.commands.actions)
    for key in wanted:
        assert not QKeySequence(key).isEmpty()
        assert key in f"{shown} {GESTURES}", key


IDLE = {"the", "show", "all", "what", "and", "this", "that", "one", "take", "with", "layers", "key"}
"""Words that tell nothing of what a key does."""


def table_of_keys() -> list[tuple[str, str]]:
    """Each key of the guide's table with the words that stand in its place beside it."""
    found = []
    for keys, words in re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", GUIDE.partition("## Keys and mouse")[2], re.M):
        for several, told in zip(keys.split("; "), words.split("; "), strict=False):
            names = re.split(r", | or ", several.partition(" to ")[0])
            names = [f"Ctrl+{name}" if len(name) == 1 and names[0].startswith("Ctrl+") else name for name in names]
            parts = told.split(", ")
            pairs = zip(names, parts, strict=True) if len(names) == len(parts) else ((name, told) for name in names)
            found += [(name.replace("−", "-"), part) for name, part in pairs]
    return found


def telling(text: str) -> set[str]:
    """The first letters of the words that tell something."""
    return {word[:5] for word in re.findall(r"[a-z]{3,}", text.lower())} - {word[:5] for word in IDLE}


def does(window: Window, key: str) -> list[str]:
    """What the program says that a key does: of its command, or among the gestures."""
    found = [
        f"{command.text} {command.help} {OTHER_WORDS.get(command.path, '')}"
        for command, _ in window.commands.actions
        if key in (window.commands.keys(command) or command.hint).split(OR)
    ]
    for line in GESTURES.splitlines():
        keys, _, words = line.partition("\t")
        names, parts = re.split(r", | or ", re.split(" on the | in a ", keys)[0]), words.split(", ")
        if key in names:
            found += [parts[names.index(key)] if len(names) == len(parts) else words]
    return found


def test_keys_of_the_guide_do_what_it_says(window: Window) -> None:
    known = {(key, words): does(window, key) for key, words in table_of_keys()}
    bound = {pair: said for pair, said in known.items() if said}
    assert len(bound) > 45
    wrong = [pair for pair, said in bound.items() if not any(telling(pair[1]) & telling(each) for each in said)]
    assert wrong == []
    unbound = {key for key, words in known.keys() - bound.keys()}
    assert not {key for key in unbound if key.startswith("Ctrl+") and key != "Ctrl+click"}, unbound


def test_a_key_that_does_something_else_is_seen(window: Window) -> None:
    for key, words in (("Ctrl+Alt+O", "close"), ("Ctrl+G", "ungroup"), ("F", "show everything"), ("N", "an arrow")):
        assert does(window, key)
        assert not any(telling(words) & telling(each) for each in does(window, key)), key


OTHERWISE = {
    "View/Zoom out": "Ctrl+−",
    "View/Frame the selection": "| F; Home | show the selection;",
    "Video/Find faces with the camera": "**Video** menu has both",
    "Video/Find faces in the sample photos": "**Video** menu has both",
    "Video/Open video…": "choose a camera, a video,",
    "Video/Play the pictures of a folder…": "the pictures of a folder or the sample photos",
}
"""Commands that the guide tells of in other words."""


def test_the_guide_tells_of_every_command(window: Window) -> None:
    """By its name, its keys, or the menu it stands in with others of its kind."""
    flat = one_line(GUIDE)
    low = flat.lower()
    inner = {"/".join(command.menu.split("/")[:2]) for command, _ in window.commands.actions if "/" in command.menu}
    menus = {menu for menu in inner if menu.replace("/", " ▸ ") in flat}
    missing = []
    for command, _ in window.commands.actions:
        name, keys = command.text.rstrip("…").lower(), window.commands.keys(command) or command.hint
        told = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", low)
        pressed = [key for key in keys.split(OR) if len(key) > 1 and key in flat]
        beside = "/".join(command.menu.split("/")[:2]) in menus
        if not (told or pressed or beside or OTHERWISE.get(command.path, "nothing of this") in flat):
            missing.append(command.path)
    assert len(menus) > 8
    assert missing == []


def test_the_guide_tells_of_every_command_without_a_window() -> None:
    parser = next(action for action in words_taken()._actions if isinstance(action, argparse._SubParsersAction))
    told = GUIDE.partition("## Without a window")[2].partition("```")[2].partition("```")[0]
    assert len(parser.choices) > 10
    assert [name for name in parser.choices if f"cnn-explorer {name} " not in told] == []
    models = next(a for a in parser.choices["models"]._actions if isinstance(a, argparse._SubParsersAction))
    assert [name for name in models.choices if not re.search(rf"\b{name}\b", told.rpartition("models ")[2])] == []


def test_options_of_the_guide_are_options_of_its_commands() -> None:
    parser = next(action for action in words_taken()._actions if isinstance(action, argparse._SubParsersAction))
    told = GUIDE.partition("## Without a window")[2].partition("```")[2].partition("```")[0]
    option, seen = re.compile(r"(?<!\w)--?[a-z]+(?:-[a-z]+)*"), 0
    for part in told.split("cnn-explorer ")[1:]:
        command = part.split()[0]
        options = set(option.findall(part))
        known = {} if command not in parser.choices else parser.choices[command]._option_string_actions
        assert options <= {*known, "--help"}, command
        for name, value in re.findall(r"(--[a-z]+) (\d[\d.]*)\]", part):
            assert f"{value} if not given" in str(known[name].help), f"{command} {name}"
            seen += 1
    assert seen > 2, "else the guide's word on numbers says nothing"
    for line in re.findall(r"^cnn-explorer .*", GUIDE.replace(told, ""), re.M):  # the examples of other chapters
        command = line.split()[1]
        assert set(re.findall(r"(?<!\w)--?[a-z]+(?:-[a-z]+)*", line)) <= {
            *parser.choices[command]._option_string_actions
        }, line


def test_numbers_of_readme_and_guide_are_counted() -> None:
    said = one_line(f"{(ROOT / 'README.md').read_text('utf-8')} {GUIDE}")
    assert f"{len(CLASSICS)} networks, from LeNet" in said
    assert f"{len(entries())} trained networks are a click away" in said
    assert f"{len(BOOK)} numbers and formulas of a course" in said
    small = {7: "seven", 8: "eight", 9: "nine", 10: "ten", 12: "twelve"}
    assert f"{small[len(METHODS)]} attribution methods side by side" in said
    assert f"its {small[len(DETECTORS)]} detectors" in said
    assert f"*Presets* tries {small[len(PRESETS)]} settings" in said
    assert f"gives the window to {small[len(LABS) - 1]} small labs about finding things" in said  # one is about style
    assert f"up to {MOST} moments of a branch" in said
    assert f"the start page list the last {small[RECENT]}" in said


def is_there(name: str) -> bool:
    """Whether this is a module or package of the program, or what one of these defines."""
    place = ROOT / "explorer" / name.replace(".", "/")
    if place.is_dir() or place.with_suffix(".py").is_file():
        return True
    owner, word = place.parent, place.name
    files = [owner.with_suffix(".py")] if owner.with_suffix(".py").is_file() else list(owner.rglob("*.py"))
    defined = re.compile(rf"^\s*(?:class|def) {word}\b|^{word}\b.*[:=]", re.M)
    return any(defined.search(file.read_text("utf-8")) for file in files)


def test_modules_of_the_architecture_are_there() -> None:
    named = {name for name in re.findall(r"`([a-z]+(?:\.\w+)+)", ARCHITECTURE) if name.split(".")[0] in PACKAGES}
    assert len(named) > 70
    assert [name for name in sorted(named) if not is_there(name)] == []


def test_a_module_that_is_gone_is_seen() -> None:
    assert is_there("workspace.guide.ABOUT")
    assert is_there("network.Network")
    assert not is_there("engine.nothing_of_this_name")
    assert not is_there("workspace.guide.NOTHING")


def test_hints_are_sentences() -> None:
    for name, hint in HINTS.items():
        assert hint[0].isupper(), name
        assert hint.endswith("."), name
        assert hint != f"{name}.", name
        assert len(hint) <= 120, name


def test_other_words_are_written_alike() -> None:
    for path, words in OTHER_WORDS.items():
        phrases = words.split(", ")
        assert all(phrase and phrase == phrase.strip() for phrase in phrases), path
        assert len(set(phrases)) == len(phrases), path


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.00720391, "−0.007204"), (2.8461, "2.846"), (0.0, "0"), (9999.0, "9999"), (9999.9, "10,000"),
        (-1_234_567.8, "−1,234,568"), (3e12, "3e+12"), (1e-9, "1e−09"), (float("nan"), "nan"),
    ],
)  # fmt: skip
def test_figures_are_written_to_be_read(value: float, text: str) -> None:
    assert figure(value) == text
