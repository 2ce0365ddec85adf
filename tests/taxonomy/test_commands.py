from sqlalchemy import func, select

from app.taxonomy.models import Skill


def test_loading_twice_changes_nothing_the_second_time(app, session):
    run = app.test_cli_runner().invoke
    first = run(args=["taxonomy", "load"])
    second = run(args=["taxonomy", "load"])
    loaded = session.scalar(select(func.count(Skill.id)))
    assert loaded > 20_000
    assert first.output == f"{loaded:,} skills added or changed.\n"
    assert second.output == "0 skills added or changed.\n"


def test_building_from_a_folder_that_is_not_there_is_refused(app, tmp_path):
    done = app.test_cli_runner().invoke(
        args=["taxonomy", "build", "--esco", str(tmp_path / "no"), "--onet", str(tmp_path)]
    )
    assert done.exit_code == 2
    assert "does not exist" in done.output
