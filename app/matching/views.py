"""Pages of the match: a job's shortlist and team, a freelancer's jobs, and how one job fits."""

from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask_login import current_user
from sqlalchemy.orm import Session

from app.jobs import invitations, posts
from app.jobs.models import Job
from app.matching import audit, conditions, feed, ranking, report, shortlist, squads, trials
from app.matching.matcher import Matcher
from app.permissions import Role
from app.profiles import service as profiles
from app.web.database import db
from app.web.guards import public, role

bp = Blueprint("matching", __name__)

MOST_PAGES = ranking.MOST_PLACES // ranking.PAGE


@bp.get("/jobs/<int:job_id>/shortlist", endpoint="shortlist")
@role(Role.CLIENT)
def show_shortlist(job_id):
    session = db.session()
    job = shortlist.get_own(session, job_id, current_user)
    relax = conditions.read(request.args.getlist("relax"))
    found = shortlist.for_job(session, matcher(), job, relax=relax, page=page())
    audit.record(db.engine, found.showing, viewer_id=current_user.id)
    return render_template(
        "matching/shortlist.html",
        job=job,
        found=found,
        relax=sorted(relax),
        **around(session, job),
    )


@bp.get("/jobs/<int:job_id>/team", endpoint="squad")
@role(Role.CLIENT)
def show_squad(job_id):
    session = db.session()
    job = shortlist.get_own(session, job_id, current_user)
    relax = conditions.read(request.args.getlist("relax"))
    people = request.args.get("people", type=int)
    squad = squads.for_job(session, matcher(), job, people=people, relax=relax)
    audit.record(db.engine, squad.showing, viewer_id=current_user.id)
    beside = around(session, job)
    return render_template(
        "matching/squad.html", job=job, squad=squad, relax=sorted(relax), **beside
    )


@bp.get("/feed", endpoint="feed")
@role(Role.FREELANCER)
def show_feed():
    session = db.session()
    profile = profiles.of_user(session, current_user)
    if profile is None:
        return render_template("matching/feed.html", profile=None)
    relax = conditions.read(request.args.getlist("relax"))
    found = feed.for_profile(session, matcher(), profile, relax=relax, page=page())
    audit.record(db.engine, found.showing, viewer_id=current_user.id)
    return render_template("matching/feed.html", profile=profile, found=found, relax=sorted(relax))


@bp.get("/jobs/<int:job_id>/fit", endpoint="fit")
@role(Role.FREELANCER)
def show_fit(job_id):
    session = db.session()
    job = posts.get(session, job_id, viewer=current_user)
    profile = profiles.of_user(session, current_user)
    fit = feed.fit(session, matcher(), profile, job) if profile else None
    if fit and fit.due:
        trials.note(db.engine, fit.due)
    return render_template("matching/fit.html", job=job, profile=profile, fit=fit)


@bp.get("/fairness")
@public
def fairness():
    return render_template("matching/fairness.html", report=report.latest(db.session()))


def around(session: Session, job: Job) -> dict[str, Any]:
    """What a page says of the people for a job beside why: who is invited, and who may be."""
    return {
        "invited": invitations.ids_invited(session, job),
        "proposed": shortlist.ids_proposed(session, job),
        "takes_proposals": posts.takes_proposals(job),
    }


def matcher() -> Matcher:
    """What this request finds with."""
    return current_app.extensions["hunar"].matcher.pinned()


def page() -> int:
    """The page asked for; anything that is none is the first."""
    return min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
