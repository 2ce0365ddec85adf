"""Files that are no table, and tables that hold odd things."""

import re
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.imports import jobs, profiles
from app.imports.commands import MOST_SHOWN
from tests.imports.conftest import JOB, PROFILE

DOCS = Path(__file__).parent.parent.parent / "docs"
HEADER = ",".join(PROFILE)


def people(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(User)) or 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\n\n  \n", "The file is empty."),
        (f"{HEADER}\nÄ".encode("latin-1"), "The file is not in UTF-8."),
        (f"{HEADER}\nÄ".encode("utf-16"), "The file is not in UTF-8."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "The file is not in UTF-8."),
        (b'{"email": "a@example.org"}', "missing: email, name, headline, summary, skills."),
        (b"email,name,headline\na,b,c\n", "missing: summary, skills."),
        (HEADER.replace(",", ";").encode(), "separated by commas"),
        (f"{HEADER},colour\n".encode(), "unknown columns: “colour”."),
        (f"{HEADER},rate\n".encode(), "names a column twice"),
        (f"{HEADER}\na\0b".encode(), "Line 2 holds a NUL character"),
        (f'{HEADER}\n"open,until,the,end\n'.encode(), "no CSV from line 2 on"),
        (f'{HEADER}\n"a"b,c\n'.encode(), "no CSV from line 2 on"),
        (f"{HEADER}\n{'x' * 1_000_000}".encode(), "field larger than field limit"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(
    session: Session, run, tmp_path: Path, content: bytes, sentence: str
):
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    done = run("profiles", "import", path)
    assert done.exit_code == 1
    assert done.output.startswith(f"Error: {path}: ")
    assert sentence in done.output
    assert done.output.count("\n") == 1
    assert people(session) == 0


def test_a_fault_at_the_end_is_found_before_anything_is_imported(session: Session, run, written):
    path = written(PROFILE, *({"email": f"p{n}@example.org"} for n in range(5)))
    path.write_bytes(path.read_bytes() + b"\xff\xfe")
    assert run("profiles", "import", path).exit_code == 1
    assert people(session) == 0


@pytest.mark.parametrize("name", ["nothing.csv", "."])
def test_a_file_that_is_not_there_is_refused(run, tmp_path: Path, name: str):
    done = run("jobs", "import", tmp_path / name)
    assert done.exit_code == 1
    assert "There is no file" in done.output


def test_excels_mark_and_line_ends_are_read(session: Session, run, written):
    path = written(PROFILE, {})
    lines = path.read_bytes().replace(b"past_titles", b"Past titles").splitlines()
    path.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines))
    assert run("profiles", "import", path).exit_code == 0
    assert people(session) == 1


def test_empty_lines_are_passed_over_and_lines_are_counted_as_an_editor_does(run, written):
    two_lines = "I build websites for shops.\nAnd I look after them, year after year."
    path = written(PROFILE, {"summary": two_lines}, {"email": "bad"})
    head, rest = path.read_text().split("\n", 1)
    path.write_text(f"{head}\n\n,,,,\n{rest}")
    done = run("profiles", "import", path)
    assert "Line 6, refused, email: " in done.output
    assert "1 imported, 0 here already, 1 refused." in done.output


def test_a_row_with_too_few_or_too_many_cells_is_refused(session: Session, run, written):
    path = written(PROFILE, {})
    path.write_text(path.read_text() + "a,b\n" + "x," * 20 + "\n")
    done = run("profiles", "import", path)
    assert "Line 3, refused: 2 cells, where the first line has 14." in done.output
    assert "Line 4, refused: 21 cells, where the first line has 14." in done.output
    assert people(session) == 1


def test_columns_may_stand_in_any_order(session: Session, run, written):
    turned = dict(reversed(PROFILE.items()))
    assert run("profiles", "import", written(turned, {})).exit_code == 0
    assert people(session) == 1


def test_a_long_list_of_problems_is_cut(run, written):
    path = written(PROFILE, *({"email": str(n)} for n in range(MOST_SHOWN + 20)))
    output = run("profiles", "import", path).output
    assert output.count("refused, email") == MOST_SHOWN
    assert "… and more." in output
    assert f"{MOST_SHOWN + 20} refused." in output


def test_refused_rows_never_overwrite_the_file_they_come_from(run, written):
    path = written(PROFILE, {"email": "bad"})
    before = path.read_bytes()
    done = run("profiles", "import", path, "--errors", path)
    assert done.exit_code == 1
    assert "need another file" in done.output
    assert path.read_bytes() == before


def test_a_place_that_cannot_be_written_is_said_before_anything_is_imported(
    session: Session, run, written, tmp_path: Path
):
    done = run("profiles", "import", written(PROFILE, {}), "--errors", tmp_path / "no" / "bad.csv")
    assert done.exit_code == 1
    assert "cannot be written" in done.output
    assert people(session) == 0


@pytest.mark.parametrize(("columns", "usual"), [(profiles.COLUMNS, PROFILE), (jobs.COLUMNS, JOB)])
def test_every_column_is_documented(columns, usual):
    assert set(columns.every) == set(usual)
    text = (DOCS / "imports.md").read_text()
    for name in columns.every:
        assert re.search(rf"^\| `{name}`(?: \*)? \| .+ \| `.+` \|$", text, re.MULTILINE), name


@pytest.mark.parametrize(("kind", "name"), [("profiles", "profiles"), ("jobs", "jobs")])
def test_the_examples_of_the_documentation_can_be_imported(
    session: Session, run, tmp_path: Path, kind: str, name: str
):
    blocks = re.findall(r"```csv\n(.*?)```", (DOCS / "imports.md").read_text(), re.DOTALL)
    path = tmp_path / f"{name}.csv"
    path.write_text(blocks[0 if kind == "profiles" else 1])
    done = run(kind, "import", path)
    assert done.exit_code == 0, done.output
    assert people(session) >= 1
