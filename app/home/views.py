"""Where everybody starts: the front page for a visitor, the own work for everybody else."""

from flask import Blueprint, redirect, render_template, url_for
from flask_login import current_user

from app.home import front
from app.permissions import Role
from app.web.database import db
from app.web.guards import public, role

bp = Blueprint("home", __name__)

FIRST_PAGES = {
    Role.FREELANCER: "matching.feed",
    Role.CLIENT: "jobs.mine",
    Role.MANAGER: "parks.managed",
    Role.OPERATOR: "home.operations",
}


@bp.get("/")
@public
def start():
    if current_user.is_authenticated:
        return redirect(url_for(FIRST_PAGES[current_user.role]), 303)
    return render_template("home/front.html", front=front.for_visitor(db.session()))


@bp.get("/operations")
@role(Role.OPERATOR)
def operations():
    return render_template("home/operations.html", now=front.for_operator(db.session()))


@bp.get("/healthz")
@public
def health():
    """Say that the process and its database answer."""
    front.ping(db.session())
    return {"status": "ok"}
