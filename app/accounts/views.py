"""Pages of signing up, signing in, and a person's own account."""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user

from app.accounts import service, sessions
from app.accounts.forms import ForgottenForm, NewPasswordForm, SignInForm, SignUpForm
from app.accounts.letters import send_known, send_reset, send_verify
from app.accounts.models import TokenPurpose, User
from app.db import transaction
from app.errors import Invalid, NotFound
from app.permissions import Role
from app.web import kept, limits
from app.web.database import SAFE_METHODS, db
from app.web.guards import public, signed_in
from app.web.i18n import LANGUAGES, choose_language, pick_language
from app.web.login import forget_visit

bp = Blueprint("accounts", __name__)


def find_user(token: str) -> User | None:
    """The person signed in with `token`; notes now and then that the browser is still there."""
    found = sessions.find(db.session(), token)
    if found is None:
        return None
    if sessions.is_due(found):
        if request.method in SAFE_METHODS:
            # This request only reads, so the note has a transaction of its own.
            with transaction(db.engine) as own:
                sessions.touch(own, found.id)
        else:
            sessions.touch(db.session(), found.id)
    return found.user


@bp.route("/sign-up", methods=["GET", "POST"])
@public
def sign_up():
    form = SignUpForm(role=request.args.get("role", Role.FREELANCER.value))
    if not form.validate_on_submit():
        return render_template("accounts/sign_up.html", form=form), form.status
    limits.limit(f"sign-up:{request.remote_addr}", most=60, within=timedelta(hours=1))
    draft = form.draft(choose_language())
    user = service.sign_up(db.session(), draft)
    if user:
        send_verify(db.session(), user)
    elif known := service.find_by_email(db.session(), draft.email):
        send_known(db.session(), known)
    return redirect(url_for("accounts.check_mail"), 303)


@bp.get("/check-mail")
@public
def check_mail():
    return render_template("accounts/check_mail.html")


@bp.route("/verify/<token>", methods=["GET", "POST"])
@public
def verify(token: str):
    # A button, not the link itself, uses the token: mail scanners open links.
    if request.method == "GET":
        service.holder_of(db.session(), token, TokenPurpose.VERIFY)
        return render_template("accounts/verify.html", token=token)
    user = service.verify_email(db.session(), token)
    _begin_session(user)
    flash(_("Your address is confirmed. Welcome to Hunar."))
    return redirect(url_for("home.start"), 303)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in():
    form = SignInForm(next=request.args.get("next"))
    if not form.validate_on_submit():
        return render_template("accounts/sign_in.html", form=form), form.status
    _limit_sign_in(form.email.data.lower())
    user = service.check_password(db.session(), form.email.data, form.password.data)
    if user is None:
        form.refuse("password", Invalid("The address or the password is not right."))
        return render_template("accounts/sign_in.html", form=form), 422
    if user.email_verified_at is None:
        send_verify(db.session(), user)
        return redirect(url_for("accounts.check_mail"), 303)
    _begin_session(user)
    return kept.resume() or redirect(_safe_path(form.next.data) or url_for("home.start"), 303)


@bp.post("/sign-out")
@public
def sign_out():
    if current_user.is_authenticated:
        sessions.end_this(db.session(), current_user.session_token)
    forget_visit()
    return redirect(url_for("home.start"), 303)


@bp.route("/forgotten", methods=["GET", "POST"])
@public
def forgotten():
    form = ForgottenForm()
    if not form.validate_on_submit():
        return render_template("accounts/forgotten.html", form=form), form.status
    email = form.email.data.lower()
    limits.limit(f"reset:{request.remote_addr}", most=60, within=timedelta(hours=1))
    limits.limit(f"reset:{email}", most=5, within=timedelta(hours=1))
    user = service.find_by_email(db.session(), email)
    if user:
        send_reset(db.session(), user)
    return redirect(url_for("accounts.check_mail"), 303)


@bp.route("/new-password/<token>", methods=["GET", "POST"])
@public
def new_password(token: str):
    service.holder_of(db.session(), token, TokenPurpose.RESET)
    form = NewPasswordForm()
    if not form.validate_on_submit():
        return render_template("accounts/new_password.html", form=form, token=token), form.status
    user = service.reset_password(db.session(), token, form.password.data)
    sessions.end_all(db.session(), user)
    _begin_session(user)
    flash(_("Your password is new. Every other browser has been signed out."))
    return redirect(url_for("home.start"), 303)


@bp.get("/account")
@signed_in
def account():
    live = sessions.live(db.session(), current_user)
    here = service.digest(current_user.session_token)
    return render_template("accounts/account.html", sign_ins=live, here=here)


@bp.post("/account/sign-ins/<int:sign_in_id>/end")
@signed_in
def end_sign_in(sign_in_id: int):
    if not sessions.end(db.session(), current_user, sign_in_id):
        raise NotFound("This browser is not signed in any more.")
    flash(_("That browser is signed out."))
    return redirect(url_for("accounts.account"), 303)


@bp.post("/account/sign-ins/end-others")
@signed_in
def end_other_sign_ins():
    sessions.end_all(db.session(), current_user, but_token=current_user.session_token)
    flash(_("Every other browser is signed out."))
    return redirect(url_for("accounts.account"), 303)


@bp.post("/language")
@public
def choose_language_of_page():
    picked = request.form.get("language")
    if picked not in LANGUAGES:
        raise Invalid("Choose English or Urdu.")
    pick_language(picked)
    return redirect(_safe_path(request.form.get("next")) or url_for("home.start"), 303)


def _begin_session(user: User) -> None:
    forget_visit()
    sessions.begin(
        db.session(),
        user,
        browser=request.user_agent.string,
        address=request.remote_addr or "",
    )
    login_user(user)


def _limit_sign_in(email: str) -> None:
    # A whole park shares one address, so an address may try far more often than a login.
    quarter = timedelta(minutes=15)
    limits.limit(f"sign-in:{request.remote_addr}", most=300, within=quarter)
    limits.limit(f"sign-in:{email}", most=10, within=quarter)


def _safe_path(target: str | None) -> str | None:
    """A path of this site, or None: a link must not send people elsewhere after signing in."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or "\\" in target or any(c < " " for c in target):
        return None
    return target
