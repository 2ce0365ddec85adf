"""Reading raw folders, tried on small ones, and building the shipped file out of the real ones."""

import hashlib
import lzma
from pathlib import Path

import pytest

from app.taxonomy import esco, onet, source
from app.taxonomy.occupations import DEFAULT, Taxonomy

RAW = Path(__file__).parents[3] / "shared" / "data"
needs_raw_data = pytest.mark.skipif(
    not (RAW / "onet").is_dir() or not (RAW / "esco_en").is_dir(),
    reason="the raw folders of ESCO and O*NET are not here",
)


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("analyse user behaviour", "analyze user behavior"),
        ("search engine optimisation", "search engine optimization"),
        ("organise and supervise modelling", "organize and supervise modeling"),
        ("advise on enterprise programmes", "advise on enterprise programs"),
        ("customised merchandise", "customized merchandise"),
        ("exercise at the centre", "exercise at the center"),
        ("write poetry", "write poetry"),
    ],
)
def test_names_are_also_spelled_as_in_america(british: str, american: str):
    assert esco.american(british) == american


@pytest.fixture
def tasks(tmp_path: Path) -> Path:
    head = "O*NET-SOC Code\tTask ID\tTask\tTask Type\tIncumbents Responding\tDate\tDomain Source\n"
    lines = [
        '1\t1\tDraw "plans" by hand.\tSupplemental\t90\t\t',
        "1\t2\tMeasure land.\tCore\t20\t\t",
        "1\t3\tAsk people.\tCore\t80\t\t",
        "1\t4\tWait.\tCore\tn/a\t\t",
        f"1\t5\t{'Write on and on' * 20}.\tCore\t99\t\t",
    ]
    (tmp_path / "Task Statements.txt").write_text(head + "\n".join(lines), encoding="utf-8")
    titles = "O*NET-SOC Code\tAlternate Title\tShort Title\tSource(s)\n"
    titles += "1\tPlanner\tn/a\t08\n1\tCAD Hand (Computer Aided Draftsman)\tn/a\t02,04\n"
    (tmp_path / "Alternate Titles.txt").write_text(titles, encoding="utf-8")
    reported = "O*NET-SOC Code\tReported Job Title\tShown in My Next Move\n1\tDrafter\tY\n"
    reported += "1\tPLANNER\tN\n"
    (tmp_path / "Sample of Reported Titles.txt").write_text(reported, encoding="utf-8")
    data = "O*NET-SOC Code\tTitle\tDescription\n1\tDrafter\tDraws.\n"
    (tmp_path / "Occupation Data.txt").write_text(data, encoding="utf-8")
    return tmp_path


def test_an_occupation_keeps_its_best_tasks_and_titles(tasks: Path):
    (drafter,) = onet.occupations(tasks, frozenset({"1"}))
    assert drafter.tasks == ("Ask people.", "Measure land.", "Wait.", 'Draw "plans" by hand.')
    assert drafter.titles == ("PLANNER", "Computer Aided Draftsman")


def test_the_words_that_begin_tasks_are_verbs(tasks: Path):
    assert {"draw", "measure", "ask"} <= onet.verbs(tasks)


def test_equal_content_is_packed_into_equal_bytes():
    content = {"notices": source.NOTICES, "skills": [["a", "Ä", "tool", 1, [], "house"]]}
    assert source.pack(content) == source.pack(content)


@needs_raw_data
def test_the_shipped_file_is_what_a_build_makes(tmp_path: Path, taxonomy: Taxonomy):
    target = tmp_path / "taxonomy.json.xz"
    summary = source.build(RAW / "esco_en", RAW / "onet", target)
    assert lzma.decompress(target.read_bytes()) == lzma.decompress(DEFAULT.read_bytes())
    assert target.read_bytes() == DEFAULT.read_bytes()
    assert summary.size_bytes == DEFAULT.stat().st_size
    assert summary.skills == len(taxonomy.skills)
    assert summary.digital == len(taxonomy.digital())


@needs_raw_data
def test_the_file_tells_what_it_was_made_from(taxonomy: Taxonomy):
    folders = {"esco": RAW / "esco_en", "onet": RAW / "onet"}
    for name, digest in taxonomy.inputs.items():
        folder, file = name.split("/")
        assert hashlib.sha256((folders[folder] / file).read_bytes()).hexdigest() == digest
