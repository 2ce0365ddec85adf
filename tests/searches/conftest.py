"""What tests of searches share: everything arranged is encoded, as the worker would."""

import pytest

from app.matching import refresh


@pytest.fixture
def matcher(app):
    return app.extensions["hunar"].matcher


@pytest.fixture
def encode(session, connection, matcher):
    def run() -> None:
        session.commit()
        refresh.refresh_all(connection, matcher.encoder)

    return run
