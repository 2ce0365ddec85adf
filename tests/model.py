"""The real text model for the tests: exported once, by a process of its own, and kept."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.matching.encoder import NotReady, export_folder, source_folder

MODEL = "all-MiniLM-L6-v2"
ROOT = Path(__file__).parent.parent
# Torch stays out of the tests' own process.
EXPORT = """
import sys
from pathlib import Path
from app.matching.encoder import source_folder
from app.matching.export import export
export(source_folder(sys.argv[1]), Path(sys.argv[2]), name=sys.argv[1])
"""


@pytest.fixture(scope="session")
def exported() -> Path:
    """Where the exported model lies; the same place `./run` uses, so it is made once."""
    try:
        source = source_folder(MODEL)
    except NotReady as error:
        pytest.skip(str(error))
    models = ROOT / "instance" / "models"
    folder = export_folder(source, models)
    if not folder.exists():
        command = [sys.executable, "-c", EXPORT, MODEL, str(models)]
        subprocess.run(command, check=True, cwd=ROOT)
    return folder
