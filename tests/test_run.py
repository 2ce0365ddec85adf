"""`./run` says what went wrong and how to mend it, in a sentence, before it does anything."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tools import setup

ROOT = Path(__file__).parent.parent


def run(*words: str, folder: Path = ROOT, **environ: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, folder / "run", *words],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_names_every_command():
    done = run("--help")
    assert done.returncode == 0
    for command in ("./run ", "./run test", "./run check", "PORT=8001"):
        assert command in done.stdout


def test_it_stops_when_told_where_the_shell_lets_it_ignore_ctrl_c():
    script = (
        "import sys, time; from importlib.machinery import SourceFileLoader;"
        "run = SourceFileLoader('run', 'run').load_module();"
        "run.serve = lambda: print('ready', flush=True) or time.sleep(60); sys.exit(run.main([]))"
    )
    process = subprocess.Popen(
        ["sh", "-c", 'trap "" INT; exec "$0" -c "$1"', sys.executable, script],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.terminate()
        assert process.wait(timeout=20) == 130


def test_a_word_it_does_not_know_gets_the_help():
    done = run("start")
    assert done.returncode == 2
    assert "./run test" in done.stdout


@pytest.mark.parametrize("port", ["web", "0", "65536", "-1"])
def test_what_is_no_port_is_said(port: str):
    done = run(PORT=port)
    assert done.returncode == 1
    assert f"PORT={port} is not a port" in done.stdout


def test_a_port_that_is_taken_is_said_with_another_one():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run(PORT=str(port))
    assert done.returncode == 1
    assert f"Port {port} cannot be used" in done.stdout
    assert f"`PORT={port + 1} ./run` works" in done.stdout


def test_a_run_without_its_clone_is_said(tmp_path: Path):
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "run", tmp_path)
    shutil.copy(ROOT / "tools/setup.py", tmp_path / "tools")
    done = run(folder=tmp_path)
    assert done.returncode == 1
    assert "is not Hunar's folder" in done.stdout


@pytest.mark.parametrize("version", [(3, 8, 10), (3, 10, 14)])
def test_an_older_python_is_said(monkeypatch, version):
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(setup.Trouble, match="or newer is needed"):
        setup.check_machine()


def test_a_missing_venv_module_is_said(monkeypatch):
    monkeypatch.setattr(setup.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(setup.Trouble, match="apt-get install python3-venv"):
        setup.check_machine()


def test_a_full_disk_is_said_before_anything_is_installed(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(setup, "VENV", tmp_path)
    monkeypatch.setattr(setup, "DISK_NEEDED_GB", 10**9)
    with pytest.raises(setup.Trouble, match="GB are free here"):
        setup.install(for_tests=False)


def test_a_step_that_fails_shows_its_last_lines_and_no_address(capsys):
    broken = "print('x' * 999); print('from https://user:secret@index.example/simple'); exit(3)"
    with pytest.raises(setup.Trouble) as trouble:
        setup.step("Installing", [sys.executable, "-c", broken], mend="Mend the line.")
    said = str(trouble.value)
    assert said.startswith("Installing failed after")
    assert "Mend the line." in said
    assert "from (address)" in said
    assert "secret" not in said
    assert max(map(len, said.splitlines())) < 320


def test_a_step_that_works_says_how_long_it_took(capsys):
    assert setup.step("Trying", [sys.executable, "-c", "print('well')"]) == "well\n"
    assert capsys.readouterr().out.splitlines()[0] == "Trying ..."


def test_a_setting_that_makes_no_sense_is_said_alone():
    broken = "raise type('BadSetting', (Exception,), {})('HUNAR_DEMO=x is neither yes nor no.')"
    with pytest.raises(setup.Trouble) as trouble:
        setup.step("Migrating", [sys.executable, "-c", broken])
    assert str(trouble.value) == "HUNAR_DEMO=x is neither yes nor no."


def test_no_address_of_a_package_index_stands_in_our_files():
    files = [ROOT / "run", ROOT / ".ci/run", *ROOT.glob("requirements*.txt"), *ROOT.glob("tools/*")]
    for file in files:
        if file.is_file():
            text = file.read_text()
            assert "index-url" not in text, file
            assert "find-links" not in text, file
            assert "/simple" not in text, file


def test_every_requirement_is_pinned_and_says_why():
    lines = [
        line
        for name in ("requirements.txt", "requirements-dev.txt")
        for line in (ROOT / name).read_text().splitlines()
        if line and not line.startswith(("#", "-r"))
    ]
    assert [line for line in lines if "==" not in line] == []
    assert lines[0].startswith("torch==2.13.0")


@pytest.mark.parametrize(("given", "taken"), [({}, "1"), ({"OMP_NUM_THREADS": "3"}, "3")])
def test_a_process_does_its_sums_on_one_thread_unless_told_otherwise(tmp_path, given, taken):
    """Whoever starts it: `wsgi.py` is what gunicorn and `flask` come in by."""
    kept = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    said = subprocess.run(
        [sys.executable, "-c", "import wsgi, os; print(os.environ['OMP_NUM_THREADS'])"],
        cwd=ROOT,
        env={**kept, "HUNAR_INSTANCE": str(tmp_path), **given},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert said.stdout.strip() == taken
