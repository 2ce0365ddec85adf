"""create_app: puts the parts together, and nothing else."""

from dataclasses import dataclass

from flask import Flask
from flask_compress import Compress
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from app.accounts import views as accounts
from app.cli import register_commands
from app.config import Config
from app.contracts import views as contracts
from app.home import views as home
from app.jobs import views as jobs
from app.matching import views as matching
from app.matching.matcher import Matcher
from app.notifications import views as notifications
from app.notifications.mailer import Mailer, make_mailer
from app.parks import views as parks
from app.profiles import views as profiles
from app.searches import views as searches
from app.web.database import db, init_database
from app.web.errors import init_errors
from app.web.headers import init_headers, is_from_anywhere
from app.web.hosts import init_hosts
from app.web.i18n import init_i18n
from app.web.kept import init_kept
from app.web.login import init_login
from app.web.once import init_once
from app.web.paging import HIGHEST_ID
from app.web.templating import init_templating
from app.web.translating import ByLanguage
from app.web.uploads import init_uploads

MOST_REQUEST_BYTES = 256 * 1024
A_YEAR_SECONDS = 365 * 24 * 3600
BLUEPRINTS = (
    accounts.bp,
    notifications.bp,
    home.bp,
    profiles.bp,
    parks.bp,
    matching.bp,
    jobs.bp,
    contracts.bp,
    searches.bp,
)


@dataclass
class Services:
    """What a process holds for as long as it lives; views find it in `app.extensions`."""

    config: Config
    mailer: Mailer
    matcher: Matcher


class RowId(IntegerConverter):
    """A row's id in an address; one that no database could hold is no page, not a failure."""

    def __init__(self, url_map, *args, **kwargs) -> None:
        super().__init__(url_map, *args, **{"max": HIGHEST_ID, **kwargs})


def create_app(config: Config | None = None) -> Flask:
    """Make the web application from `config`, or from the environment."""
    config = config or Config.read()
    app = Flask(__name__, instance_path=str(config.instance))
    app.jinja_environment = ByLanguage
    app.config.update(
        SECRET_KEY=config.secret_key,
        MAX_CONTENT_LENGTH=MOST_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_REQUEST_BYTES,
        SESSION_COOKIE_NAME="hunar",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        SEND_FILE_MAX_AGE_DEFAULT=A_YEAR_SECONDS,  # links carry a fingerprint
        # Left to itself, the library sends static files uncompressed to who only knows gzip.
        COMPRESS_ALGORITHM_STREAMING=["zstd", "br", "gzip", "deflate"],
        WTF_CSRF_TIME_LIMIT=None,  # a form may wait out a power cut; the session bounds it
    )
    app.url_map.converters["int"] = RowId
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops)  # type: ignore[method-assign]
    init_hosts(app, config)
    init_uploads(app)  # how much of a body is taken is settled before the body is read
    init_database(app, config)
    init_headers(app, config)
    csrf = CSRFProtect(app)
    init_login(app, accounts.find_user)
    init_i18n(app)
    init_templating(app, demo=config.demo)
    init_kept(app)
    init_once(app)  # after the language: who asks for another one sends nothing yet
    init_errors(app)
    Compress(app)
    Migrate(app, db, compare_type=True)
    with app.app_context():
        app.extensions["hunar"] = Services(
            config, make_mailer(config, db.engine), Matcher.of(config)
        )
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for view in filter(is_from_anywhere, app.view_functions.values()):
        csrf.exempt(view)
    register_commands(app)
    return app
