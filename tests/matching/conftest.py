"""Generated people and jobs, with the real text model."""

import pytest

from app.matching.encoder import Encoder
from app.matching.matcher import Matcher
from tests.matching.demo_site import DemoSite, Remembering


@pytest.fixture(scope="session")
def encoder(exported) -> Remembering:
    """The real text model; a text that many tests share is encoded once."""
    return Remembering(Encoder.load(exported))


@pytest.fixture
def demo_site(session, connection, encoder, tmp_path) -> DemoSite:
    return DemoSite(session, connection, Matcher(lambda: encoder, tmp_path / "index"))
