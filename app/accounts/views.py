"""Pages of signing up, signing in, and a person's own account."""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask import url_for as address
from flask_babel import gettext as _
from flask_login import current_user, login_user

from app.accounts import addresses, devices, links, passwords, service, sessions, wishes
from app.accounts.forms import ForgottenForm, NewPasswordForm, SignInForm, SignUpForm, WelcomeForm
from app.accounts.models import PasswordLink, SignUp, User
from app.db import note
from app.errors import Invalid, NotFound, TooMany
from app.permissions import Role
from app.web import guesses, kept, limits
from app.web.database import SAFE_METHODS, db, let_go
from app.web.errors import refuse, retry_after, sentence
from app.web.guards import public, signed_in, wants_page
from app.web.i18n import LANGUAGES, choose_language, pick_language
from app.web.login import forget_visit

bp = Blueprint("accounts", __name__)

DEVICE = "hunar_device"


def find_user(token: str) -> User | None:
    """The person signed in with `token`; notes now and then that the browser is still there."""
    found = sessions.find(db.session(), token)
    if found is None:
        return None
    if sessions.is_due(found):
        if request.method in SAFE_METHODS:
            note(db.engine, lambda own: sessions.touch(own, found.id))
        else:
            sessions.touch(db.session(), found.id)
    return found.user


@bp.route("/sign-up", methods=["GET", "POST"])
@public
def sign_up():
    form = SignUpForm(role=request.args.get("role", Role.FREELANCER.value))
    if not form.validate_on_submit():
        return render_template("accounts/sign_up.html", form=form), form.status
    _limit_letters("sign-up")
    wishes.join(db.session(), form.draft(choose_language()))
    return redirect(address("accounts.check_mail"), 303)


@bp.get("/check-mail")
@public
def check_mail():
    return render_template("accounts/check_mail.html")


@bp.route("/verify/<token>", methods=["GET", "POST"])
@public
def verify(token: str):
    # A form, not the link itself, uses the token: mail scanners open links.
    asked = _live(SignUp, token)
    form = WelcomeForm(asked.email, name=asked.name, role=asked.role.value)
    if not form.validate_on_submit():
        page = render_template("accounts/verify.html", form=form, email=asked.email)
        return page, form.status
    chosen = {"name": form.name.data, "role": Role(form.role.data)}
    hashed = _hashed(form.password.data)
    user = service.join(db.session(), _live(SignUp, token), password_hash=hashed, **chosen)
    flash(_("Your address is confirmed. Welcome to Hunar."))
    return _welcome(user, address("home.start"))


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in():
    form = SignInForm(next=request.args.get("next"))
    if not form.validate_on_submit():
        return render_template("accounts/sign_in.html", form=form), form.status
    try:
        user = _find_by_password(addresses.lookup(form.email.data), form.password.data)
    except (Invalid, TooMany) as error:
        form.refuse("password", error)
        headers = retry_after(error)
        return render_template("accounts/sign_in.html", form=form), error.status, headers
    return _welcome(user, _safe_path(form.next.data) or address("home.start"))


@bp.post("/sign-out")
@public
def sign_out():
    if current_user.is_authenticated:
        sessions.end_this(db.session(), current_user.session_token)
    forget_visit()
    return redirect(address("home.start"), 303)


@bp.route("/forgotten", methods=["GET", "POST"])
@public
def forgotten():
    form = ForgottenForm()
    if not form.validate_on_submit():
        return render_template("accounts/forgotten.html", form=form), form.status
    _limit_letters("forgotten")
    wishes.new_password(db.session(), form.email.data, choose_language())
    return redirect(address("accounts.check_mail"), 303)


@bp.route("/new-password/<token>", methods=["GET", "POST"])
@public
def new_password(token: str):
    person = _live(PasswordLink, token).user
    form = NewPasswordForm((person.email, person.name))
    if not form.validate_on_submit():
        return render_template("accounts/new_password.html", form=form), form.status
    hashed = _hashed(form.password.data)
    user = service.set_password(db.session(), _live(PasswordLink, token), hashed)
    sessions.end_all(db.session(), user)
    flash(_("Your password is new. Every other browser has been signed out."))
    return _welcome(user, address("home.start"))


@bp.post("/<any(verify, 'new-password'):page>/<token>/letter")
@public
def send_again(page: str, token: str):
    _limit_letters("again")
    link = links.find(db.session(), _key(), links.PATHS[page], token)
    if link is None:
        raise links.why_dead(None)
    wishes.again(db.session(), link, choose_language())
    return redirect(address("accounts.check_mail"), 303)


@bp.errorhandler(links.Dead)
def show_dead_link(error: links.Dead):
    if not wants_page():
        return refuse(error)
    given = {"words": sentence(error), "path": request.path if error.mailed else None}
    return render_template("accounts/dead_link.html", **given), error.status


@bp.get("/account")
@signed_in
def account():
    live = sessions.live(db.session(), current_user)
    here = sessions.digest(current_user.session_token)
    return render_template("accounts/account.html", sign_ins=live, here=here)


@bp.post("/account/sign-ins/<int:sign_in_id>/end")
@signed_in
def end_sign_in(sign_in_id: int):
    if not sessions.end(db.session(), current_user, sign_in_id):
        raise NotFound("This browser is not signed in any more.")
    flash(_("That browser is signed out."))
    return redirect(address("accounts.account"), 303)


@bp.post("/account/sign-ins/end-others")
@signed_in
def end_other_sign_ins():
    sessions.end_all(db.session(), current_user, but_token=current_user.session_token)
    flash(_("Every other browser is signed out."))
    return redirect(address("accounts.account"), 303)


@bp.post("/language")
@public
def choose_language_of_page():
    picked = request.form.get("language")
    if picked not in LANGUAGES:
        raise Invalid("Choose English or Urdu.")
    pick_language(picked)
    return redirect(_safe_path(request.form.get("next")) or address("home.start"), 303)


def _key() -> str:
    return current_app.extensions["hunar"].config.secret_key


def _live(kind: type[links.Link], token: str) -> links.Link:
    return links.get_live(db.session(), _key(), kind, token)


def _hashed(password: str) -> str:
    with let_go():  # nobody waits for the database while a password is hashed
        return passwords.hash_password(password)


def _find_by_password(email: str, password: str) -> User:
    """The person whose password this is; raises `Invalid` or `TooMany`.

    Whoever has the address, every try is the same work.
    """
    user = service.find_by_email(db.session(), email)
    device = devices.of(_key(), request.cookies.get(DEVICE), user)
    stored = user.password_hash if user else None
    with let_go():
        place = guesses.Place(request.remote_addr, device)
        guess = guesses.begin(db.engine, email, place)
        is_right = passwords.fits(stored, password)
    user = service.find_by_email(db.session(), email)
    if not is_right or not service.may_sign_in(user) or user.password_hash != stored:
        raise Invalid("The address or the password is not right.")
    guesses.was_right(db.session(), guess)
    return user


def _welcome(user: User, path: str):
    """Sign the person in here, remember the browser, and lead on."""
    forget_visit()
    where = {"browser": request.user_agent.string, "address": request.remote_addr or ""}
    sessions.begin(db.session(), user, **where)
    login_user(user)
    answer = kept.resume() or redirect(path, 303)
    answer.set_cookie(
        DEVICE,
        devices.note(_key(), request.cookies.get(DEVICE), user),
        max_age=devices.LASTS,
        path=address("accounts.sign_in"),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return answer


def _limit_letters(what: str) -> None:
    # A whole park shares one address, and whoever fills it shuts it for a minute only.
    place = guesses.network_of(request.remote_addr)
    limits.limit(f"{what}:{place}", most=60, within=timedelta(minutes=1))


def _safe_path(target: str | None) -> str | None:
    """A path of this site, or None: a link must not send people elsewhere after signing in."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or "\\" in target or any(c < " " for c in target):
        return None
    return target
