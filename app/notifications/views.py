"""The tray, and the page where a demo shows the letters it kept."""

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user

from app.notifications import mailer, service
from app.notifications.kinds import KINDS
from app.web.database import db
from app.web.guards import demo_only, signed_in

bp = Blueprint("notifications", __name__)


@bp.app_context_processor
def count_unread():
    """Give every page the number for the bell."""

    def unread() -> int:
        return service.unread_count(db.session(), current_user)

    return {"unread": unread}


@bp.app_template_filter("notice")
def show_notice(notification) -> str:
    """Say a notification in the reader's language."""
    return gettext(KINDS[notification.kind], **notification.params)


@bp.get("/notifications")
@signed_in
def tray():
    return render_template(
        "notifications/tray.html", notifications=service.tray(db.session(), current_user)
    )


@bp.post("/notifications/read")
@signed_in
def mark_read():
    service.mark_read(db.session(), current_user)
    return redirect(url_for("notifications.tray"), 303)


@bp.get("/outbox")
@demo_only
def outbox():
    key = current_app.extensions["hunar"].config.secret_key
    kept = mailer.kept_letters(db.session(), key)
    return render_template("notifications/outbox.html", letters=kept)
