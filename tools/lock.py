"""Write requirements.lock: the versions that CI last took on Linux, each with the SHA-256 of its file, and no address.

`python -m tools.lock` asks pip what it would install for `.[dev]` in a fresh environment. Who wants just these files
installs with `pip install --require-hashes --no-deps -r requirements.lock`; elsewhere the ranges of pyproject count.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        words = ["install", "--dry-run", "--ignore-installed", "--quiet", "--report", str(report), ".[dev]"]
        subprocess.run([sys.executable, "-m", "pip", *words], check=True, cwd=ROOT)
        LOCK.write_text(locked(json.loads(report.read_text("utf-8"))), "utf-8")


def locked(report: dict[str, Any]) -> str:
    """The lines of the file, by name; ours is not among them."""
    lines = []
    for item in report["install"]:
        about, hashes = item["metadata"], item["download_info"].get("archive_info", {}).get("hashes", {})
        if hashes:
            name = re.sub(r"[-_.]+", "-", about["name"]).lower()
            lines.append(f"{name}=={about['version']} --hash=sha256:{hashes['sha256']}\n")
    python, system = report["environment"]["python_version"], report["environment"]["platform_machine"]
    return f"# Python {python}, Linux {system}; made by `python -m tools.lock`\n{''.join(sorted(lines))}"


if __name__ == "__main__":
    main()
