"""A freelancer's own profile, the public page of one, and the suggestions for skills."""

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user

from app.errors import NotFound
from app.parks import memberships
from app.permissions import Role, can_edit_profile
from app.profiles import cv, service, strength
from app.profiles.forms import ProfileForm, version_of
from app.profiles.models import Profile
from app.taxonomy.skills import suggest
from app.web.database import db
from app.web.guards import public, role
from app.web.uploads import UploadForm, takes_files

bp = Blueprint("profiles", __name__)

LONGEST_QUESTION = 60


@bp.get("/profile")
@role(Role.FREELANCER)
def mine():
    profile = service.of_user(db.session(), current_user)
    if profile is None:
        return redirect(url_for("profiles.edit"), 303)
    return _page(profile)


@bp.route("/profile/edit", methods=["GET", "POST"])
@role(Role.FREELANCER)
def edit():
    own = service.of_user(db.session(), current_user)
    form, seen = ProfileForm.of(own), version_of(own)
    form.skills.normalise(db.session())
    if not form.validate_on_submit():
        return render_template("profiles/edit.html", form=form), form.status
    profile = service.save(db.session(), current_user, form.draft(), seen=seen)
    if form.publish.data:
        service.publish(db.session(), profile)
    flash(_("Saved. Everyone can see it.") if profile.published_at else _("Saved as a draft."))
    return redirect(url_for("profiles.mine"), 303)


@bp.route("/profile/cv", methods=["GET", "POST"])
@takes_files
@role(Role.FREELANCER)
def read_cv():
    form = UploadForm()
    if not form.validate_on_submit():
        return render_template("profiles/cv.html", form=form), form.status
    meant = current_app.extensions["hunar"].matcher.skills_meant(form.content)
    given = {"name": current_user.name, "meant": meant, "linked": form.links}
    read = cv.read(db.session(), form.content, **given)
    profile = service.of_user(db.session(), current_user)
    return render_template("profiles/edit.html", form=ProfileForm.filled(profile, read), cv=read)


@bp.post("/profile/publication")
@role(Role.FREELANCER)
def publish():
    profile = _own()
    try:
        service.publish(db.session(), profile)
    except service.Incomplete as refusal:
        return _page(profile, refusal)
    flash(_("Your profile is public. Clients can find you now."))
    return redirect(url_for("profiles.mine"), 303)


@bp.post("/profile/withdrawal")
@role(Role.FREELANCER)
def withdraw():
    service.withdraw(db.session(), _own())
    flash(_("Your profile is a draft again. Nobody else can see it."))
    return redirect(url_for("profiles.mine"), 303)


@bp.post("/profile/erasure")
@role(Role.FREELANCER)
def erase():
    service.erase(db.session(), _own())
    flash(_("Your profile is erased. You can write a new one here."))
    return redirect(url_for("profiles.edit"), 303)


@bp.get("/freelancers/<int:profile_id>")
@public
def show(profile_id: int):
    return _page(service.get(db.session(), profile_id, current_user))


@bp.get("/skills")
@public
def skills():
    found = suggest(db.session(), request.args.get("q", "")[:LONGEST_QUESTION])
    answer = jsonify(skills=[{"label": skill.label} for skill in found])
    # The same for everyone; on a slow line every answer that need not be asked for counts.
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


def _own() -> Profile:
    profile = service.of_user(db.session(), current_user)
    if profile is None:
        raise NotFound("You have no profile yet.")
    return profile


def _page(profile: Profile, refusal: service.Incomplete | None = None):
    session = db.session()
    own = can_edit_profile(current_user, profile)
    page = render_template(
        "profiles/show.html",
        profile=profile,
        standing=memberships.standing_of(session, [profile.user_id]).get(profile.user_id),
        membership=memberships.current(session, profile.user_id) if own else None,
        missing=service.missing(service.draft_of(profile)) if own else {},
        steps=strength.advice(profile) if own else [],
        refused=refusal is not None,
    )
    return page, refusal.status if refusal else 200
