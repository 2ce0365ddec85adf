"""Another text model takes over while the site answers: nobody is missing, wrong, or refused."""

import json
import os
import shutil
from functools import partial

import pytest
from sqlalchemy import select

from app.config import Config
from app.matching import commands, refresh, snapshot
from app.matching.encoder import NotReady, export_folder, source_folder
from app.matching.matcher import Matcher
from app.matching.models import Embedding, Shown, Subject
from app.outbox import Effect
from app.permissions import Role
from tests.doubles.encoder import HashingEncoder
from tests.factories import make_job, make_profile, make_skill, make_user

NEW = HashingEncoder("new", dimension=32)


class Site:
    """A site with a worker and one web process, each started anew with another ENCODER_MODEL."""

    def __init__(self, app, session, visitor, folder) -> None:
        self.services = app.extensions["hunar"]
        self.session = session
        self.visitor = visitor
        self.folder = folder
        self.models = {one.name: one for one in (HashingEncoder("old"), NEW)}
        self.client = make_user(session, Role.CLIENT)
        self.job = make_job(session, self.client, title="Web developer for a bakery")
        visitor.sign_in(self.client)

    def start(self, name: str, *, known: bool = True) -> None:
        """Start both processes; `known` models can be found by their names."""
        find = self.models.get if known else (lambda _: None)
        self.services.matcher = self.matcher(name, find)

    def matcher(self, name: str, find) -> Matcher:
        return Matcher(lambda: self.models[name], self.folder, load_named=find)

    def publish(self, number: int) -> None:
        user = make_user(self.session, name=f"Person {number}")
        profile = make_profile(self.session, user, headline=f"Web developer {number}")
        self.session.commit()
        given = {"subject": "profile", "subject_id": profile.id}
        commands.embed(Effect(id=1, task="matching.embed", payload=given))

    def work(self, *, until_idle: bool = True) -> None:
        while commands.sweep() and until_idle:
            pass

    def shortlist(self) -> set[str]:
        page = self.visitor.get(f"/jobs/{self.job.id}/shortlist")
        assert page.status == 200
        return {link.get_text() for link in page.soup.select("main .match h2 a")}

    def searched(self) -> set[str]:
        page = self.visitor.get("/search/freelancers?words=web+developer")
        assert page.status == 200
        return {link.get_text() for link in page.soup.select("main .match h2 a")}

    def indexed_by(self) -> set[str]:
        return {
            snapshot.Manifest.read(snapshot.manifest_path(self.folder, subject)).model
            for subject in Subject
        }

    def shown_by(self) -> str:
        self.session.expire_all()
        return self.session.scalars(select(Shown.model).order_by(Shown.id.desc())).first()


@pytest.fixture
def site(app, session, visitor, tmp_path, monkeypatch):
    monkeypatch.setattr(refresh, "sweep", partial(refresh.sweep, limit=2))
    site = Site(app, session, visitor, tmp_path / "index")
    site.start("old")
    for number in range(7):
        site.publish(number)
    site.work()
    assert site.indexed_by() == {"old"}
    return site


EVERYBODY = {f"Person {number}" for number in range(7)}


def test_the_old_model_answers_until_the_new_index_is_whole(site):
    site.start("new")
    models = []
    for _ in range(20):
        assert site.shortlist() == site.searched() == EVERYBODY
        models.append(site.shown_by())
        site.work(until_idle=False)
    assert models == sorted(models, reverse=True), "once changed, never back"
    assert models[0] == models[2] == "old"
    assert models[-1] == "new"
    assert site.indexed_by() == {"new"}


def test_what_the_old_model_encoded_goes_a_day_after_the_new_one_answers(site, held_clock):
    def kept_of_the_old() -> int:
        site.session.expire_all()
        rows = select(Embedding.subject_id).where(Embedding.model == "old")
        return len(site.session.scalars(rows).all())

    site.start("new")
    held_clock.forward(days=2)
    site.work(until_idle=False)
    assert site.indexed_by() == {"old"}
    assert kept_of_the_old() == 8, "the old one still answers"
    site.work()
    assert site.indexed_by() == {"new"}
    site.work()
    assert kept_of_the_old() == 0
    assert site.shortlist() == EVERYBODY


def test_the_new_model_knows_everybody_before_it_answers(site):
    site.start("new")
    while site.indexed_by() == {"old"}:
        site.work(until_idle=False)
    encoded = select(Embedding.subject_id).where(Embedding.model == "new")
    assert len(site.session.scalars(encoded).all()) == 8


def test_who_publishes_meanwhile_is_found_before_and_after(site):
    site.start("new")
    site.work(until_idle=False)
    site.publish(7)
    assert site.shortlist() == site.searched() == EVERYBODY | {"Person 7"}
    assert site.indexed_by() == {"old"}
    site.work()
    assert site.indexed_by() == {"new"}
    assert site.shortlist() == site.searched() == EVERYBODY | {"Person 7"}


def test_a_web_process_that_still_has_the_old_setting_follows(site):
    web = site.matcher("old", site.models.get)
    assert web.encoder.name == "old"
    site.start("new")
    site.work()
    assert web.encoder.name == "new"
    site.services.matcher = web
    assert site.shortlist() == site.searched() == EVERYBODY


def test_one_request_keeps_its_model_through_the_switch(site):
    site.start("new")
    request = site.services.matcher.pinned()
    assert request.encoder.name == "old"
    site.work()
    assert request.encoder.name == "old"
    assert site.services.matcher.pinned().encoder.name == "new"


def test_between_the_two_new_indexes_everybody_is_found(site):
    site.start("new")
    refresh.refresh_all(site.session.connection(), site.models["new"])
    site.session.commit()
    connection = site.session.get_bind()
    snapshot.build(connection, site.models["new"], site.folder, Subject.PROFILE)
    assert site.indexed_by() == {"old", "new"}
    assert site.shortlist() == site.searched() == EVERYBODY
    site.work()
    assert site.indexed_by() == {"new"}
    assert site.shortlist() == EVERYBODY


def test_where_the_old_model_is_gone_pages_say_so_shortly(site):
    site.start("new", known=False)
    for _ in range(20):
        page = site.visitor.get(f"/jobs/{site.job.id}/shortlist")
        assert page.status == 200
        site.work(until_idle=False)
    assert site.shortlist() == EVERYBODY


def test_a_new_model_that_is_not_exported_leaves_the_old_one_answering(site, caplog):
    def missing():
        raise NotReady("The text model is not ready yet.")

    site.services.matcher = Matcher(missing, site.folder, load_named=site.models.get)
    site.publish(7)
    site.work()
    assert site.shortlist() == site.searched() == EVERYBODY | {"Person 7"}
    told = [one.message for one in caplog.records if "not used yet" in one.message]
    assert told == ["The configured text model is not used yet. The text model is not ready yet."]


def test_a_second_exported_model_takes_over_by_its_setting(
    app, session, visitor, exported, tmp_path
):
    first = Config(database_url="", secret_key="", instance=tmp_path)
    models = tmp_path / "models"
    models.mkdir()
    os.symlink(exported, export_folder(source_folder(first.encoder_model), models))
    source = tmp_path / "another-model"
    source.mkdir()
    (source / "modules.json").write_text("[]")
    second = Config(**{**vars(first), "encoder_model": str(source)})
    copied = shutil.copytree(exported, export_folder(source, models))
    card = json.loads((copied / "card.json").read_text())
    (copied / "card.json").write_text(json.dumps({**card, "name": "another@0/int8", "tokens": 64}))

    site = Site(app, session, visitor, first.index_folder)
    make_skill(session, "Django")
    site.services.matcher = Matcher.of(first)
    site.publish(0)
    site.work()
    before = site.services.matcher.encoder.name
    assert site.shortlist() == {"Person 0"}

    site.services.matcher = Matcher.of(second)
    assert site.services.matcher.encoder.name == before
    assert site.shortlist() == site.searched() == {"Person 0"}
    site.work()
    assert site.indexed_by() == {"another@0/int8"}
    assert site.shortlist() == site.searched() == {"Person 0"}
    assert site.shown_by() == "another@0/int8"
