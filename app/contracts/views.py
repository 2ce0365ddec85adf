"""Pages of contracts: hiring, one contract, and all of a person's own."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.contracts import service
from app.jobs import proposals
from app.permissions import Role, can_decide
from app.web.database import db
from app.web.guards import require, role, signed_in
from app.web.paging import before_id

bp = Blueprint("contracts", __name__)


@bp.post("/proposals/<int:proposal_id>/acceptance")
@role(Role.CLIENT)
def accept(proposal_id: int):
    proposal = proposals.get(db.session(), proposal_id, current_user)
    require(can_decide, proposal)
    contract = service.begin(db.session(), proposal, by=current_user)
    flash(
        _("You have hired %(name)s. Everybody else has been told.", name=contract.freelancer.name)
    )
    return redirect(url_for("contracts.show", contract_id=contract.id), 303)


@bp.get("/contracts/<int:contract_id>")
@signed_in
def show(contract_id: int):
    contract = service.get(db.session(), contract_id, current_user)
    return render_template("contracts/show.html", contract=contract)


@bp.get("/contracts")
@signed_in
def mine():
    before = before_id()
    found = service.of_user(db.session(), current_user, before_id=before, limit=service.PAGE + 1)
    next_id = found[service.PAGE - 1].id if len(found) > service.PAGE else None
    return render_template(
        "contracts/mine.html", contracts=found[: service.PAGE], next_id=next_id, before=before
    )
