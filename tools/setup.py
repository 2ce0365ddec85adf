"""Setting up: the virtual environment, the packages, the words, the data. Standard library only."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")
OLDEST_PYTHON = (3, 11)
DISK_NEEDED_GB = 4
CHROMIUM = Path("/usr/bin/chromium")
STILL_EVERY_SECONDS = 15
LINES_SHOWN = 25
LONGEST_LINE = 300


class Trouble(Exception):
    """What went wrong and how to mend it, in a sentence."""


def say(words: str) -> None:
    print(words, flush=True)


def environment(**more: str) -> dict[str, str]:
    """The environment of everything we start."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "HF_HUB_OFFLINE": "1"}
    return {**kept, **quiet, "OMP_NUM_THREADS": "1", **more}


def step(
    title: str,
    command: Sequence[str],
    *,
    mend: str = "",
    shown: bool = False,
    more: Mapping[str, str] | None = None,
) -> str:
    """Run `command` to its end, saying how long it takes; what it printed is shown if it fails."""
    say(f"{title} ...")
    began = time.monotonic()
    with tempfile.TemporaryFile("w+", errors="replace") as kept:
        out: IO[str] | None = None if shown else kept
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(**(more or {})),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT if out else None,
        )
        code = _wait(process, began, quietly=shown and sys.stdout.isatty())
        kept.seek(0)
        printed = kept.read()
    seconds = time.monotonic() - began
    if code:
        setting = re.search(r"BadSetting: (.+)", printed)
        if setting:
            raise Trouble(setting[1])
        lines = "\n".join("    " + line for line in _without_addresses(printed))
        raise Trouble(f"{title} failed after {seconds:.0f} s. {mend}\n{lines}".rstrip())
    say(f"  done in {seconds:.1f} s")
    return printed


def _wait(process: subprocess.Popen[bytes], began: float, *, quietly: bool) -> int:
    try:
        while True:
            try:
                return process.wait(timeout=STILL_EVERY_SECONDS)
            except subprocess.TimeoutExpired:
                if not quietly:
                    say(f"  still at it, {time.monotonic() - began:.0f} s")
    except BaseException:
        process.terminate()
        process.wait()
        raise


def _without_addresses(printed: str) -> list[str]:
    """The last lines, without the address of a package index and what may stand in it."""
    lines = re.sub(r"\w+://\S+", "(address)", printed).strip().splitlines()[-LINES_SHOWN:]
    return [line[:LONGEST_LINE] for line in lines]


def check_machine() -> None:
    """Refuse early what could not end well."""
    if not (ROOT / "requirements.txt").exists() or not (ROOT / "app").is_dir():
        raise Trouble(f"{ROOT} is not Hunar's folder: call the `run` in the root of the clone.")
    if sys.version_info < OLDEST_PYTHON:
        raise Trouble(
            f"This is Python {platform.python_version()} and 3.11 or newer is needed: "
            "install it and call `python3.11 run`."
        )
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise Trouble("Python's venv module is missing: `apt-get install python3-venv`.")


def install(*, for_tests: bool) -> None:
    """Fill .venv with the pinned packages, unless its stamp says that this was done."""
    files = ["requirements.txt", "requirements-dev.txt"] if for_tests else ["requirements.txt"]
    stamp = VENV / f"installed-{files[-1]}"
    content = "".join((ROOT / file).read_text() for file in files)
    wanted = hashlib.sha256((content + platform.python_version()).encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted and Path(PYTHON).exists():
        return
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < DISK_NEEDED_GB:
        raise Trouble(
            f"Only {free:.1f} GB are free here and {DISK_NEEDED_GB} GB are needed: make room "
            "or move the clone to a larger disk."
        )
    if not _venv_is_ours():
        step("Making a virtual environment", [sys.executable, "-m", "venv", "--clear", str(VENV)])
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--progress-bar", "off"]
    mend = "Look at the lines below, mend the connection or the disk, and run this again."
    torch = re.search(r"^torch==\S+", content, re.MULTILINE)
    if torch:
        step(f"Installing {torch[0]} (large)", [*pip, torch[0]], mend=mend)
    step(f"Installing {files[-1]}", [*pip, "-r", files[-1]], mend=mend)
    stamp.write_text(wanted)


def _venv_is_ours() -> bool:
    """Tell whether .venv works and was made by the Python that runs now."""
    if not Path(PYTHON).exists():
        return False
    asked = [PYTHON, "-c", "import platform, pip; print(platform.python_version())"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    return answer.stdout.strip() == platform.python_version()


def compile_translations() -> None:
    """Compile each catalogue that is newer than its compiled form."""
    for source in sorted((ROOT / "app/translations").glob("*/LC_MESSAGES/messages.po")):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            pybabel = [PYTHON, "-m", "babel.messages.frontend", "compile"]
            files = ["-i", str(source), "-o", str(compiled)]
            step(f"Compiling the words of {source.parts[-3]}", [*pybabel, *files])


def flask(*words: str) -> list[str]:
    return [PYTHON, "-m", "flask", "--app", "wsgi", *words]


def instance() -> Path:
    return Path(os.environ.get("HUNAR_INSTANCE", ROOT / "instance")).resolve()


def prepare_data(url: str) -> str:
    """Bring model, database and data to where a start needs them; returns the demo's sign-ins."""
    more = {"HUNAR_URL": url}
    # After an update the export that is there may be of an older form; the command knows.
    step("Preparing the text model", flask("matching", "export-encoder"), more=more)
    if not _is_demo(url):
        step("Migrating the database", flask("db", "upgrade"), more=more)
        step("Loading the vocabulary of skills", flask("taxonomy", "load"), more=more)
        return ""
    asking = _ask_for_sign_ins(more)
    step("Migrating the database", flask("db", "upgrade"), more=more)
    sign_ins = _sign_ins(asking)
    if not sign_ins:
        step("Loading demo data", flask("seed"), shown=True, more=more)
        step("Encoding profiles and jobs", flask("matching", "refresh"), shown=True, more=more)
        step("Building the index", flask("matching", "build-index"), more=more)
        sign_ins = _sign_ins(_ask_for_sign_ins(more))
    return sign_ins


def _is_demo(url: str) -> bool:
    """As app.config says it: a site that others reach is no demo unless somebody says so."""
    said = os.environ.get("HUNAR_DEMO", "").lower()
    here = urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}
    return said in {"1", "yes", "true"} if said else here


def _ask_for_sign_ins(more: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        flask("demo", "sign-ins"),
        cwd=ROOT,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _sign_ins(asking: subprocess.Popen[str]) -> str:
    """One sign-in for each role, or nothing while the database has no demo people."""
    printed, _ = asking.communicate()
    return printed.strip() if asking.returncode == 0 else ""


def install_chromium() -> None:
    """Install the browser of the tests where we may; where not, they skip and say so."""
    if CHROMIUM.exists() or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    packages = ["chromium", "fonts-noto-core"]
    apt = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", *packages]
    try:
        step("Looking for Chromium", ["apt-get", "-qq", "update"])
        step("Installing Chromium", apt, more={"DEBIAN_FRONTEND": "noninteractive"})
    except Trouble as trouble:
        say(f"{trouble}\nWithout Chromium the browser tests will be skipped.")
