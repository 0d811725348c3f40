"""What a process imports that workers are copies of: what the program's own imports until it is ready."""

import pytest  # noqa: F401  (multiprocessing begins with the program that was called)
import torch  # noqa: F401

import explorer.engine.answers
import explorer.engine.device
import explorer.engine.memory
import explorer.workspace.worker  # noqa: F401
from explorer.formats import home, kept_work, tensors, unsaved  # noqa: F401
