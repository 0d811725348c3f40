"""A graphics card that is not there: its tensors lie in main memory, and refuse what a real card's refuse.

Where `Card()` is active, "lazy:0" (a device torch has a name for and nothing behind) is such a card: operations are
computed by the processor, so that their results can be compared to the last bit; what mixes tensors of the card with
others, or reads them without bringing them back, fails as on CUDA; and as on Apple's MPS there is no float64.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_unflatten

CARD = torch.device("lazy:0")
MOVING = {"aten::to", "aten::copy_", "aten::_to_copy", "aten::index", "aten::index_put", "aten::index_put_"}
"""Operations that take tensors of both: copies, and indexes."""


class CardTensor(Tensor):
    """A tensor of the card; what it holds is in `held`."""

    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, held: Tensor) -> CardTensor:
        return Tensor._make_wrapper_subclass(  # type: ignore[attr-defined]
            cls, held.size(), strides=held.stride(), storage_offset=held.storage_offset(), dtype=held.dtype,
            layout=held.layout, device=CARD,
        )  # fmt: skip

    def __init__(self, held: Tensor) -> None:
        self.held = held

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        copied = self.clone().requires_grad_(self.requires_grad)
        if isinstance(self, torch.nn.Parameter):
            copied._is_param = True
        return copied

    def tolist(self) -> Any:
        return self.held.tolist()

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return computed(func, args, kwargs or {})


class Card(TorchDispatchMode):
    """Counts in `operations` what the card computes."""

    operations = 0

    def __enter__(self) -> Card:
        torch.__future__.set_overwrite_module_params_on_conversion(True)  # what a tensor holds is not set through data
        torch._C._set_only_lift_cpu_tensors(True)  # torch.tensor(…, device=…) is made by the processor, and brought
        super().__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        torch._C._set_only_lift_cpu_tensors(False)
        torch.__future__.set_overwrite_module_params_on_conversion(False)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = computed(func, args, kwargs or {})
        self.operations += any(isinstance(part, CardTensor) for part in tree_flatten(result)[0])
        return result


def computed(func: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """What an operation gives, on the card where it says so or gets a tensor of the card."""
    if func is torch.ops.aten._has_compatible_shallow_copy_type.default:
        return False  # a module's parameters are replaced, not filled anew
    parts, form = tree_flatten((args, kwargs))
    name = func._schema.name
    ours = [part for part in parts if isinstance(part, CardTensor)]
    others = [part for part in parts if isinstance(part, Tensor) and not isinstance(part, CardTensor) and part.dim()]
    if ours and others and name not in MOVING:
        raise RuntimeError(f"Expected all tensors to be on the same device, but found {CARD} and cpu in {func}")
    wanted = [part for part in parts if isinstance(part, torch.device)]
    on_card = wanted[0].type == CARD.type if wanted else bool(ours)
    if name == "aten::copy_":
        on_card = isinstance(args[0], CardTensor)
    known = {id(part.held): part for part in ours}
    held = [part.held if isinstance(part, CardTensor) else part for part in parts]
    held = [torch.device("cpu") if isinstance(part, torch.device) else part for part in held]
    args, kwargs = tree_unflatten(held, form)
    results, form = tree_flatten(func(*args, **kwargs))

    def placed(part: Any) -> Any:
        if not isinstance(part, Tensor):
            return part
        if not on_card:
            return part.clone() if id(part) in known else part  # brought back, it is a copy
        if part.dtype == torch.float64:
            raise TypeError(f"This card has no float64: {func}")
        with torch.inference_mode(False):
            return known.get(id(part)) if id(part) in known else CardTensor(part)

    return tree_unflatten([placed(part) for part in results], form)
