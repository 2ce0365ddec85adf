"""A row of people: a freelancer, their profile, and the park they ask to confirm them."""

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.accounts import letters
from app.accounts.service import find_by_email
from app.imports import cells as read
from app.imports.rows import Cells, Fate, Problem, Refused, gathered
from app.imports.tables import Columns
from app.parks import directory, memberships
from app.permissions import Role
from app.profiles import service
from app.profiles.forms import ProfileForm

COLUMNS = Columns(
    needed=("email", "name", "headline", "summary", "skills"),
    others=(
        *("past_titles", "rate", "currency", "availability", "hours_per_week", "languages"),
        *("links", "published", "park"),
    ),
)
PAGE = "/profile"
_PERSON = {"name": "name", "email": "email"}


def import_row(
    session: Session, cells: Cells, *, they_agreed: bool = False
) -> tuple[Fate, list[Problem]]:
    """Make the person and the profile; whoever has a login already stays as they are.

    A letter tells them. The profile is a draft until they publish it, unless `they_agreed`.
    """
    known = find_by_email(session, cells["email"])
    if known and known.role is Role.FREELANCER:
        return Fate.KNOWN, []
    problems: list[Problem] = []
    with gathered(problems):
        user = read.person(session, cells["name"], cells["email"], Role.FREELANCER, _PERSON)
    with gathered(problems):
        is_published = read.answer(cells["published"], "published")
    with gathered(problems):
        form, warnings = _form(session, cells)
    park = directory.find(session, cells["park"]) if cells["park"] else None
    if cells["park"] and park is None:
        problems.append(Problem("There is no park at this address.", "park"))
    if problems:
        raise Refused(*problems)
    profile = service.save(session, user, form.draft())
    if is_published and they_agreed:
        service.publish(session, profile)
    letters.send_imported(session, user, page=PAGE, is_public=bool(profile.published_at))
    if park:
        memberships.ask(session, user, park)
    return Fate.IMPORTED, warnings


def _form(session: Session, cells: Cells) -> tuple[ProfileForm, list[Problem]]:
    values = MultiDict({name: cells[name] for name in ("headline", "summary", "skills", "rate")})
    # An empty cell leaves the form's own default; a rate without its currency says nothing.
    for name in ("availability", "hours_per_week"):
        if cells[name]:
            values[name] = cells[name].lower()
    if cells["rate"] or cells["currency"]:
        values["currency"] = cells["currency"].upper()
    values["past_titles"] = "\n".join(read.listed(cells["past_titles"]))
    values["links"] = "\n".join(read.listed(cells["links"]))
    values.setlist("languages", [code.lower() for code in read.listed(cells["languages"])])
    if read.is_yes(cells["published"]):
        values["publish"] = "1"
    form = ProfileForm(formdata=values, **read.NO_REQUEST)
    return form, read.checked(session, form)
