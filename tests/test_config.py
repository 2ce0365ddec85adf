"""Settings: what stands when nothing is set, and what is refused with a sentence."""

import stat

import pytest

from app.config import BadSetting, Config

KEY = "k" * 32


def read(tmp_path, **environ):
    return Config.read({"HUNAR_INSTANCE": str(tmp_path / "instance"), **environ})


def test_nothing_set_is_a_demo_on_sqlite(tmp_path):
    config = read(tmp_path)
    assert config.demo
    assert config.database_url == f"sqlite:///{tmp_path / 'instance' / 'hunar.db'}"
    assert config.index_folder == tmp_path / "instance" / "index"
    assert config.smtp_url is None
    assert not config.secure_cookies


@pytest.mark.parametrize("url", ["https://hunar.example.org", "http://192.0.2.7:8000"])
def test_a_site_that_others_reach_is_no_demo_unless_it_is_said(tmp_path, url):
    assert not read(tmp_path, HUNAR_URL=url, SECRET_KEY=KEY).demo
    assert read(tmp_path, HUNAR_URL=url, HUNAR_DEMO="1").demo


def test_a_demo_makes_a_key_once_and_keeps_it_to_itself(tmp_path):
    key = read(tmp_path).secret_key
    assert len(key) == 64
    assert read(tmp_path).secret_key == key
    kept = tmp_path / "instance" / "secret_key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_outside_a_demo_the_key_must_be_set(tmp_path):
    with pytest.raises(BadSetting, match="SECRET_KEY is not set"):
        read(tmp_path, HUNAR_DEMO="0")
    assert read(tmp_path, HUNAR_DEMO="0", SECRET_KEY=KEY).secret_key == KEY


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"SECRET_KEY": "short"}, "at least 32"),
        ({"HUNAR_DEMO": "perhaps"}, "neither yes nor no"),
        ({"TRUSTED_PROXIES": "-1"}, "not a count"),
        ({"TRUSTED_PROXIES": "one"}, "not a count"),
        ({"DATABASE_URL": "mysql://localhost/hunar"}, "must begin with"),
        ({"DATABASE_URL": "hunar.db"}, "must begin with"),
    ],
)
def test_nonsense_is_named(tmp_path, setting, words):
    with pytest.raises(BadSetting, match=words):
        read(tmp_path, **setting)


@pytest.mark.parametrize("prefix", ["postgres://", "postgresql://", "postgresql+psycopg://"])
def test_every_spelling_of_postgresql_is_understood(tmp_path, prefix):
    config = read(tmp_path, DATABASE_URL=prefix + "someone@db/hunar")
    assert config.database_url == "postgresql+psycopg://someone@db/hunar"


@pytest.mark.parametrize(
    ("value", "demo"), [("1", True), ("yes", True), ("0", False), ("No", False)]
)
def test_yes_and_no_have_several_spellings(tmp_path, value, demo):
    assert read(tmp_path, HUNAR_DEMO=value, SECRET_KEY=KEY).demo is demo


def test_an_https_address_asks_for_secure_cookies(tmp_path):
    config = read(tmp_path, HUNAR_URL="https://hunar.example.org/", SECRET_KEY=KEY)
    assert config.secure_cookies
    assert config.public_url == "https://hunar.example.org"


def test_an_empty_database_url_is_none(tmp_path):
    assert read(tmp_path, DATABASE_URL="").database_url.startswith("sqlite:///")
