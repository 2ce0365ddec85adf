"""Settings, read once from the environment; nonsense stops the start with a sentence."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit


class BadSetting(ValueError):
    """A setting that cannot be meant; the message names it and says what would be right."""


@dataclass(frozen=True)
class Config:
    """Everything that differs between one installation and the next."""

    database_url: str
    secret_key: str
    instance: Path
    demo: bool = True
    public_url: str = "http://127.0.0.1:8000"
    smtp_url: str | None = None  # smtp://user:password@host:587; without it letters are kept
    mail_from: str = "Hunar <no-reply@localhost>"
    encoder_model: str = "all-MiniLM-L6-v2"
    vectors_in_database: bool = False
    secure_cookies: bool = False
    trusted_proxies: int = 0

    @property
    def index_folder(self) -> Path:
        """Where the shared index lies; safe to delete."""
        return self.instance / "index"

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> "Config":
        """Read the settings; raises `BadSetting` when one makes no sense."""
        environ = os.environ if environ is None else environ
        instance = Path(environ.get("HUNAR_INSTANCE", "instance")).absolute()
        public_url = environ.get("HUNAR_URL", cls.public_url).rstrip("/")
        # A site that others reach is no demo unless somebody says so: a demo shows its letters.
        demo = _flag(environ, "HUNAR_DEMO", default=_is_here(public_url))
        return cls(
            database_url=_database_url(environ.get("DATABASE_URL"), instance),
            secret_key=_secret_key(environ.get("SECRET_KEY"), demo, instance),
            instance=instance,
            demo=demo,
            public_url=public_url,
            smtp_url=environ.get("SMTP_URL") or None,
            mail_from=environ.get("MAIL_FROM", cls.mail_from),
            encoder_model=environ.get("ENCODER_MODEL", cls.encoder_model),
            vectors_in_database=_vector_index(environ.get("VECTOR_INDEX", "files")),
            secure_cookies=public_url.startswith("https://"),
            trusted_proxies=_count(environ, "TRUSTED_PROXIES"),
        )


def is_this_machine(name: str) -> bool:
    """Tell whether a host's name leads to this machine, wherever it is asked for."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def driver_url(url: str) -> str:
    """Name our driver in the address of a PostgreSQL; leave any other address as it is."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _is_here(url: str) -> bool:
    return is_this_machine(urlsplit(url).hostname or "")


def _flag(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = environ.get(name, "1" if default else "0").lower()
    if value not in {"0", "1", "true", "false", "yes", "no"}:
        raise BadSetting(f"{name}={value} is neither yes nor no; write 1 or 0.")
    return value in {"1", "true", "yes"}


def _vector_index(name: str) -> bool:
    if name not in {"files", "pgvector"}:
        raise BadSetting("VECTOR_INDEX must be files or pgvector.")
    return name == "pgvector"


def _count(environ: Mapping[str, str], name: str) -> int:
    value = environ.get(name, "0")
    if not value.isdigit():
        raise BadSetting(f"{name}={value} is not a count; write 0, 1, 2 ...")
    return int(value)


def _database_url(url: str | None, instance: Path) -> str:
    if not url:
        return f"sqlite:///{instance / 'hunar.db'}"
    url = driver_url(url)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadSetting("DATABASE_URL must begin with sqlite:/// or postgresql://.")
    return url


def _secret_key(key: str | None, demo: bool, instance: Path) -> str:
    """Use the key that was set; a demo keeps one of its own beside its database."""
    if key:
        if len(key) < 32:
            raise BadSetting("SECRET_KEY must be at least 32 characters long.")
        return key
    if not demo:
        raise BadSetting("SECRET_KEY is not set; outside demo mode it must be.")
    kept = instance / "secret_key"
    if not kept.exists():
        instance.mkdir(parents=True, exist_ok=True)
        # Two workers may start together: the first to create the file wins, both read it.
        try:
            with open(kept, "x", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                file.write(os.urandom(32).hex())
        except FileExistsError:
            pass
    return kept.read_text()
