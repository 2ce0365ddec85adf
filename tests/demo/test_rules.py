"""What the generator makes passes the pages' own forms, and the database keeps it as they would."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.demo import freelancers, jobs
from app.demo.sources import Sources
from app.jobs.forms import JobForm
from app.jobs.models import JobStatus, PayKind
from app.profiles.forms import ProfileForm
from app.taxonomy import occupations
from tests.conftest import MORNING

LABELS = {entry.key: entry.label for entry in occupations.read().skills}


@pytest.mark.parametrize("start", range(1000, 1050, 10))
def test_profiles_pass_the_form_of_their_page(
    site: Flask, seeded: Session, given: Sources, start: int
):
    for number in range(start, start + 10):
        one = freelancers.make(given, 11, number, MORNING)
        values = MultiDict(
            {
                "headline": one.headline,
                "summary": one.summary,
                "skills": ", ".join(LABELS[key] for key in one.skills),
                "past_titles": "\n".join(one.past_titles),
                "links": "\n".join(one.links),
                "rate": str(one.rate_minor // 100),
                "currency": one.currency,
                "hours_per_week": str(one.hours_per_week),
                "availability": one.availability.value,
                "publish": "1",
            }
        )
        values.setlist("languages", list(one.languages))
        with site.app_context():
            form = ProfileForm(formdata=values, meta={"csrf": False})
            form.skills.normalise(seeded)
            assert form.validate(), (form.errors, one)
            draft = form.draft()
        assert (draft.summary, draft.rate_minor) == (one.summary, one.rate_minor)
        assert tuple(skill.key for skill in draft.skills) == one.skills
        assert draft.past_titles == one.past_titles
        assert draft.links == one.links


@pytest.mark.parametrize("start", range(1000, 1050, 10))
def test_jobs_pass_the_form_of_their_page(site: Flask, seeded: Session, given: Sources, start: int):
    clients = jobs.clients(given, 11, 50)
    for number in range(start, start + 10):
        post = jobs.make(given, 11, number, MORNING, by=clients)
        is_hourly = post.pay_kind is PayKind.HOURLY
        answer_by_on = max(post.answer_by_on, MORNING.date() + timedelta(days=1))
        values = MultiDict(
            {
                "title": post.title,
                "description": post.description,
                "skills": ", ".join(LABELS[key] for key in post.skills),
                "pay_kind": post.pay_kind.value,
                "currency": post.client.currency,
                "budget": "" if is_hourly else str(post.most_minor // 100),
                "least": str(post.least_minor // 100) if is_hourly else "",
                "most": str(post.most_minor // 100) if is_hourly else "",
                "weeks": str(post.weeks),
                "answer_by_on": answer_by_on.isoformat(),
                "publish": "1",
            }
        )
        values.setlist("languages", list(post.languages))
        with site.app_context():
            form = JobForm(formdata=values, meta={"csrf": False})
            form.skills.normalise(seeded)
            assert form.validate(), (form.errors, post)
            draft = form.draft()
        assert (draft.least.minor, draft.most.minor) == (post.least_minor, post.most_minor)
        assert tuple(skill.key for skill in draft.skills) == post.skills
        assert draft.description == post.description
        assert post.status is not JobStatus.OPEN or post.answer_by_on == draft.answer_by_on
