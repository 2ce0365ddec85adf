"""The doors of matching that are not pages: commands, and what the worker does for it."""

import csv
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select

from app.matching import (
    ahead,
    evaluate,
    fair_price,
    labelled,
    refresh,
    report,
    skill_labels,
    snapshot,
    titles,
    trials,
    vector_table,
    verification,
)
from app.matching.cuts import Cut
from app.matching.encoder import Encoder, NotReady, TextEncoder, source_folder
from app.matching.export import export
from app.matching.manifest import Damaged, Manifest, manifest_path
from app.matching.matcher import Matcher, model_folder, models_folder
from app.matching.models import Embedding, Subject
from app.matching.pace import Paced, give_way
from app.outbox import Effect
from app.web.database import db

LABELLED_BESIDE = Path("../shared/data/tune")
"""Labelled sets that may not be passed on lie outside of the repository."""


@click.group("matching")
def matching() -> None:
    """The text model, the encoded texts and the shared index."""


@matching.command("export-encoder")
@click.option("--verify", is_flag=True, help="Also on the labelled sets kept beside Hunar.")
@with_appcontext
def export_encoder(verify: bool) -> None:
    """Make the text model ready for this machine; once for each model."""
    config = current_app.extensions["hunar"].config
    beside = Path(current_app.root_path).parent / LABELLED_BESIDE
    try:
        objection = verification.ranking(beside) if verify else None
        source, models = source_folder(config.encoder_model), models_folder(config)
        name = Path(config.encoder_model).name
        folder = export(source, models, name=name, objection=objection, say=click.echo)
    except (NotReady, labelled.BadSet) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"The text model is ready in {folder}.")


@matching.command("train-titles")
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def train_titles(target: Path | None) -> None:
    """Teach the text model the names of the occupations; minutes, the same each time.

    Written beside the exported model, or to the file given with --to.
    """
    click.echo(f"The title side is in {_made(titles.train, titles.FILE, target)}.")
    click.echo("Start the site and its worker anew: everything is then encoded again by itself.")


@matching.command("encode-skills")
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def encode_skills(target: Path | None) -> None:
    """Encode the labels of the skills that the words of a CV may mean; seconds.

    Written beside the exported model, or to the file given with --to.
    """
    made = _made(skill_labels.make, skill_labels.FILE, target)
    click.echo(f"The encoded skills are in {made}.")


@matching.command("evaluate")
@click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--csv", "target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--fairness", "with_price", is_flag=True, help="Say what the fair share costs, too.")
@with_appcontext
def evaluate_sets(folders: tuple[Path, ...], target: Path | None, with_price: bool) -> None:
    """Measure the matching on labelled sets: those in FOLDERS, else those kept beside Hunar."""
    beside = Path(current_app.root_path).parent / LABELLED_BESIDE
    if not folders:
        folders = tuple(sorted(path for path in beside.glob("*") if path.is_dir()))
    if not folders:
        click.echo(f"Nothing is measured: there is no labelled set in {LABELLED_BESIDE}.")
        return
    encoder = _matcher().encoder
    sets: list[labelled.LabelledSet] = []
    for folder in folders:
        try:
            sets += labelled.read(folder)
        except labelled.BadSet as error:
            click.echo(f"Left out: {error}")
    results = [one for given in sets for one in evaluate.evaluate(given, encoder)]
    click.echo("\n".join([f"Text model: {encoder.name}", *evaluate.table(results)]))
    if with_price:
        prices = [
            fair_price.price(given.name, evaluate.site_lists(given, encoder), given.grades)
            for given in sets
            if given.kind == "to_profiles"
        ]
        click.echo("\n".join(fair_price.lines(prices)))
    if target:
        with target.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, evaluate.COLUMNS)
            writer.writeheader()
            writer.writerows(evaluate.rows(results))


@matching.command("refresh")
@with_appcontext
def refresh_texts() -> None:
    """Encode every profile and job whose text has changed since it was encoded."""
    encoder = _matcher().configured
    with click.progressbar(length=1, label="Encoding") as bar:

        def progress(seen: int, total: int) -> None:
            bar.length = total
            bar.update(seen - bar.pos)

        threads = len(os.sched_getaffinity(0))
        encoded = refresh.refresh_all(db.engine, encoder, progress=progress, threads=threads)
    click.echo(f"{encoded} texts were encoded.")


@matching.command("build-index")
@with_appcontext
def build_index() -> None:
    """Write the shared index anew from what is encoded."""
    give_way()
    matcher = _matcher()
    for subject in Subject:
        built = snapshot.build(db.engine, matcher.configured, matcher.folder, subject)
        click.echo(f"{built.count} {subject}s are in the index.")


@matching.command("build-vectors")
@with_appcontext
def build_vectors() -> None:
    """Let PostgreSQL search the vectors: make and fill their table, and build its graphs.

    The site may run meanwhile. Run again, it makes only what is missing.
    """
    try:
        with db.engine.begin() as connection:
            vector_table.install(connection)
    except vector_table.NoVectors as error:
        raise click.ClickException(str(error)) from error
    for subject in Subject:
        vector_table.build_graph(db.engine, subject)
        click.echo(f"PostgreSQL has the vectors of the {subject}s and their graph.")


@matching.command("status")
@with_appcontext
def status() -> None:
    """Say what is encoded, what waits, and how old the shared index is."""
    matcher = _matcher()
    session = db.session()
    click.echo(f"Text model: {matcher.configured.name}")
    if matcher.encoder.name != matcher.configured.name:
        click.echo(f"Until all is encoded, pages answer with {matcher.encoder.name}")
    waiting = refresh.count_stale(session, matcher.configured.name)
    click.echo(f"Texts that wait to be encoded: {waiting}")
    for subject in Subject:
        encoded = session.scalar(
            select(func.count()).where(
                Embedding.subject == subject,
                Embedding.model == matcher.configured.name,
                Embedding.facts != "",
            )
        )
        click.echo(f"{subject}s: {encoded} encoded; {_index_status(matcher, subject)}")


@matching.command("fairness")
@with_appcontext
def fairness() -> None:
    """Count who is seen, and measure what fairness does and costs; the page shows the same."""
    figures = report.measure(db.engine, _matcher().pinned())
    click.echo(
        f"{figures['jobs']} open jobs. Gini@10 by fit alone {figures['gini_plain']:.3f}, as shown "
        f"{figures['gini_fair']:.3f}; nDCG@10 given up {figures['ndcg_given_up']:.4f}."
    )
    for row in figures["newcomers"]:
        click.echo(_line("newcomers" if row["group"] else "all others", row))
    for row in figures["parks"]:
        click.echo(_line(row["group"] or "no park", row))


def tasks() -> dict[str, Callable[[Effect], None]]:
    """What the outbox may promise of matching, by name."""
    return {
        "matching.embed": embed,
        "matching.embed_person": embed_person,
        trials.TASK: try_cuts,
    }


def sweeps() -> list[Callable[[], object]]:
    """What the worker does for matching again and again."""
    return [Paced(sweep, much=refresh.BATCH)]


def embed(effect: Effect) -> None:
    """Encode the profile or job that was saved; for a job, also what its shortlist will need.

    While a model succeeds another, by both.
    """
    given, matcher = effect.payload, _matcher()
    subject = Subject(given["subject"])
    for encoder in matcher.in_use():
        refresh.embed_one(db.engine, encoder, subject, given["subject_id"])
    if subject is Subject.JOB:
        ahead.ask_for_first_page(db.engine, matcher.pinned(), given["subject_id"])


def try_cuts(effect: Effect) -> None:
    """Encode texts without the words that a page quoted."""
    cuts = [Cut.read(given) for given in effect.payload["cuts"]]
    trials.make(db.engine, _matcher().encoder, cuts)


def embed_person(effect: Effect) -> None:
    """Bring up to date what is known of a person beside their text."""
    for encoder in _matcher().in_use():
        refresh.embed_person(db.engine, encoder, effect.payload["user_id"])


def sweep() -> int:
    """Encode what a crash left behind, build the index anew when due, remove trials of no use;
    return how much it was.

    When all is encoded, count once a day who was seen. A model that succeeds another gets its
    index only when it has encoded everything, because pages answer with it from then on.
    """
    matcher = _matcher()
    encoders = matcher.in_use()
    encoded = sum(refresh.sweep(db.engine, encoder) for encoder in encoders)
    built = len(snapshot.rebuild_if_due(db.engine, _to_answer(encoders), matcher.folder))
    removed = trials.prune(db.engine, encoders[0].name)
    if matcher.is_settled():
        removed += refresh.forget_models(db.engine, encoders[0].name)
    return encoded + built + removed or report.measure_if_due(db.engine, matcher.pinned())


def _made(make: Callable[[TextEncoder, Path], int], name: str, target: Path | None) -> str:
    """Make a file of the text model, beside its export or in `target`; return where, how large."""
    try:
        folder = model_folder(current_app.extensions["hunar"].config)
        target = target or folder / name
        size = make(Encoder.load(folder), target)
    except NotReady as error:
        raise click.ClickException(str(error)) from error
    return f"{target} ({size / 1e6:.2f} MB)"


def _to_answer(encoders: Sequence[TextEncoder]) -> TextEncoder:
    """The model to answer from now on: a new one once it has encoded everything."""
    if len(encoders) == 1:
        return encoders[0]
    with refresh.reading(db.engine) as session:
        is_whole = not refresh.stale(session, encoders[-1].name, limit=1)
    return encoders[-1] if is_whole else encoders[0]


def _line(group: str, row: dict[str, Any]) -> str:
    people, seen = row["share_of_people"], row["share_seen"]
    return f"{group}: {row['people']} people, {people:.1%} of all, {seen:.1%} of what is seen"


def _matcher() -> Matcher:
    return current_app.extensions["hunar"].matcher


def _index_status(matcher: Matcher, subject: Subject) -> str:
    try:
        manifest = Manifest.read(manifest_path(matcher.folder, subject))
    except (FileNotFoundError, Damaged):
        return "no index yet"
    return f"{manifest.count} in the index of {manifest.built_from:%Y-%m-%d %H:%M:%S} UTC"
