"""The whole first path through HTTP, with two web processes and a worker over one database."""

from tests.flows.people import PROPOSAL, join, publish_job, publish_profile
from tests.flows.site import PATIENCE, Site, until


def test_from_sign_up_to_a_contract(site: Site) -> None:
    amina = join(site, "Amina", "freelancer", at="a")
    berta = join(site, "Berta", "client", at="b")
    publish_profile(amina)

    shortlist = publish_job(berta)
    until(
        lambda: "Amina" in (berta.get(shortlist) and berta.text),
        seconds=PATIENCE,
        what="the freelancer of the other process on the shortlist",
    )
    assert "Flutter" in berta.text
    assert "Stripe" in berta.text, "what is missing is named"

    job = shortlist.removesuffix("/shortlist")
    profile_id = berta.link("/freelancers/").rsplit("/", 1)[1]
    assert berta.post(f"{job}/invitations", profile_id=profile_id, message="").status_code == 200

    amina.get("/my-proposals")
    assert "Flutter app for a bakery" in amina.text
    # The shortlist reads the job itself; a feed has it once the worker has encoded it.
    until(
        lambda: "Flutter app for a bakery" in (amina.get("/feed") and amina.text),
        seconds=PATIENCE,
        what="the job on the freelancer's feed",
    )
    proposed = amina.post(f"{job}/propose", **PROPOSAL)
    assert proposed.status_code == 200, amina.text
    proposal = proposed.request.path_url

    berta.get(f"{job}/proposals")
    assert "Amina" in berta.text
    hired = berta.post(f"{proposal}/acceptance")
    assert hired.status_code == 200, berta.text
    assert "1,150" in berta.text
    again = berta.post(f"{proposal}/acceptance")
    assert again.status_code == 409, "a second acceptance is refused"

    amina.get("/contracts")
    assert "Flutter app for a bakery" in amina.text
    amina.get("/notifications")
    assert "You are hired" in amina.text
    until(
        lambda: "You are hired" in amina.get("/outbox").text,
        seconds=PATIENCE,
        what="the letter of it",
    )


def test_a_profile_saved_in_one_process_is_found_by_the_other(site: Site) -> None:
    berta = join(site, "Berta", "client", at="b")
    shortlist = publish_job(berta)
    amina = join(site, "Amina", "freelancer", at="a")
    publish_profile(amina)
    # The promise is a second. The machine of the tests is busy, so this only holds that it comes;
    # `bench/freshness.py` measures.
    until(
        lambda: "Amina" in (berta.get(shortlist) and berta.text),
        seconds=PATIENCE,
        what="the new profile on the shortlist",
    )
