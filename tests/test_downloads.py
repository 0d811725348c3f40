"""Fetching files by their address: every fault of a download, on a loopback server."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)
from __future__ import annotations

import errno
import hashlib
import io
import os
import shutil
import ssl
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.engine import downloads, transfer
from explorer.engine.downloads import Address, Interrupted, begun, fetch
from explorer.engine.sources import DownloadError
from explorer.maths.records import Progress
from tests.own_time import own_time
from tests.web_server import Web, web  # noqa: F401

DATA = np.random.default_rng(3).bytes(3_000_000)
SHA = hashlib.sha256(DATA).hexdigest()
NAME = f"net-{SHA[:8]}.pth"


@pytest.fixture
def address(web: Web) -> Address:
    """As torchvision names a file: its size is known in thousandths of a megabyte, its SHA-256 by eight digits."""
    web.content = DATA
    return Address(web.url(NAME), len(DATA) + 400, SHA[:8])


def refused(address: Address, folder: Path, left: set[str] = frozenset()) -> str:
    """The sentence of a download that fails: there is no file of its name, and only what may be left beside it."""
    with pytest.raises(DownloadError) as caught:
        list(fetch(address, folder / NAME))
    assert {file.name for file in folder.iterdir()} == set(left)
    assert len(str(caught.value)) <= 300
    assert "\n" not in str(caught.value)
    return str(caught.value)


BEGUN = {f"{NAME}.part", f"{NAME}.part-tag"}


def test_a_file_arrives_and_its_whole_hash_is_written_down(web: Web, address: Address, tmp_path: Path) -> None:
    steps = list(fetch(address, tmp_path / NAME))
    assert (tmp_path / NAME).read_bytes() == DATA
    assert {file.name for file in tmp_path.iterdir()} == {NAME, f"{NAME}.sha256"}
    assert address.sha256(tmp_path) == SHA
    assert steps[0] == Progress(f"Downloading {NAME}", 0, address.size)
    assert Progress(f"Checking {NAME}", len(DATA), len(DATA)) in steps
    assert web.asked == [(f"/models/{NAME}", "")]
    assert address.accepts(SHA, tmp_path / NAME)
    assert not address.accepts(SHA[:8] + "0" * 56, tmp_path / NAME), "eight digits are not enough a second time"


def test_without_a_length(web: Web, address: Address, tmp_path: Path) -> None:
    web.fault = "no length"
    list(fetch(address, tmp_path / NAME))
    assert (tmp_path / NAME).read_bytes() == DATA


def test_a_flipped_byte(web: Web, address: Address, tmp_path: Path) -> None:
    web.content = DATA[:1000] + bytes([DATA[1000] ^ 1]) + DATA[1001:]
    assert "SHA-256 begins with" in refused(address, tmp_path)


def test_a_wrong_hash_later_than_the_first(web: Web, address: Address, tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.sha256").write_text(SHA[:8] + "0" * 56)
    assert "SHA-256 begins with" in refused(address, tmp_path, {f"{NAME}.sha256"})


@pytest.mark.parametrize("fault", ["page", "long"])
def test_another_size(web: Web, address: Address, tmp_path: Path, fault: str) -> None:
    web.fault = fault
    assert f"nothing of {NAME} was kept" in refused(address, tmp_path)


def test_longer_than_stated(web: Web, address: Address, tmp_path: Path) -> None:
    """What follows the stated length is not even read."""
    web.content = DATA + bytes(5000)
    assert "another file there (3.0 MB in place of 3.0 MB)" in refused(address, tmp_path)


@pytest.mark.parametrize("fault", ["404", "503"])
def test_not_there(web: Web, address: Address, tmp_path: Path, fault: str) -> None:
    web.fault = fault
    assert f"does not give the file (it answers {fault})" in refused(address, tmp_path)


@pytest.mark.parametrize("to", ["http://example.org/x", "ftp://127.0.0.1/x", "//evil.test/x"])
def test_a_redirect_elsewhere(web: Web, address: Address, tmp_path: Path, to: str) -> None:
    web.fault = f"to {to}"
    assert "sends on to" in refused(address, tmp_path)


def test_a_redirect_to_no_encryption() -> None:
    asked = transfer.request.Request("https://download.pytorch.org/a")
    with pytest.raises(transfer.TransferError, match=r"sends on to http://download\.pytorch\.org"):
        transfer._SameHost().redirect_request(asked, io.BytesIO(), 302, "", {}, "http://download.pytorch.org/a")


def test_a_redirect_to_a_file(web: Web, address: Address, tmp_path: Path) -> None:
    web.fault = "to file:///etc/passwd"
    assert "it answers 302" in refused(address, tmp_path)


def test_a_redirect_on_the_same_host(web: Web, address: Address, tmp_path: Path) -> None:
    web.fault = f"to {web.url('moved')}"
    with pytest.raises(DownloadError):  # in a circle
        list(fetch(address, tmp_path / NAME))
    assert ("/models/moved", "") in web.asked


@pytest.mark.parametrize("url", ["http://download.pytorch.org/models/x", "ftp://h/x", "file:///etc/passwd"])
def test_only_with_encryption(address: Address, tmp_path: Path, url: str) -> None:
    with pytest.raises(DownloadError, match="without encryption"):
        list(fetch(replace(address, url=url), tmp_path / NAME))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here to make a certificate")
def test_with_encryption(web: Web, address: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate that nobody vouches for is refused; one that this computer trusts is not."""
    pair = tmp_path / "pair.pem"
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    made = [*words.split(), "-keyout", str(tmp_path / "key.pem"), "-out", str(pair)]
    subprocess.run(["openssl", *made], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair, tmp_path / "key.pem")
    web.socket = context.wrap_socket(web.socket, server_side=True)
    folder = tmp_path / "models"
    folder.mkdir()
    address = replace(address, url=f"https://localhost:{web.server_port}/{NAME}")
    assert "has no certificate that this computer trusts" in refused(address, folder)
    monkeypatch.setenv("SSL_CERT_FILE", str(pair))
    list(fetch(address, folder / NAME))
    assert (folder / NAME).read_bytes() == DATA


def test_cut_off_it_goes_on_by_itself(web: Web, address: Address, tmp_path: Path) -> None:
    web.fault = "cut"
    steps = fetch(address, tmp_path / NAME)
    while len(web.asked) < 3:
        next(steps)
    web.fault = ""
    list(steps)
    assert (tmp_path / NAME).read_bytes() == DATA
    assert [wanted for _, wanted in web.asked][:2] == ["", f"bytes={len(DATA) // 2}-"]
    assert {file.name for file in tmp_path.iterdir()} == {NAME, f"{NAME}.sha256"}


def test_resumed_after_an_interruption(web: Web, address: Address, tmp_path: Path) -> None:
    web.fault = "cut"
    said = refused(address, tmp_path, BEGUN)
    assert f"127.0.0.1:{web.server_port} broke the connection off" in said
    assert "goes on from the 2.9 MB that are here" in said
    here = begun(address, tmp_path)
    assert 0 < here < len(DATA)
    web.fault = ""
    web.asked.clear()
    steps = list(fetch(address, tmp_path / NAME))
    assert web.asked == [(f"/models/{NAME}", f"bytes={here}-")]
    assert steps[0].done == here
    assert (tmp_path / NAME).read_bytes() == DATA


@pytest.mark.parametrize("how", ["ignored", "changed", "forgotten"])
def test_a_server_that_does_not_go_on(web: Web, address: Address, tmp_path: Path, how: str) -> None:
    """It ignores Range, has another version by now, or never said which it had: all is sent anew."""
    web.tag = "" if how == "forgotten" else web.tag
    web.fault = "cut"
    with pytest.raises(Interrupted):
        list(fetch(address, tmp_path / NAME))
    web.fault, web.ranges = "", how != "ignored"
    web.tag = '"second"' if how == "changed" else web.tag
    web.asked.clear()
    list(fetch(address, tmp_path / NAME))
    assert (tmp_path / NAME).read_bytes() == DATA
    assert (web.asked[0][1] == "") == (how == "forgotten")


def test_cancelled_when_all_was_here(web: Web, address: Address, tmp_path: Path) -> None:
    steps = fetch(address, tmp_path / NAME)
    while next(steps).text != f"Checking {NAME}":
        pass
    steps.close()
    assert begun(address, tmp_path) == len(DATA)
    list(fetch(address, tmp_path / NAME))
    assert (tmp_path / NAME).read_bytes() == DATA
    assert web.asked[-1][1] == f"bytes={len(DATA)}-"


def test_a_disk_without_locks(web: Web, address: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcntl.flock", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOLCK, "no locks")))
    list(fetch(address, tmp_path / NAME))
    assert (tmp_path / NAME).read_bytes() == DATA


def test_a_server_that_goes_on_elsewhere(web: Web, address: Address, tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.part").write_bytes(DATA + bytes(9))
    (tmp_path / f"{NAME}.part-tag").write_text(web.tag)
    assert "does not go on where" in refused(address, tmp_path)


def test_what_is_kept_too_long_is_not_used(web: Web, address: Address, tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.part").write_bytes(b"old")
    (tmp_path / f"{NAME}.part-tag").write_text(web.tag)
    os.utime(tmp_path / f"{NAME}.part", (1, 1))
    list(fetch(address, tmp_path / NAME))
    assert (tmp_path / NAME).read_bytes() == DATA


def test_a_silent_server(web: Web, address: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "TIMEOUT", 0.2)
    monkeypatch.setattr(downloads, "ATTEMPTS", 1)
    web.fault = "stall"
    assert "sent nothing for 0.2 seconds" in refused(address, tmp_path, BEGUN)


def test_cancel(web: Web, address: Address, tmp_path: Path) -> None:
    web.fault = "stall"
    before = threading.active_count()
    steps = fetch(address, tmp_path / NAME)
    while begun(address, tmp_path) < 1_000_000:
        next(steps)
    start = own_time()
    steps.close()
    assert own_time() - start < 0.5
    assert {file.name for file in tmp_path.iterdir()} == BEGUN
    web.go_on.set()
    end = time.monotonic() + 30
    while any(thread.name == "download" for thread in threading.enumerate()):
        assert time.monotonic() < end, f"{threading.active_count()} threads, {before} before"
        time.sleep(0.01)


def test_twice_at_once(web: Web, address: Address, tmp_path: Path) -> None:
    both = [fetch(address, tmp_path / NAME) for _ in range(2)]
    said = set()
    while both:
        steps = [(work, next(work, None)) for work in both]
        said |= {step.text for _, step in steps if step}
        both = [work for work, step in steps if step]
    assert (tmp_path / NAME).read_bytes() == DATA
    assert {file.name for file in tmp_path.iterdir()} == {NAME, f"{NAME}.sha256"}
    assert f"Waiting: {NAME} is being downloaded already" in said
    assert len(web.asked) == 1


def test_another_process_that_was_killed_holds_nothing_up(web: Web, address: Address, tmp_path: Path) -> None:
    web.fault = "stall"
    code = (
        "import sys; from pathlib import Path; from explorer.engine.downloads import Address, fetch\n"
        "for step in fetch(Address(sys.argv[1], int(sys.argv[2]), sys.argv[3]), Path(sys.argv[4])): print(step.done)"
    )
    words = [sys.executable, "-uc", code, address.url, str(address.size), SHA[:8], str(tmp_path / NAME)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=Path(__file__).parents[1]) as other:
        while int(other.stdout.readline()) < 1_000_000:
            pass
        other.kill()
    here = begun(address, tmp_path)
    assert here > 0
    web.fault = ""
    list(fetch(address, tmp_path / NAME))
    assert web.asked[-1][1] == f"bytes={here}-"
    assert (tmp_path / NAME).read_bytes() == DATA


def test_no_network(web: Web, address: Address, tmp_path: Path) -> None:
    web.stop()
    assert f"could not be reached, so {NAME} is not complete: try again when online, or put" in refused(
        address, tmp_path
    )


@pytest.mark.skipif(shutil.which("unshare") is None, reason="no unshare here, so no small disk to fill")
@pytest.mark.parametrize("announced", [True, False])  # told before anything is sent; found out on the way
def test_disk_full(web: Web, address: Address, tmp_path: Path, announced: bool) -> None:
    code = (
        "import sys; from pathlib import Path; from explorer.engine import downloads\n"
        "folder = Path(sys.argv[1])\n"
        "if sys.argv[5]: downloads.shutil.disk_usage = lambda _: type('', (), {'free': 10**12})\n"
        "try: list(downloads.fetch(downloads.Address(sys.argv[2], int(sys.argv[3]), sys.argv[4]), folder / 'x.pth'))\n"
        "except Exception as error: print(error); print(list(folder.iterdir()))"
    )
    small_disk = 'mount -t tmpfs -o size=800k none "$0" && echo made && exec "$1" -c "$2" "$0" "$3" "$4" "$5" "$6"'
    command = [
        "unshare", "-rm", "sh", "-c", small_disk, str(tmp_path), sys.executable, code, address.url, str(address.size),
        address.digits, "" if announced else "blind",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    if not done.stdout.startswith("made"):
        pytest.skip(f"no small disk can be made here: {done.stderr}")
    _, said, left = done.stdout.splitlines()
    assert said.startswith(f"The disk is too full for {NAME} (3.0 MB, ")
    assert "free some space, or choose another folder for the cache" in said
    assert left == "[]"
