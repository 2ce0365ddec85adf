"""Letters as text: a template in the reader's language, its first line the subject."""

from typing import Any

from flask import current_app, render_template
from flask_babel import force_locale

LONGEST_SUBJECT = 160
"""A name and a title, each as long as they may be, make more than a list of letters shows."""


def render_letter(letter: str, language: str, **values: Any) -> tuple[str, str]:
    """Render `templates/email/<letter>.txt` in `language`; returns (subject, body)."""
    public_url = current_app.extensions["hunar"].config.public_url
    with current_app.test_request_context(base_url=public_url), force_locale(language):
        text = render_template(f"email/{letter}.txt", public_url=public_url, **values)
    subject, _, body = text.strip().partition("\n")
    subject = " ".join(subject.split())
    if len(subject) > LONGEST_SUBJECT:
        subject = subject[: LONGEST_SUBJECT - 1] + "…"
    return subject, body.strip() + "\n"
