"""What we rely on in Qt, so that a later version that breaks it is caught."""

from __future__ import annotations

import subprocess
import sys

from PySide6.QtWidgets import QWidget


def test_void_calls_keep_their_reference_to_none(qtbot) -> None:
    """PySide6 6.12.0 lost one at every void call, and aborted after about 7,000."""
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for _ in range(20_000):
        widget.update()
    assert abs(sys.getrefcount(None) - before) < 1_000


def test_the_window_is_built_without_torch() -> None:
    """Importing torch takes seconds; nothing of ours may need it before the window is there."""
    code = (
        "import sys; from PySide6.QtWidgets import QApplication; app = QApplication([]);"
        "from explorer.ui.application import build; window = build(app); window.show(); app.processEvents();"
        "heavy = {'torch', 'torchvision', 'numpy', 'pyqtgraph', 'PIL', 'safetensors'} & set(sys.modules);"
        "window.session.close(); sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
