"""What people do in the flow tests, step by step, through pages alone."""

from tests.flows.site import PATIENCE, Person, Site, until

PASSWORD = "correct horse battery"

PROFILE = {
    "headline": "Flutter developer for small shops",
    "summary": "I build mobile apps with Flutter and Dart, with payments and offline use.",
    "skills": "Flutter, Dart, Firebase",
    "past_titles": "Mobile developer",
    "rate": "18",
    "currency": "USD",
    "hours_per_week": "30",
    "availability": "open",
    "languages": ["en", "ur"],
    "publish": "1",
}
JOB = {
    "title": "Flutter app for a bakery",
    "description": "We sell bread in three shops. Customers should order ahead on their phones "
    "and pay in the app. It must work on weak connections.",
    "skills": "Flutter, Firebase, Stripe",
    "languages": ["en"],
    "pay_kind": "fixed",
    "currency": "USD",
    "budget": "1200",
    "weeks": "6",
    "publish": "1",
}
PROPOSAL = {
    "letter": "I have made two ordering apps with Flutter and can begin on Monday.",
    "steps-0-title": "Ordering",
    "steps-0-amount": "700",
    "steps-0-days": "14",
    "steps-1-title": "Payment",
    "steps-1-amount": "450",
    "steps-1-days": "10",
    "questions": "Do you have a logo?",
}


def join(site: Site, name: str, role: str, *, at: str = "a") -> Person:
    """Sign up, wait for the letter in the demo's outbox, and choose a password by its link."""
    person = Person(site, at)
    email = f"{name.lower()}@example.org"
    answer = person.post("/sign-up", name=name, email=email, role=role)
    assert answer.status_code == 200, person.text

    def letter():
        person.get("/outbox")
        cards = [card for card in person.page.find_all("article") if email in card.get_text()]
        return cards and cards[0].find("a", href=lambda href: "/verify/" in href)

    until(letter, seconds=PATIENCE, what="the letter that confirms the address")
    path = letter()["href"].removeprefix(site.environ["HUNAR_URL"])
    answer = person.post(path, name=name, password=PASSWORD, role=role)
    assert answer.status_code == 200, person.text
    return person


def publish_profile(person: Person, **changes) -> str:
    """Save and publish a profile; returns its public path."""
    answer = person.post("/profile/edit", **{**PROFILE, **changes})
    assert answer.status_code == 200, person.text
    return (
        person.link("/freelancers/") if "/freelancers/" in answer.text else answer.request.path_url
    )


def publish_job(person: Person, **changes) -> str:
    """Publish a job; returns the path of its shortlist, where the answer leads."""
    person.get("/jobs/new")
    answer_by = person.page.find(attrs={"name": "answer_by_on"})["value"]
    answer = person.post("/jobs/new", **{**JOB, "answer_by_on": answer_by, **changes})
    assert answer.status_code == 200, person.text
    assert answer.request.path_url.endswith("/shortlist"), person.text
    return answer.request.path_url
