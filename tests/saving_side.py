"""Processes that save one of two projects again and again, to be killed: `python -m tests.saving_side FILE OLD NEW`.

For each line it is sent it forks another one, and writes that one's number and how many seconds two saves took; once
it was killed, "gone".
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from explorer.formats import project_file


def main() -> None:
    path, *others = map(Path, sys.argv[1:])
    projects = [project_file.read(other) for other in others]
    while sys.stdin.readline():
        began = time.monotonic()
        for project in reversed(projects):
            project_file.write(path, project)
        seconds = time.monotonic() - began
        child = os.fork()
        if not child:
            while True:
                for project in reversed(projects):
                    project_file.write(path, project)
        print(child, seconds, flush=True)
        os.waitpid(child, 0)
        print("gone", flush=True)


if __name__ == "__main__":
    main()
