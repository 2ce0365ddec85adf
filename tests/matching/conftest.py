"""Generated people and jobs, with the real text model, and a client who looks at them."""

import pytest

from app.matching import refresh
from app.matching.encoder import Encoder
from app.matching.matcher import Matcher
from app.permissions import Role
from tests.factories import make_user
from tests.matching.demo_site import DemoSite, Remembering


@pytest.fixture(scope="session")
def encoder(exported) -> Remembering:
    """The real text model; a text that many tests share is encoded once."""
    return Remembering(Encoder.load(exported))


@pytest.fixture
def demo_site(session, connection, encoder, tmp_path) -> DemoSite:
    return DemoSite(session, connection, Matcher(lambda: encoder, tmp_path / "index"))


@pytest.fixture
def client(session):
    return make_user(session, Role.CLIENT)


@pytest.fixture
def at_desk(visitor, client):
    """The client, signed in."""
    return visitor.sign_in(client)


@pytest.fixture
def encode(session, connection, app):
    """Encode what has been made, as the worker does."""

    def run() -> None:
        session.commit()
        refresh.refresh_all(connection, app.extensions["hunar"].matcher.encoder)

    return run
