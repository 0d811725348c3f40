"""The user's own torch module, by an explicit choice: `package.module:factory` names code that is run to make it.

No file leads here by itself; whoever types such a name asks for that code to be run.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import torch
from torch import nn

from explorer.engine.program import Program
from explorer.engine.symbols import leaves
from explorer.engine.trace import trace_with_outputs, weights
from explorer.formats.in_pieces import kept
from explorer.formats.words import shown
from explorer.maths.records import Progress
from explorer.maths.sentences import Refusal, at_home, shortened
from explorer.network.project import Project

NAME = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):([A-Za-z_]\w*)(?:@(\d{1,4})x(\d{1,5})x(\d{1,5}))?")
SIDE = 224
"""Pixels of the picture where the name says none."""

APART = 1e-4
"""Of the greatest output: how far the network read may be from the module itself."""


LOADED: dict[str, Path] = {}
"""In which folder the user's own code was found, by its outermost package."""


class OwnCodeError(Refusal):
    """The code gives no module that can be read; the message names it, the reason and what to do."""


def open_own(name: str, folder: str | Path = "") -> Iterator[Progress | Project]:
    """The network of `package.module:factory`, with the weights that the factory gives it; the Project comes last.

    folder: where the code lies; the one worked in where none is given.
    The factory is called without arguments; with `@CxHxW` behind its name the picture has that shape, else the
    channels of the first convolution and 224×224 pixels. The network is run beside the module, and refused where
    they differ. Raises OwnCodeError, TraceError, CannotSave.
    """
    found = NAME.fullmatch(name)
    if found is None:
        raise OwnCodeError(f"“{name[:60]}” is no name of code: write package.module:factory, or …:factory@3x64x64.")
    where, factory, *sizes = found.groups()
    yield Progress(f"Running {where}:{factory}")
    home = Path(folder or Path.cwd()).resolve()
    with _first(home):
        module = _made(where, factory, home)
    shape = (int(sizes[0]), int(sizes[1]), int(sizes[2])) if sizes[0] else (_channels(module), SIDE, SIDE)
    yield Progress(f"Reading {factory}")
    with _first(home):  # code may be imported only when it runs
        network, outputs = trace_with_outputs(module, shape)
        main = outputs[0] if outputs else ""
        values = weights(module, network)
        _compare(Program(network, values, main=main), outputs, module, shape)
    sha = (yield from kept(values, factory)) if values else ""
    yield Project(
        network,
        weights=sha,
        title=factory,
        origin=f"Your own code {where}:{factory}, which was run to make it; the weights are those it gave.",
        main=main,
    )


@contextmanager
def _first(home: Path) -> Iterator[None]:
    """Modules are looked for in this folder first; not for longer, for its names might hide what the program needs."""
    sys.path.insert(0, str(home))
    try:
        yield
    finally:
        with suppress(ValueError):  # the code itself may have changed the list
            sys.path.remove(str(home))


def _made(where: str, factory: str, home: Path) -> nn.Module:
    """What the factory gives. A file of its folder is read again where it was before: it may be edited."""
    top = where.partition(".")[0]
    if LOADED.get(top, home) != home:  # code of the same name that lies elsewhere
        for name in [name for name in sys.modules if name == top or name.startswith(f"{top}.")]:
            del sys.modules[name]
    try:
        importlib.invalidate_caches()
        code = importlib.reload(sys.modules[where]) if _lies_in(home, where) else importlib.import_module(where)
        if _lies_in(home, where):
            LOADED[top] = home
        make: Callable[[], Any] = getattr(code, factory)
        module = make()
    except ModuleNotFoundError as error:
        raise OwnCodeError(
            f"Python finds no module “{shown(error.name, 60)}” in {at_home(home)} or installed: name the folder it "
            "lies in, or on the command line go there, or install it."
        ) from error
    except (Exception, SystemExit) as error:  # it is the user's code that runs here
        reason = shortened(f"{type(error).__name__}: {error}", 140)
        raise OwnCodeError(
            f"{where}:{factory} could not be run ({reason}): mend the code and open it again."
        ) from error
    if not isinstance(module, nn.Module):
        raise OwnCodeError(
            f"{where}:{factory} gives a {type(module).__name__}, not a torch module: name a function or class that "
            "gives one without arguments."
        )
    return module.eval()


def _lies_in(home: Path, where: str) -> bool:
    """Whether a module that was imported is a file of this folder."""
    file = getattr(sys.modules.get(where), "__file__", None)
    return bool(file) and Path(str(file)).resolve().is_relative_to(home)


def _channels(module: nn.Module) -> int:
    return next((part.in_channels for part in module.modules() if isinstance(part, nn.Conv2d)), 3)


def _compare(program: Program, outputs: Sequence[str], module: nn.Module, shape: tuple[int, int, int]) -> None:
    """Raise OwnCodeError unless these nodes of the network read give all that the module gives."""
    picture = torch.rand(1, *shape, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        given = module(picture)
    wanted = [value for value in leaves(given) if isinstance(value, torch.Tensor)]
    values = program.values(picture, set(outputs))
    if len(wanted) != len(outputs) or not all(map(_alike, (values[id] for id in outputs), wanted)):
        raise OwnCodeError(
            "The network that was read computes something else than the code, which may look at numbers or count its "
            "calls: it is not shown, for it would not be true."
        )


def _alike(found: torch.Tensor, wanted: torch.Tensor) -> bool:
    apart = float((found - wanted).abs().max()) if found.shape == wanted.shape else float("inf")
    return apart <= APART * max(float(wanted.abs().max()), 1e-6)
