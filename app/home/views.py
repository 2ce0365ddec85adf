"""Where everybody starts: the front page for a visitor, the own work for everybody else."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app import outbox
from app.home import front, tasks
from app.home.forms import NoteForm
from app.permissions import Role
from app.web.database import db
from app.web.guards import public, role
from app.web.paging import before_id

bp = Blueprint("home", __name__)

FIRST_PAGES = {
    Role.FREELANCER: "matching.feed",
    Role.CLIENT: "jobs.mine",
    Role.MANAGER: "parks.managed",
    Role.OPERATOR: "home.operations",
}


@bp.app_template_filter("task")
def show_task(kind: str) -> str:
    """What a kind of task is called; one that nobody knows any more is its own name."""
    return _(tasks.KINDS[kind]) if kind in tasks.KINDS else kind


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


@bp.get("/operations/tasks/<sort>")
@role(Role.OPERATOR)
def troubled_tasks(sort: str):
    return render_template("home/tasks.html", now=tasks.trouble(db.session(), sort, before_id()))


@bp.post("/operations/tasks/<sort>/repetitions")
@role(Role.OPERATOR)
def try_all_again(sort: str):
    count = tasks.try_all_again(db.session(), sort, request.form.get("task", ""))
    flash(ngettext("%(num)d task is tried again now.", "%(num)d tasks are tried again now.", count))
    return redirect(url_for("home.troubled_tasks", sort=sort), 303)


@bp.post("/operations/task/<int:effect_id>/repetition")
@role(Role.OPERATOR)
def try_again(effect_id: int):
    effect = outbox.get(db.session(), effect_id)
    sort = "given-up" if effect.gave_up_at else "waiting"
    outbox.try_again(db.session(), effect)
    flash(_("It is tried again now."))
    return redirect(url_for("home.troubled_tasks", sort=sort), 303)


@bp.route("/operations/task/<int:effect_id>/dismissal", methods=["GET", "POST"])
@role(Role.OPERATOR)
def let_go(effect_id: int):
    effect = outbox.get(db.session(), effect_id)
    form = NoteForm()
    if not form.validate_on_submit():
        return render_template("home/let_go.html", form=form, effect=effect), form.status
    outbox.let_go(db.session(), effect, form.note.data)
    flash(_("It will not be done."))
    return redirect(url_for("home.troubled_tasks", sort="given-up"), 303)


@bp.get("/healthz")
@public
def health():
    """Say that the process and its database answer."""
    front.ping(db.session())
    return {"status": "ok"}
