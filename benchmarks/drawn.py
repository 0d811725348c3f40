"""An ONNX file of ResNet-50 from the choice of the file until its graph is drawn: our window beside Netron.

Ours: the worker has started, as it has two seconds after the window; the time is from `session.open_file` until the
canvas was painted with all cards of the file. Netron: its server runs, and its page is opened in QtWebEngine
(Chromium), off screen as ours; the time is from the navigation until it has drawn more than 20 nodes. Each in turn, a
file of its own each time for ours, so that nothing is kept. One JSON line, medians in ms. Usage: python -m
benchmarks.drawn
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp()  # the window as it first is

ROUNDS, LONGEST, PORT = 5, 60.0, 18_717
DRAWN = """(function () {
    var button = Array.from(document.querySelectorAll('button')).find(function (one) {
        return one.innerText.trim() == 'Accept' && one.offsetParent;
    });
    if (button) { button.click(); }
    var ready = document.body && document.body.className.indexOf('default') >= 0;
    return ready ? document.querySelectorAll('g.node, .node').length : 0;
})()"""
"""How many nodes Netron's page has drawn; its question about cookies is answered, as it draws nothing before."""


def ours(path: Path) -> dict[str, object]:
    """Open copies of the file in the window."""
    from PySide6.QtWidgets import QApplication

    from benchmarks.activations import Painted
    from explorer.ui.application import after_paint, build

    app = QApplication([])
    app.setStyle("Fusion")
    window = build(app)
    window.show()
    session, taken, cards = window.session, [], 0

    def until(ready: Callable[[], bool]) -> None:
        end = time.monotonic() + LONGEST
        while not ready():
            app.processEvents()
            if time.monotonic() > end:
                raise TimeoutError
            time.sleep(0.0005)

    app.processEvents()
    after_paint(window)
    until(lambda: session.worker.state == "ready")
    painted = Painted(window.canvas.viewport())

    def arrived(before: object) -> bool:
        return session.document.project.network is not before

    def drawn(count: int) -> bool:
        return painted.times > count and not window.canvas.drawing.owed

    def over(end: float) -> bool:
        return time.monotonic() > end

    for turn in range(ROUNDS + 1):
        before = session.document.project.network
        file = Path(shutil.copy(path, path.with_name(f"copy{turn}.onnx")))
        start = time.perf_counter()
        session.open_file(str(file))
        until(partial(arrived, before))
        until(partial(drawn, painted.times))
        taken.append((time.perf_counter() - start) * 1000)
        cards = len(session.document.project.network.nodes)
        end = time.monotonic() + 0.3
        until(partial(over, end))
    session.close()
    return {"median": round(median(taken[1:]), 1), "first": round(taken[0], 1), "nodes": cards}


def netron_s(path: Path) -> dict[str, object]:
    """Load its page with the file."""
    from PySide6.QtCore import QEventLoop, QTimer, QUrl
    from PySide6.QtWebEngineWidgets import QWebEngineView
    from PySide6.QtWidgets import QApplication

    app, taken, nodes = QApplication([]), [], 0
    serving = (
        "import sys; sys.path.append(sys.argv[1]); import netron, time; "
        f"netron.start(sys.argv[2], ('127.0.0.1', {PORT}), browse=False); time.sleep(300)"
    )
    from benchmarks import PEERS

    server = subprocess.Popen([sys.executable, "-c", serving, str(PEERS), str(path)], stdout=subprocess.DEVNULL)
    try:
        time.sleep(3)
        for _ in range(ROUNDS + 1):
            view, loop, seen = QWebEngineView(), QEventLoop(), [0]
            view.resize(1280, 900)
            view.show()
            start = time.perf_counter()

            def ask(view=view, loop=loop, seen=seen, start=start) -> None:  # type: ignore[no-untyped-def]
                def told(count: object) -> None:
                    seen[0] = int(count) if isinstance(count, int | float) else 0
                    if seen[0] > 20 or time.perf_counter() - start > LONGEST / 3:
                        loop.quit()
                    else:
                        QTimer.singleShot(5, ask)

                view.page().runJavaScript(DRAWN, told)

            view.load(QUrl(f"http://127.0.0.1:{PORT}/"))
            ask()
            loop.exec()
            if seen[0] <= 20:
                raise TimeoutError("Netron's page drew no graph")
            taken.append((time.perf_counter() - start) * 1000)
            nodes = seen[0]
            view.deleteLater()
            app.processEvents()
    finally:
        server.kill()
        server.wait()
    return {"median": round(median(taken[1:]), 1), "first": round(taken[0], 1), "nodes": nodes}


def apart(who: str, path: Path) -> dict[str, object] | str:
    """One of them in a process of its own; a sentence where it failed."""
    env = os.environ | {
        "QTWEBENGINE_DISABLE_SANDBOX": "1", "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox --disable-gpu",
    }  # fmt: skip
    command = [sys.executable, "-m", "benchmarks.drawn", who, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=env, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        return (done.stderr.strip().splitlines() or ["it ended without an answer"])[-1][:160]
    found: dict[str, object] = json.loads(lines[-1])
    return found


def main() -> None:
    """Export the network, measure both and print."""
    from benchmarks.onnx_opening import exported
    from benchmarks.peers import absent

    missing = absent(Netron="netron")
    with tempfile.TemporaryDirectory() as folder:
        path = exported("resnet50", Path(folder))
        found = {"ours": apart("ours", path)}
        if not missing:
            found["Netron"] = apart("netron", path)
    failed = {who: said for who, said in found.items() if isinstance(said, str)}
    if "ours" in failed:
        sys.exit(failed["ours"])
    known = {who: said for who, said in found.items() if who not in failed}
    print(json.dumps({"benchmark": "drawn", "unit": "ms", **known, "absent": missing, "failed": failed}))


if __name__ == "__main__":
    if sys.argv[1:2] in (["ours"], ["netron"]):
        print(json.dumps((ours if sys.argv[1] == "ours" else netron_s)(Path(sys.argv[2]))), flush=True)
        os._exit(0)  # a browser takes seconds to be taken apart
    main()
