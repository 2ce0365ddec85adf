"""Pages of jobs and of what is proposed for them, for visitors, freelancers and clients."""

from datetime import date

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.clock import today
from app.jobs import decisions, description, invitations, pages, posts, proposals
from app.jobs.forms import DeclineForm, InviteForm, JobForm, ProposalForm, SearchForm
from app.jobs.models import Job, JobStatus, Proposal, ProposalStatus
from app.parks import memberships
from app.permissions import Role, can_decide, can_edit_job, can_propose, can_withdraw, is_freelancer
from app.profiles import service as profiles
from app.web.database import db
from app.web.guards import public, require, role
from app.web.paging import before_id
from app.web.uploads import UploadForm, takes_files

bp = Blueprint("jobs", __name__)


@bp.app_template_filter("reason")
def show_reason(stored: str) -> str:
    """Say why a proposal was declined, our own sentence in the reader's language."""
    sentence, words = decisions.split_reason(stored)
    return "\n".join(said for said in (sentence and _(sentence), words) if said)


@bp.get("/jobs")
@public
def browse():
    form = SearchForm(request.args)
    if not form.validate():
        return render_template("jobs/browse.html", form=form, board=None), 422
    board = pages.board(db.session(), form.q.data, form.skill.data, before_id())
    return render_template("jobs/browse.html", form=form, board=board)


@bp.get("/jobs/<int:job_id>")
@public
def show(job_id: int):
    session = db.session()
    job = posts.get(session, job_id, current_user)
    freelancer = is_freelancer(current_user)
    return render_template(
        "jobs/show.html",
        job=job,
        crowd=proposals.count_coarsely(session, job),
        mine=pages.freelancer_side(session, job, current_user) if freelancer else None,
        own=pages.client_side(session, job) if can_edit_job(current_user, job) else None,
    )


@bp.route("/jobs/new", methods=["GET", "POST"])
@role(Role.CLIENT)
def new():
    form = JobForm.of(None)
    form.skills.normalise(db.session())
    if not form.validate_on_submit():
        return render_template("jobs/edit.html", form=form, job=None), form.status
    return _saved(posts.create(db.session(), current_user, form.draft()), form)


@bp.route("/jobs/read", methods=["GET", "POST"])
@takes_files
@role(Role.CLIENT)
def read():
    form = UploadForm()
    if not form.validate_on_submit():
        return render_template("jobs/read.html", form=form), form.status
    meant = current_app.extensions["hunar"].matcher.skills_meant(form.content)
    said = description.read(db.session(), form.content, meant=meant)
    return render_template("jobs/edit.html", form=JobForm.filled(said), job=None, said=said)


@bp.route("/jobs/<int:job_id>/edit", methods=["GET", "POST"])
@role(Role.CLIENT)
def edit(job_id: int):
    job = _own_job(job_id)
    form = JobForm.of(job)
    form.skills.normalise(db.session())
    if not form.validate_on_submit():
        return render_template("jobs/edit.html", form=form, job=job), form.status
    try:
        posts.update(db.session(), job, form.draft())
    except posts.CurrencyStays as refusal:
        form.refuse("currency", refusal)
        return render_template("jobs/edit.html", form=form, job=job), refusal.status
    return _saved(job, form)


@bp.get("/my-jobs")
@role(Role.CLIENT)
def mine():
    part = pages.jobs_of(db.session(), current_user, before_id())
    counts = proposals.counts(db.session(), [job.id for job in part.rows])
    return render_template("jobs/mine.html", part=part, counts=counts)


@bp.post("/jobs/<int:job_id>/publication")
@role(Role.CLIENT)
def publish(job_id: int):
    return _published(_own_job(job_id))


@bp.post("/jobs/<int:job_id>/closing")
@role(Role.CLIENT)
def close(job_id: int):
    posts.close(db.session(), _own_job(job_id), by=current_user)
    flash(_("The job is closed. Everybody who waited for an answer has been told."))
    return redirect(url_for("jobs.show", job_id=job_id), 303)


@bp.post("/jobs/<int:job_id>/reopening")
@role(Role.CLIENT)
def reopen(job_id: int):
    posts.reopen(db.session(), _own_job(job_id), by=current_user)
    flash(_("The job is open again."))
    return redirect(url_for("jobs.show", job_id=job_id), 303)


@bp.post("/jobs/<int:job_id>/parts")
@role(Role.CLIENT)
def split(job_id: int):
    skill_ids = request.form.getlist("skill", type=int)
    part = posts.split(db.session(), _own_job(job_id), skill_ids, by=current_user)
    flash(_("This draft has the skills of the seat. Say what it pays, then publish it."))
    return redirect(url_for("jobs.edit", job_id=part.id), 303)


@bp.route("/jobs/<int:job_id>/invitations", methods=["GET", "POST"])
@role(Role.CLIENT)
def invite(job_id: int):
    job = _own_job(job_id)
    form = InviteForm(profile_id=request.args.get("profile_id"))
    profile = profiles.get(db.session(), form.picked_id, current_user)
    if not form.validate_on_submit():
        page = render_template("jobs/invite.html", job=job, profile=profile, form=form)
        return page, form.status
    invitations.send(db.session(), job, profile, form.message.data, by=current_user)
    flash(_("%(name)s is invited.", name=profile.user.name))
    people = request.form.get("people", type=int)  # of the team on whose page it was pressed
    back = "matching.squad" if people else "matching.shortlist"
    return redirect(url_for(back, job_id=job_id, people=people), 303)


@bp.route("/jobs/<int:job_id>/propose", methods=["GET", "POST"])
@role(Role.FREELANCER)
def propose(job_id: int):
    job = posts.get(db.session(), job_id, current_user)
    require(can_propose, job)
    form = ProposalForm.of(job)
    profile = profiles.of_user(db.session(), current_user)
    refusal = proposals.obstacle(db.session(), job, profile)
    if profile is None or refusal or not form.validate_on_submit():
        page = render_template("jobs/propose.html", job=job, form=form, refusal=refusal)
        return page, refusal.status if refusal else form.status
    proposal = proposals.send(db.session(), job, profile, form.draft())
    flash(_("Your proposal is sent. We tell you when the client answers."))
    return redirect(url_for("jobs.proposal", proposal_id=proposal.id), 303)


@bp.get("/jobs/<int:job_id>/proposals", endpoint="proposals")
@role(Role.CLIENT)
def list_proposals(job_id: int):
    session = db.session()
    job = _own_job(job_id)
    picked = request.args.get("show", "")
    part = pages.pile(session, job, picked, before_id())
    people = [proposal.profile.user_id for proposal in part.rows]
    return render_template(
        "jobs/proposals.html",
        job=job,
        part=part,
        picked=picked if picked in pages.PILES else "",
        piles=pages.piles(session, job),
        standing=memberships.standing_of(session, people),
    )


@bp.get("/proposals/<int:proposal_id>")
@role(Role.CLIENT, Role.FREELANCER)
def proposal(proposal_id: int):
    return _proposal_page(proposals.get(db.session(), proposal_id, current_user), DeclineForm())


@bp.post("/proposals/<int:proposal_id>/shortlisting")
@role(Role.CLIENT)
def shortlist(proposal_id: int):
    found = _proposal_for(can_decide, proposal_id)
    proposals.shortlist(db.session(), found, by=current_user)
    flash(_("On your shortlist. The freelancer has been told."))
    return redirect(url_for("jobs.proposal", proposal_id=proposal_id), 303)


@bp.post("/proposals/<int:proposal_id>/refusal")
@role(Role.CLIENT)
def decline(proposal_id: int):
    found = _proposal_for(can_decide, proposal_id)
    form = DeclineForm()
    if not form.validate_on_submit():
        return _proposal_page(found, form), form.status
    proposals.decline(db.session(), found, by=current_user, reason=form.draft())
    flash(_("Declined. The freelancer can read your reason."))
    return redirect(url_for("jobs.proposals", job_id=found.job_id), 303)


@bp.post("/proposals/<int:proposal_id>/withdrawal")
@role(Role.FREELANCER)
def withdraw(proposal_id: int):
    found = _proposal_for(can_withdraw, proposal_id)
    proposals.withdraw(db.session(), found, by=current_user)
    flash(_("Your proposal is withdrawn."))
    return redirect(url_for("jobs.my_proposals"), 303)


@bp.get("/my-proposals")
@role(Role.FREELANCER)
def my_proposals():
    session = db.session()
    profile = profiles.find_of_user(session, current_user)
    return render_template(
        "jobs/my_proposals.html",
        profile=profile,
        invited=invitations.of_profile(session, profile) if profile else [],
        part=pages.proposals_of(session, profile, before_id()) if profile else None,
    )


def _own_job(job_id: int) -> Job:
    job = posts.get(db.session(), job_id, current_user)
    require(can_edit_job, job)
    return job


def _saved(job: Job, form: JobForm):
    if form.publish.data and job.status is JobStatus.DRAFT:
        return _published(job)
    flash(_("Saved."))
    return redirect(url_for("jobs.show", job_id=job.id), 303)


def _published(job: Job):
    posts.publish(db.session(), job, by=current_user)
    flash(_("Your job is public. These are the people who fit it best."))
    return redirect(url_for("matching.shortlist", job_id=job.id), 303)


def _proposal_for(predicate, proposal_id: int) -> Proposal:
    found = proposals.get(db.session(), proposal_id, current_user)
    require(predicate, found)
    return found


def _proposal_page(found: Proposal, form: DeclineForm) -> str:
    user_id = found.profile.user_id
    return render_template(
        "jobs/proposal.html",
        proposal=found,
        form=form,
        acts=proposals.open_acts(found),
        dates=_dates(found),
        standing=memberships.standing_of(db.session(), [user_id]).get(user_id),
    )


def _dates(found: Proposal) -> list[date]:
    """When the milestones would be due if the hire were today, or are since it was; else none."""
    if found.status is ProposalStatus.ACCEPTED and found.decided_at:
        return proposals.due_dates(found.steps, found.decided_at.date())
    return proposals.due_dates(found.steps, today()) if proposals.open_acts(found) else []
