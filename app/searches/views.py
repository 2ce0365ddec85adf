"""Pages of looking for freelancers and jobs, of saved searches, and their feeds."""

from contextlib import suppress
from datetime import timedelta

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request
from flask import url_for as address
from flask_babel import gettext as _
from flask_login import current_user

from app import lengths
from app.errors import Invalid, TooMany
from app.matching import ranking, trials
from app.matching.trials import Due
from app.searches import atom, endings, finding, newest, saved
from app.searches.forms import FORMS, FilterForm, SaveForm
from app.searches.models import Kind
from app.searches.wanted import Wanted
from app.web import limits
from app.web.database import db
from app.web.guards import public, signed_in
from app.web.headers import from_anywhere
from app.web.limits import limit

bp = Blueprint("searches", __name__)

MOST_A_MINUTE = 60
"""Searches of one person, or of all visitors at one address; each costs the model its time."""
MOST_PAGES = ranking.MOST_PLACES // ranking.PAGE
# A search is public: who types word after word must not keep the worker from everyone else.
MOST_ASKING = 60
ASKING_WITHIN = timedelta(hours=1)


@bp.get("/search/freelancers")
@public
def freelancers():
    return _answered(Kind.FREELANCERS)


@bp.get("/search/jobs")
@public
def jobs():
    return _answered(Kind.JOBS)


@bp.get("/saved-searches")
@signed_in
def mine():
    searches = saved.of_user(db.session(), current_user)
    return render_template("searches/mine.html", searches=searches, site=_site())


@bp.route("/saved-searches/new", methods=["GET", "POST"])
@signed_in
def new():
    asked = _form(_kind())
    if not asked.validate():
        # Only the names of fields: an address may carry anything.
        given = {field.name: field.data for field in asked if field.data}
        return redirect(address(f"searches.{asked.kind}", **given), 303)
    wanted = asked.wanted()
    form = SaveForm(name=wanted.words[: lengths.CAPTION])
    if not form.validate_on_submit():
        return render_template("searches/new.html", form=form, wanted=wanted), form.status
    given = {"name": form.name.data, "with_alerts": form.alerts.data}
    saved.save(db.session(), current_user, wanted, **given)
    flash(_("The search is saved."))
    return redirect(address("searches.mine"), 303)


@bp.post("/saved-searches/<int:search_id>/deletion")
@signed_in
def delete(search_id: int):
    session = db.session()
    saved.delete(session, saved.get_own(session, search_id, current_user))
    flash(_("The search is deleted."))
    return redirect(address("searches.mine"), 303)


@bp.post("/saved-searches/<int:search_id>/alerts")
@signed_in
def set_alerts(search_id: int):
    session = db.session()
    search = saved.get_own(session, search_id, current_user)
    saved.set_alerts(session, search, on=_switch())
    return redirect(address("searches.mine"), 303)


@bp.post("/saved-searches/<int:search_id>/feed")
@signed_in
def set_feed(search_id: int):
    session = db.session()
    search = saved.get_own(session, search_id, current_user)
    (saved.give_feed if _switch() else saved.end_feed)(session, search)
    return redirect(address("searches.mine"), 303)


@bp.get("/feeds/<token>.atom")
@public
def feed(token: str):
    session = db.session()
    search = saved.by_feed(session, token)
    found = newest.matches(session, _matcher(), Wanted.of(search.kind, search.asked))
    return Response(atom.feed(search, found, site=_site()), mimetype=atom.MEDIA_TYPE)


@bp.route("/letters/<search_name>/<signature>/ending", methods=["GET", "POST"])
@from_anywhere
@public
def end_letters(search_name: str, signature: str):
    key = current_app.extensions["hunar"].config.secret_key
    search = endings.find(db.session(), key, search_name, signature)
    if request.method == "POST":
        saved.set_alerts(db.session(), search, on=False)
    # No redirect: programs that read mail do not follow one.
    given = {"search": search, "search_name": search_name, "signature": signature}
    return render_template("searches/end_letters.html", **given)


@bp.app_template_filter("search_path")
def show_path(search) -> str:
    """Where a saved search is asked again."""
    return address(f"searches.{search.kind}", **search.asked)


def _answered(kind: Kind):
    if request.args:
        _count()
    form = _form(kind)
    if not form.validate():
        return render_template("searches/found.html", form=form, found=None), 422
    wanted = form.wanted()
    found = finding.find(db.session(), _matcher(), wanted, page=_page())
    _ask(found.due)
    return render_template("searches/found.html", form=form, found=found)


def _ask(due: Due) -> None:
    """Have the worker weigh the quotes that nobody has weighed yet."""
    if due:
        with suppress(TooMany):
            key = f"trials:{request.remote_addr}"
            limits.count(db.engine, key, most=MOST_ASKING, within=ASKING_WITHIN)
            trials.note(db.engine, due)


def _count() -> None:
    who = current_user.id if current_user.is_authenticated else request.remote_addr
    try:
        limit(f"search:{who}", most=MOST_A_MINUTE, within=timedelta(minutes=1))
    except TooMany as refusal:
        raise TooMany(
            "These were many searches. Wait a minute, then search again.",
            retry_after_seconds=refusal.retry_after_seconds,
        ) from refusal


def _form(kind: Kind) -> FilterForm:
    return FORMS[kind].of(db.session(), request.args)


def _kind() -> Kind:
    named = request.args.get("kind", Kind.FREELANCERS.value)
    return Kind(named) if named in set(Kind) else Kind.FREELANCERS


def _switch() -> bool:
    picked = request.form.get("turn")
    if picked not in ("on", "off"):
        raise Invalid("Choose on or off.")
    return picked == "on"


def _page() -> int:
    return min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)


def _matcher():
    return current_app.extensions["hunar"].matcher.pinned()


def _site() -> str:
    return current_app.extensions["hunar"].config.public_url
