"""Our own tree keeps the rules, and each rule finds a fault planted in a small tree."""

from pathlib import Path
from textwrap import dedent

import pytest

from tests.architecture import ORDER, faults

ROOT = Path(__file__).parent.parent

CLEAN = {
    "app/__init__.py": '"""The map."""\n',
    "app/clock.py": '"""The clock."""\nimport time\n',
    "app/sqlite.py": '"""The database."""\nimport pysqlite3\nfrom app.clock import time\n',
    "app/lifecycle.py": '"""Moves."""\ndef advance(thing, target):\n    thing.status = target\n',
    "app/web/__init__.py": '"""What views share."""\n',
    "app/web/guards.py": '"""Guards."""\nimport flask\nfrom flask_login import current_user\n',
    "app/web/database.py": '"""One transaction."""\ndef end(db):\n    db.session.commit()\n',
    "app/parks/__init__.py": '"""Parks."""\n',
    "app/parks/models.py": '"""Rows."""\nfrom app.db import Base\n',
    "app/parks/directory.py": '"""Look up."""\nfrom app.parks.models import Park\n',
    "app/parks/forms.py": '"""Forms."""\nimport wtforms\nfrom app.parks import directory\n',
    "app/parks/views.py": (
        '"""Pages."""\nfrom app.parks import directory\nfrom app.parks.forms import ParkForm\n'
        "from app.web.guards import public\n"
    ),
    "app/jobs/__init__.py": '"""Jobs."""\n',
    "app/jobs/posts.py": '"""Posts."""\nfrom app.parks.models import Park\n',
    "app/matching/__init__.py": '"""Matching."""\n',
    "app/matching/engine/__init__.py": '"""Pure."""\n',
    "app/matching/engine/order.py": '"""Order."""\nimport numpy\n',
    "app/matching/engine/kernels.py": (
        '"""Kernels."""\nimport faiss\nfrom app.matching.engine.order import best\n'
    ),
    "app/matching/export.py": '"""Texts."""\ndef export():\n    import torch\n',
    "app/cli.py": '"""Commands."""\nimport flask\n',
    "app/factory.py": '"""Together."""\nimport flask\nfrom app.parks import views as parks\n',
    "app/templates/base.html": "<html>\n",
    "tests/test_parks.py": "import app.parks\n",
}

LONG_FUNCTION = "def f():\n" + "    pass\n" * 51
LONG_VIEW = "@bp.get('/')\ndef f():\n" + "    pass\n" * 15

# What is planted where, and a word of what must be said about it.
PLANTED = [
    ("an import that points up", "app/parks/models.py", "import app.jobs.posts", "parks must not"),
    ("an import from the package", "app/parks/up.py", "from app import jobs", "parks must not"),
    ("an import within a line", "app/clock.py", "import app.errors", "clock must not"),
    ("a part nobody placed", "app/extras.py", "", "no place in the order"),
    ("faiss at large", "app/jobs/posts.py", "import faiss", "outside its home"),
    ("torch at large", "app/matching/engine/order.py", "import torch", "outside its home"),
    ("onnxruntime at large", "app/matching/shortlist.py", "import onnxruntime", "outside its"),
    ("stripe at large", "app/jobs/posts.py", "import stripe", "outside its home"),
    ("argon2 at large", "app/jobs/posts.py", "from argon2 import x", "outside its home"),
    ("a second database layer", "app/web/guards.py", "import flask_sqlalchemy", "outside its"),
    ("Flask in the domain", "app/jobs/posts.py", "from flask import request", "does not know"),
    ("the login in the domain", "app/jobs/posts.py", "import flask_login", "does not know"),
    ("Flask in a form's verb", "app/parks/directory.py", "import wtforms", "does not know"),
    ("app.web in the domain", "app/jobs/posts.py", "import app.web.guards", "only views, forms"),
    ("a view imported", "app/jobs/views.py", "from app.parks.views import bp", "a view"),
    ("a view from its package", "app/jobs/views.py", "from app.parks import views", "a view"),
    ("commands imported", "app/jobs/views.py", "import app.parks.commands", "only the cli"),
    ("a form in a verb", "app/parks/directory.py", "import app.parks.forms", "import a form"),
    ("a circle", "app/parks/models.py", "from app.parks import directory", "circle"),
    ("a relative import", "app/jobs/posts.py", "from . import models", "relative"),
    ("a relative import in a test", "tests/test_parks.py", "from .x import y", "relative"),
    ("a late import", "app/jobs/posts.py", "def f():\n    import json", "inside a function"),
    ("a late import in a test", "tests/test_x.py", "def f():\n    import json", "inside a"),
    ("the engine with a database", "app/matching/engine/order.py", "import sqlalchemy", "pure"),
    ("the engine with a clock", "app/matching/engine/order.py", "import app.clock", "pure"),
    ("a module without a noun", "app/jobs/utils.py", "", "no name for a module"),
    ("a package without a noun", "tests/helpers/doubles.py", "", "no name for a module"),
    ("a silent module", "app/jobs/quiet.py", None, "opens with a sentence"),
    ("a status assigned", "app/jobs/posts.py", "def f(job):\n    job.status = 1", "lifecycle"),
    ("a status set", "app/jobs/posts.py", "setattr(job, 'status', 1)", "lifecycle"),
    ("a status in bulk", "app/jobs/posts.py", "update(Job).values(status=1)", "lifecycle"),
    ("a second committer", "app/jobs/posts.py", "session.commit()", "commits"),
    ("a long file", "app/jobs/posts.py", "x = 1\n" * 300, "for each file"),
    ("a long test file", "tests/test_parks.py", "x = 1\n" * 400, "for each test file"),
    ("a long function", "app/jobs/posts.py", LONG_FUNCTION, "for each function"),
    ("a long view", "app/parks/views.py", LONG_VIEW, "for each view"),
    (
        "many arguments",
        "app/jobs/posts.py",
        "def f(a, b, c, *, d, e, f, g): ...",
        "for each argument",
    ),
    ("a wide line", "app/jobs/posts.py", f"x = '{'x' * 96}'", "for each column"),
    ("a long template", "app/templates/base.html", "<p>\n" * 200, "in a template"),
]


def plant(root: Path, changes: dict[str, str]) -> Path:
    for path, text in (CLEAN | changes).items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


def test_our_tree_keeps_the_rules():
    found = faults(ROOT)
    assert not found, "\n" + "\n".join(found)


def test_a_clean_tree_passes(tmp_path):
    assert faults(plant(tmp_path, {})) == []


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [case[1:] for case in PLANTED],
    ids=[case[0].replace(" ", "-") for case in PLANTED],
)
def test_a_planted_fault_is_found(tmp_path, path, code, words):
    opening = '"""Opens."""\n' if path.startswith("app/") and code is not None else ""
    text = CLEAN.get(path, opening) + (code or "") + "\n"
    found = faults(plant(tmp_path, {path: text}))
    assert any(words in fault for fault in found), found
    elsewhere = [fault for fault in found if not fault.startswith(path)]
    assert all("circle" in fault for fault in elsewhere), elsewhere


def test_a_view_of_fifteen_lines_passes(tmp_path):
    view = CLEAN["app/parks/views.py"] + "@bp.get('/')\ndef f():\n" + "    pass\n" * 14
    assert faults(plant(tmp_path, {"app/parks/views.py": view})) == []


def test_the_map_in_the_package_names_every_part():
    text = (ROOT / "app/__init__.py").read_text()
    assert [name for line in ORDER for name in line.split() if name not in text] == []


def test_the_rules_read_code_and_not_comments(tmp_path):
    text = dedent(
        '''
        """Posts, which once said `import faiss` and job.status = "open"."""
        # session.commit() is done elsewhere
        '''
    ).lstrip()
    assert faults(plant(tmp_path, {"app/jobs/posts.py": text})) == []
