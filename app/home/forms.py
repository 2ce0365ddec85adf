"""What an operator types about a task."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from app.web.forms import Form, Plain


class NoteForm(Form):
    """A word on why a task is let go."""

    note = StringField(_l("Why it will not be done"), [Plain(200, one_line=True)])
