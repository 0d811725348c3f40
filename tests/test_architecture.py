"""Rules of the house that no linter of others knows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "explorer").rglob("*.py"))
BANNED_NAMES = {"eval", "exec", "pickle", "marshal", "shelve", "dill"}
BANNED_CALLS = {"torch.jit.load", "torch.export.load", "torch.hub.load", "yaml.load", "os.system"}


def test_there_is_something_to_check() -> None:
    assert len(SOURCES) > 30


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_runs_what_a_file_says(path: Path) -> None:
    """No unpickling, no eval, no shell; the risky loaders only with their safe words."""
    assert not list(dangers(ast.parse(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_can_be_read_in_a_sitting(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 300
    assert ast.get_docstring(ast.parse(text))


def dangers(tree: ast.AST) -> Iterator[str]:
    """Every use of something that can run what a file holds."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in BANNED_NAMES)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in BANNED_NAMES:
            yield str(node.module)
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            words = {k.arg: k.value for k in node.keywords}
            if name in BANNED_NAMES | BANNED_CALLS:
                yield name
            if name == "torch.load" and not literally(words.get("weights_only"), True):
                yield "torch.load without weights_only=True"
            if name in ("np.load", "numpy.load") and not literally(words.get("allow_pickle"), False):
                yield "np.load without allow_pickle=False"
            if name == "Image.open" and "formats" not in words:
                yield "Image.open without formats"
            if "shell" in words and not literally(words["shell"], False):
                yield "a shell"


def literally(value: ast.expr | None, wanted: bool) -> bool:
    return isinstance(value, ast.Constant) and value.value is wanted


@pytest.mark.parametrize(
    "code",
    [
        "import pickle", "from pickle import loads", "eval('1')", "torch.load(f)", "torch.load(f, weights_only=x)",
        "torch.jit.load(f)", "Image.open(f)", "np.load(f)", "subprocess.run('ls', shell=True)", "os.system('ls')",
    ],
)  # fmt: skip
def test_the_check_can_fail(code: str) -> None:
    assert list(dangers(ast.parse(code)))


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_painter_ends(path: Path) -> None:
    """A painter that an error leaves alive on a widget ends the program: Qt has taken its paper away by then."""
    assert not list(loose_painters(ast.parse(path.read_text(encoding="utf-8"))))


def loose_painters(tree: ast.AST) -> Iterator[str]:
    """Every painter that is begun, and not by a `with` that ends it."""
    held = {item.context_expr for node in ast.walk(tree) if isinstance(node, ast.With) for item in node.items}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node not in held:
            name = ast.unparse(node.func).rpartition(".")[2]
            if name in ("QPainter", "QStylePainter"):
                yield ast.unparse(node)


def test_a_painter_that_does_not_end_is_seen() -> None:
    assert list(loose_painters(ast.parse("painter, hue = QPainter(self), 1")))
    assert list(loose_painters(ast.parse("with QPainter(a) as one:\n    draw(QtGui.QPainter(b))"))) == [
        "QtGui.QPainter(b)"
    ]
