"""Pages of parks: the public directory, joining one, a manager's work and an operator's."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.errors import DomainError
from app.parks import appointments, companies, directory, memberships, service, verifications
from app.parks.forms import AppointForm, CompanyForm, PageForm, ParkForm, RollForm, SearchForm
from app.parks.models import Membership, MembershipStatus, Park
from app.permissions import Role, is_freelancer
from app.web.database import db
from app.web.guards import public, role
from app.web.i18n import choose_language
from app.web.paging import HIGHEST_ID

bp = Blueprint("parks", __name__)

# Of a smaller group, a number could be read as a person.
SMALLEST_SHOWN = 5


@bp.app_template_filter("crowd")
def show_crowd(number: int) -> str:
    """Say how many people, hiding small groups."""
    if number < SMALLEST_SHOWN:
        return _("fewer than %(n)d", n=SMALLEST_SHOWN)
    return f"{number:,}"


@bp.get("/parks")
@public
def browse():
    form = SearchForm(request.args)
    if not form.validate():
        return render_template("parks/browse.html", form=form, listing=None), 422
    listing = directory.browse(
        db.session(), form.picked_area, form.q.data, after=request.args.get("after")
    )
    ids = [park.id for park in listing.parks]
    return render_template(
        "parks/browse.html",
        form=form,
        listing=listing,
        members=memberships.counts(db.session(), ids),
        companies=companies.counts(db.session(), ids),
    )


@bp.get("/parks/<slug>")
@public
def show(slug: str):
    session = db.session()
    park = directory.get(session, slug)
    mine = memberships.current(session, current_user.id) if is_freelancer(current_user) else None
    return render_template(
        "parks/show.html",
        park=park,
        members=memberships.members_count(session, park),
        tenants=companies.of_park(session, park, after=request.args.get("after")),
        mine=mine,
    )


@bp.post("/parks/<slug>/memberships")
@role(Role.FREELANCER)
def ask(slug: str):
    park = directory.get(db.session(), slug)
    memberships.ask(db.session(), current_user, park)
    flash(_("You have asked %(park)s. We tell you when its manager answers.", park=park.name))
    return redirect(url_for("parks.show", slug=slug), 303)


@bp.post("/memberships/<int:membership_id>/withdrawal")
@role(Role.FREELANCER)
def withdraw(membership_id: int):
    membership = memberships.get_own(db.session(), membership_id, current_user)
    left = membership.status is MembershipStatus.CONFIRMED
    memberships.withdraw(db.session(), membership, by=current_user)
    said = _("You have left the park.") if left else _("Your request is taken back.")
    flash(said)
    return redirect(url_for("parks.show", slug=membership.park.slug), 303)


@bp.get("/my-parks")
@role(Role.MANAGER)
def managed():
    parks = directory.managed_by(db.session(), current_user)
    ids = [park.id for park in parks]
    return render_template(
        "parks/managed.html",
        parks=parks,
        waiting=memberships.counts(db.session(), ids, MembershipStatus.ASKED),
        members=memberships.counts(db.session(), ids),
    )


@bp.get("/my-parks/<int:park_id>")
@role(Role.MANAGER)
def members(park_id: int):
    park = directory.get_managed(db.session(), park_id, current_user)
    form = RollForm(request.args)
    if not form.validate():
        return _members_page(park, form, memberships.Roll([], None)), 422
    after = request.args.get("after", type=_row_id)
    return _members_page(park, form, memberships.roll(db.session(), park, form.q.data, after=after))


@bp.post("/memberships/<int:membership_id>/confirmation")
@role(Role.MANAGER)
def confirm(membership_id: int):
    membership = _membership(membership_id)
    seen = "seen_in_person" in request.form
    memberships.confirm(db.session(), membership, by=current_user, seen_in_person=seen)
    flash(_("%(person)s is a member now.", person=membership.user.name))
    return _to_members(membership)


@bp.post("/memberships/<int:membership_id>/refusal")
@role(Role.MANAGER)
def decline(membership_id: int):
    membership = _membership(membership_id)
    memberships.decline(db.session(), membership, by=current_user)
    flash(_("You declined %(person)s. We have told them.", person=membership.user.name))
    return _to_members(membership)


@bp.post("/memberships/<int:membership_id>/end")
@role(Role.MANAGER)
def end(membership_id: int):
    membership = _membership(membership_id)
    memberships.end(db.session(), membership, by=current_user)
    flash(_("%(person)s is no longer a member. We have told them.", person=membership.user.name))
    return _to_members(membership)


@bp.post("/memberships/<int:membership_id>/verification")
@role(Role.MANAGER)
def see(membership_id: int):
    membership = _membership(membership_id)
    memberships.see(db.session(), membership, by=current_user)
    flash(_("Noted: you have seen %(person)s today.", person=membership.user.name))
    return _to_members(membership)


@bp.route("/my-parks/<int:park_id>/edit", methods=["GET", "POST"])
@role(Role.MANAGER)
def edit(park_id: int):
    park = directory.get_managed(db.session(), park_id, current_user)
    form = PageForm.of(park)
    if not form.validate_on_submit():
        return render_template("parks/edit.html", park=park, form=form), form.status
    service.edit(db.session(), park, form.draft())
    flash(_("The page of the park is saved."))
    return redirect(url_for("parks.members", park_id=park.id), 303)


@bp.route("/my-parks/<int:park_id>/companies", methods=["GET", "POST"])
@role(Role.MANAGER)
def add_company(park_id: int):
    park = directory.get_managed(db.session(), park_id, current_user)
    form = CompanyForm()
    if not form.validate_on_submit():
        return _companies_page(park, form), form.status
    try:
        company = companies.add(db.session(), park, form.draft())
    except DomainError as error:
        form.refuse("name", error)
        return _companies_page(park, form), error.status
    flash(_("%(company)s is on the list.", company=company.name))
    return redirect(url_for("parks.add_company", park_id=park.id), 303)


@bp.post("/my-parks/<int:park_id>/companies/<int:company_id>/removal")
@role(Role.MANAGER)
def remove_company(park_id: int, company_id: int):
    park = directory.get_managed(db.session(), park_id, current_user)
    name = companies.remove(db.session(), park, company_id)
    flash(_("%(company)s is off the list.", company=name))
    return redirect(url_for("parks.add_company", park_id=park.id), 303)


@bp.route("/parks/new", methods=["GET", "POST"])
@role(Role.OPERATOR)
def new():
    form = ParkForm()
    if not form.validate_on_submit():
        return _new_page(form), form.status
    try:
        park = service.add(db.session(), form.draft())
    except DomainError as error:
        form.refuse("name", error)
        return _new_page(form), error.status
    flash(_("The park is on the list. Now appoint somebody who answers for it."))
    return redirect(url_for("parks.appoint", slug=park.slug), 303)


@bp.route("/parks/<slug>/managers", methods=["GET", "POST"])
@role(Role.OPERATOR)
def appoint(slug: str):
    park = directory.get(db.session(), slug)
    form = AppointForm()
    if not form.validate_on_submit():
        return _managers_page(park, form), form.status
    try:
        user = appointments.appoint(db.session(), park, form.draft(choose_language()))
    except DomainError as error:
        form.refuse("email", error)
        return _managers_page(park, form), error.status
    flash(_("%(person)s manages the park now. We have told them.", person=user.name))
    return redirect(url_for("parks.appoint", slug=slug), 303)


@bp.post("/parks/<slug>/managers/<int:user_id>/removal")
@role(Role.OPERATOR)
def dismiss(slug: str, user_id: int):
    park = directory.get(db.session(), slug)
    user = appointments.dismiss(db.session(), park, user_id)
    flash(_("%(person)s does not manage the park any more.", person=user.name))
    return redirect(url_for("parks.appoint", slug=slug), 303)


def _row_id(text: str) -> int:
    number = int(text)
    if not 0 < number <= HIGHEST_ID:
        raise ValueError(text)
    return number


def _membership(membership_id: int) -> Membership:
    return memberships.get_managed(db.session(), membership_id, current_user)


def _to_members(membership: Membership):
    return redirect(url_for("parks.members", park_id=membership.park_id), 303)


def _members_page(park: Park, form: RollForm, roll: memberships.Roll) -> str:
    session = db.session()
    return render_template(
        "parks/members.html",
        park=park,
        form=form,
        roll=roll,
        waiting=memberships.waiting(session, park),
        waiting_count=memberships.waiting_count(session, park),
        members_count=memberships.members_count(session, park),
        seen_until=verifications.seen_until(session, park, [m.user_id for m in roll.members]),
    )


def _companies_page(park: Park, form: CompanyForm) -> str:
    tenants = companies.of_park(db.session(), park, after=request.args.get("after"))
    return render_template("parks/companies.html", park=park, form=form, tenants=tenants)


def _new_page(form: ParkForm) -> str:
    operators = service.operators(db.session())
    return render_template("parks/new.html", form=form, operators=operators)


def _managers_page(park: Park, form: AppointForm) -> str:
    managers = appointments.of_park(db.session(), park)
    return render_template("parks/managers.html", park=park, form=form, managers=managers)
