"""Rules of the house that no linter of others knows."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "explorer").rglob("*.py"))
BANNED_NAMES = {"eval", "exec", "pickle", "marshal", "shelve", "dill"}
BANNED_CALLS = {"torch.jit.load", "torch.export.load", "torch.hub.load", "yaml.load", "os.system"}


WINDOW = [path for path in SOURCES if "engine" not in path.parts and "cli" not in path.parts]
"""What threads of the window's process may import; the worker imports before it starts any."""


def test_there_is_something_to_check() -> None:
    assert len(SOURCES) > 30


@pytest.fixture(scope="module")
def broken() -> dict[str, list[str]]:
    """What breaks each rule, and where. Each file is parsed once, and not kept: all of them take 300 MB."""
    found: dict[str, list[str]] = {rule: [] for rule in RULES}
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        for rule, faults in RULES.items():
            found[rule] += [f"{path.relative_to(ROOT)}: {fault}" for fault in faults(path, text, tree)]
    return found


def test_nothing_runs_what_a_file_says(broken: dict[str, list[str]]) -> None:
    """No unpickling, no eval, no shell; the risky loaders only with their safe words."""
    assert broken["safe"] == []


def test_modules_can_be_read_in_a_sitting(broken: dict[str, list[str]]) -> None:
    assert broken["short"] == []


def test_every_painter_ends(broken: dict[str, list[str]]) -> None:
    """A painter that an error leaves alive on a widget ends the program: Qt has taken its paper away by then."""
    assert broken["painters end"] == []


def test_every_part_is_painted_by_itself(broken: dict[str, list[str]]) -> None:
    """What an item or a row raises amid Qt's painting ends the program where it is not `guarded`."""
    assert broken["parts are guarded"] == []


def test_numpy_is_imported_whole_before_its_parts(broken: dict[str, list[str]]) -> None:
    """Else two threads that import it at the same time, one of them on the way to a part, both fail."""
    assert broken["numpy whole"] == []


def test_other_libraries_write_into_open_files(broken: dict[str, list[str]]) -> None:
    """X2."""
    assert broken["open files"] == []


def long_or_unexplained(text: str, tree: ast.Module) -> Iterator[str]:
    """A module of 300 lines and more, or without a docstring."""
    if len(text.splitlines()) >= 300:
        yield "300 lines or more"
    if not ast.get_docstring(tree):
        yield "says nothing of itself"


def test_a_long_module_is_seen() -> None:
    long = '"""It says what it is."""\n' + "x = 1\n" * 299
    assert list(long_or_unexplained(long, ast.parse(long))) == ["300 lines or more"]
    assert list(long_or_unexplained("x = 1", ast.parse("x = 1"))) == ["says nothing of itself"]


@lru_cache(maxsize=1)
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """All of its nodes: several rules go through the same ones."""
    return tuple(ast.walk(tree))


def written(node: ast.expr) -> str:
    """As it stands in the source; names with dots, of which there are thousands, without asking `ast` for them."""
    if isinstance(node, ast.Name):
        return node.id
    return f"{written(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else ast.unparse(node)


def dangers(tree: ast.AST) -> Iterator[str]:
    """Every use of something that can run what a file holds."""
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in BANNED_NAMES)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in BANNED_NAMES:
            yield str(node.module)
        elif isinstance(node, ast.Call):
            name = written(node.func)
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


def loose_painters(tree: ast.AST) -> Iterator[str]:
    """Every painter that is begun, and not by a `with` that ends it."""
    held = {item.context_expr for node in nodes(tree) if isinstance(node, ast.With) for item in node.items}
    for node in nodes(tree):
        if isinstance(node, ast.Call) and node not in held:
            name = written(node.func).rpartition(".")[2]
            if name in ("QPainter", "QStylePainter"):
                yield ast.unparse(node)


def bare_paintings(tree: ast.AST) -> Iterator[str]:
    """Methods that Qt calls for each part of what it paints, and that are not guarded."""
    for owner in nodes(tree):
        if isinstance(owner, ast.ClassDef):
            part = any(written(base).endswith(("GraphicsItem", "ItemDelegate")) for base in owner.bases)
            for node in owner.body:
                called = isinstance(node, ast.FunctionDef) and (
                    node.name in ("drawBackground", "drawForeground") or (part and node.name == "paint")
                )
                if called and "guarded" not in [ast.unparse(each) for each in node.decorator_list]:
                    yield f"{owner.name}.{node.name}"


def test_a_bare_painting_is_seen() -> None:
    tree = ast.parse("class A(QStyledItemDelegate):\n    def paint(self): ...\n    @guarded\n    def paint(self): ...")
    assert list(bare_paintings(tree)) == ["A.paint"]


def test_a_painter_that_does_not_end_is_seen() -> None:
    assert list(loose_painters(ast.parse("painter, hue = QPainter(self), 1")))
    assert list(loose_painters(ast.parse("with QPainter(a) as one:\n    draw(QtGui.QPainter(b))"))) == [
        "QtGui.QPainter(b)"
    ]


def parts_first(body: list[ast.stmt]) -> Iterator[str]:
    """Modules of numpy that are imported in a block, or in a function of it, without numpy itself before."""
    whole = False
    for node in body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            whole = whole or node.names[0].name == "numpy"
            names = [alias.name for alias in node.names]
        else:
            names = [str(node.module)] if isinstance(node, ast.ImportFrom) else []
        if not whole:
            yield from (name for name in names if name.startswith("numpy."))
            for inner in ("body", "orelse", "finalbody"):
                yield from parts_first(getattr(node, inner, []))


def test_parts_of_numpy_are_found() -> None:
    for code in ("import numpy.typing", "def f():\n    from numpy.typing import NDArray", "if x:\n    import numpy.ma"):
        assert list(parts_first(ast.parse(code).body))
    for code in ("import numpy as np\nimport numpy.ma", "if TYPE_CHECKING:\n    from numpy.typing import NDArray"):
        assert not list(parts_first(ast.parse(code).body))


WRITERS = {
    "torch.save", "torch.jit.save", "torch.export.save", "onnx.save", "onnx.save_model", "save_file", "save_model",
    "safetensors.torch.save_file", "safetensors.numpy.save_file", "np.save", "np.savez", "np.savez_compressed",
}  # fmt: skip


def names_of_files(tree: ast.AST) -> Iterator[str]:
    """Every call of another library's writer that may be given a name, where it is to get an open file: of
    long and odd names some make something else, and none writes as `formats.atomic` does."""
    for node in nodes(tree):
        if isinstance(node, ast.Call) and written(node.func) in WRITERS:
            given = [ast.unparse(argument) for argument in node.args[:2]]
            if not {"file", "data", "buffer", "source", "stream"} & set(given):
                yield f"{ast.unparse(node.func)}({', '.join(given)})"


def test_a_name_given_to_a_library_is_found() -> None:
    for code in ("torch.save(x, path)", "onnx.save(model, 'a.onnx')", "save_file(x, str(p))", "np.savez('a', **x)"):
        assert list(names_of_files(ast.parse(code)))
    assert not list(names_of_files(ast.parse("torch.save(x, file)")))


RULES: dict[str, Callable[[Path, str, ast.Module], Iterable[str]]] = {
    "safe": lambda path, text, tree: dangers(tree),
    "short": lambda path, text, tree: long_or_unexplained(text, tree),
    "painters end": lambda path, text, tree: loose_painters(tree),
    "parts are guarded": lambda path, text, tree: bare_paintings(tree),
    "numpy whole": lambda path, text, tree: parts_first(tree.body) if path in WINDOW else (),
    "open files": lambda path, text, tree: names_of_files(tree),
}
"""What each rule finds that breaks it."""
