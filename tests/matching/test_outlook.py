"""What would move a freelancer up is what does, once the profile says it."""

from sqlalchemy import select

from app.clock import now
from app.jobs.models import Job
from app.matching import feed, refresh
from app.matching.outlook import MOST_SKILLS, outlook
from app.parks.models import Membership
from app.permissions import Role
from app.profiles.models import Profile, ProfileSkill
from tests.factories import (
    make_job,
    make_membership,
    make_park,
    make_profile,
    make_skill,
    make_user,
)
from tests.matching.demo_site import DemoSite


def place_of(site: DemoSite, job: Job, profile_id: int) -> int:
    return [who for who, _ in site.places(job)].index(profile_id) + 1


def below_the_first(site: DemoSite, job: Job) -> Profile:
    """Somebody far down who lacks a skill the job asks for, as their own pages load them."""
    who, _ = site.places(job)[14]
    return site.own(site.session.get_one(Profile, who))


def test_each_place_that_is_promised_is_reached_by_saving_the_change(demo_site):
    demo_site.fill(120, 20)
    demo_site.encode()
    promised = 0
    for job in demo_site.open_jobs(3):
        skills = {row.skill.label: row.skill for row in job.skills}
        job_id, profile = job.id, below_the_first(demo_site, job)
        ahead = outlook(demo_site.session, demo_site.matcher, profile, job)
        assert ahead.place == 15
        for move in [move for move in ahead.moves if move.skill][:1]:
            row = ProfileSkill(skill=skills[move.skill], position=len(profile.skills))
            profile.skills.append(row)
            profile.updated_at = now()
            profile_id = profile.id
            demo_site.encode()
            (job,) = [one for one in demo_site.open_jobs(3) if one.id == job_id]
            assert place_of(demo_site, job, profile_id) == move.place < 15
            promised += 1
    assert promised


def test_the_word_of_a_park_is_tried_and_kept(demo_site):
    demo_site.fill(120, 30)
    demo_site.encode()
    members = set(demo_site.session.scalars(select(Membership.user_id)))
    for job in demo_site.open_jobs(20):
        job_id = job.id
        for who, _ in demo_site.places(job)[1:30]:
            profile = demo_site.own(demo_site.session.get_one(Profile, who))
            moves = outlook(demo_site.session, demo_site.matcher, profile, job).moves
            by_park = [move.place for move in moves if not move.skill]
            if by_park and profile.user_id not in members:
                make_membership(demo_site.session, profile.user, make_park(demo_site.session))
                demo_site.encode()
                (job,) = [one for one in demo_site.open_jobs(20) if one.id == job_id]
                assert place_of(demo_site, job, who) <= by_park[0]  # a small park adds to it
                return
    raise AssertionError("No confirmation would have moved anybody; the test shows nothing.")


def test_no_more_than_six_rankings_are_tried(demo_site):
    skills = tuple(make_skill(demo_site.session, f"Skill{n}") for n in range(12))
    profile = make_profile(demo_site.session)
    for number in range(12):
        make_profile(demo_site.session, summary=f"I know Skill{number} well.", skills=skills[:3])
    make_job(demo_site.session, skills=skills)
    demo_site.encode()
    (job,) = demo_site.open_jobs(1)
    own = demo_site.own(demo_site.session.get_one(Profile, profile.id))
    ahead = outlook(demo_site.session, demo_site.matcher, own, job)
    assert len(ahead.moves) <= MOST_SKILLS + 1


def test_who_is_not_shown_to_the_client_is_promised_nothing(demo_site):
    profile = make_profile(demo_site.session, published=False)
    make_job(demo_site.session)
    demo_site.encode()
    (job,) = demo_site.open_jobs(1)
    own = demo_site.own(demo_site.session.get_one(Profile, profile.id))
    assert outlook(demo_site.session, demo_site.matcher, own, job) is None
    assert feed.fit(demo_site.session, demo_site.matcher, own, job).outlook is None


def test_the_page_says_what_would_move_me_up_and_to_add_only_what_is_true(
    session, connection, app, visitor
):
    django = make_skill(session, "Django")
    user = make_user(session, Role.FREELANCER)
    texts = {"headline": "Coder", "summary": "Bookings and menus for shops."}
    make_profile(session, user, **texts)
    for skills in ((django,), (django,), ()):
        make_profile(session, skills=skills, **texts)
    job = make_job(session, title="Django website", skills=(django,))
    session.commit()
    refresh.refresh_all(connection, app.extensions["hunar"].matcher.encoder)
    page = visitor.sign_in(user).get(f"/jobs/{job.id}/fit")
    assert "The client sees you at place 3 of 4 people who fit this job." in page.text
    assert "Add Django : from place 3 to 1." in page.text
    assert page.soup.select_one("#up ~ ul bdi").text == "Django"
    assert len(page.soup.select('main a[href="/profile/edit"]')) == 1
    assert "Add only what is true" in page.text
