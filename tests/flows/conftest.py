"""A running site for the flow tests, on whichever database the run is for."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.flows.site import Site


@pytest.fixture
def site(new_database: Callable[[], str], exported: Path, tmp_path: Path) -> Iterator[Site]:
    """Two web processes, a and b, and a worker, over one empty database with the vocabulary."""
    shutil.copytree(exported, tmp_path / "models" / exported.name)
    site = Site(
        {
            **os.environ,
            "DATABASE_URL": new_database(),
            "HUNAR_INSTANCE": str(tmp_path),
            "HUNAR_URL": "http://hunar.example",
            "HUNAR_DEMO": "1",
            "OMP_NUM_THREADS": "1",
            "HF_HUB_OFFLINE": "1",
        }
    )
    site.flask("db", "upgrade")
    site.flask("taxonomy", "load")
    for name in ("a", "b"):
        site.start_web(name)
    site.start_worker()
    try:
        for name in ("a", "b"):
            site.wait(name)
        yield site
    finally:
        site.stop()
