"""The move itself: what is copied in which order, what is checked, and what is refused."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, MetaData, Table, func, inspect, select, text

from app.moving import checks, schema
from app.moving import target as targets
from app.moving.errors import CannotMove
from app.moving.tables import Fingerprint, Progress, copy, count, fingerprint

Finish = Callable[[Connection], None]


@dataclass(frozen=True)
class Report:
    """What a move found at its end."""

    compared: Sequence[checks.Compared]
    totals: Sequence[checks.Total]
    was_there: bool
    """Whether the target held all of it already, so that nothing was written."""


class Move:
    """From one database to another. `finish` makes what the target derives from its tables."""

    def __init__(
        self,
        source: Engine,
        target: Engine,
        metadata: MetaData,
        *,
        finish: Finish = lambda connection: None,
        say: Progress = lambda line: None,
    ) -> None:
        self._source = source
        self._target = target
        self._tables = metadata.sorted_tables
        self._finish = finish
        self._say = say

    def run(self) -> Report:
        """Copy everything and compare; may be run again after it was stopped anywhere.

        Raises `CannotMove` with a sentence. A target that holds rows and no mark of ours is only
        compared. Needs the application's context, for the migrations.
        """
        if self._target.dialect.name != "postgresql":
            raise CannotMove("A site moves to PostgreSQL: name it as postgresql://...")
        with ExitStack() as stack:
            source = stack.enter_context(_snapshot(self._source))
            self._refuse_an_old_source(source)
            stack.enter_context(targets.held(self._target))
            with self._target.begin() as connection:
                state = targets.look(connection, self._tables)
                if state is targets.State.EMPTY:
                    targets.begin(connection)
            if state is targets.State.FULL:
                return self._only_compare(source)
            schema.upgrade(self._target)
            copied = self._copy(source)
        return self._check(copied)

    def _refuse_an_old_source(self, source: Connection) -> None:
        if not schema.is_current(source):
            raise CannotMove("Run `flask db upgrade` first: migrations are missing here.")
        known = {table.name for table in self._tables} | {targets.MIGRATIONS}
        there = set(inspect(source).get_table_names())
        if targets.MARK.name in there:
            raise CannotMove("This database is itself a move that was not finished.")
        for name in sorted(there - known):
            self._say(f"Left out: {name}, which is no table of Hunar's.")

    def _copy(self, source: Connection) -> dict[str, Fingerprint]:
        copied = self._copied_before(source)
        rest = self._tables[len(copied) :]
        if rest:
            with self._target.begin() as target:
                targets.empty(target, rest)
        for table in rest:
            with self._target.begin() as target:
                seen = copied[table.name] = copy(source, target, table, self._say)
                self._set_sequence(source, target, table)
                targets.note(target, table, seen)
            self._say(f"{table.name}: {seen.rows:,} rows")
        return copied

    def _copied_before(self, source: Connection) -> dict[str, Fingerprint]:
        """The first tables, as far as an earlier run copied them and they are still the same.

        What refers to a table stands after it, so behind the first change all is copied anew.
        """
        with self._target.begin() as target:
            done = targets.done(target)
        same: dict[str, Fingerprint] = {}
        for table in self._tables:
            if table.name not in done:
                break
            seen = fingerprint(source, table)
            if (seen.rows, str(seen)) != done[table.name]:
                break
            same[table.name] = seen
            self._say(f"{table.name}: {seen.rows:,} rows, copied before")
        return same

    def _set_sequence(self, source: Connection, target: Connection, table: Table) -> None:
        """Have the next row numbered as it would be at the source."""
        column = table.autoincrement_column
        if column is None:
            return
        given = {"table": table.name, "column": column.name}
        name = target.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), given)
        if name is None:
            return
        last = target.scalar(select(func.max(column))) or 0
        if source.dialect.name == "postgresql":
            # An id that was given once is not given again, even if its row is gone.
            own = text("SELECT pg_sequence_last_value(pg_get_serial_sequence(:table, :column))")
            last = max(last, source.scalar(own, given) or 0)
        target.execute(text("SELECT setval(:name, :next, false)"), {"name": name, "next": last + 1})

    def _check(self, copied: dict[str, Fingerprint]) -> Report:
        self._say("All is copied. Both sides are compared.")
        compared = []
        # Another transaction than the copy's: it sees what was written at the source meanwhile.
        with _snapshot(self._source) as source, self._target.connect() as target:
            for table in self._tables:
                both = checks.compare(source, target, table)
                if both.target != copied[table.name]:
                    self._copy_anew(table)
                    raise CannotMove(_differs(both))
                if not both.is_equal:
                    raise CannotMove(
                        f"Table {table.name} was written to while it was copied. Stop the site and "
                        "its worker, and run this again: only what changed is copied anew."
                    )
                compared.append(both)
            totals = _checked(checks.totals(source, target, self._tables))
        with self._target.begin() as target:
            self._finish(target)
            targets.end(target)
        with self._target.connect().execution_options(isolation_level="AUTOCOMMIT") as target:
            target.execute(text("ANALYZE"))
        return Report(compared, totals, was_there=False)

    def _copy_anew(self, table: Table) -> None:
        with self._target.begin() as connection:
            targets.forget(connection, table)

    def _only_compare(self, source: Connection) -> Report:
        held = "The target holds other data and was left as it is. Name an empty database."
        compared = []
        with self._target.connect() as target:
            if not schema.is_current(target):
                raise CannotMove(f"{held} (It lacks migrations that this site has.)")
            for table in self._tables:
                if count(source, table) != count(target, table):
                    raise CannotMove(f"{held} (Table {table.name} has another number of rows.)")
            for table in self._tables:
                both = checks.compare(source, target, table)
                if not both.is_equal:
                    raise CannotMove(f"{held} (Table {table.name} has other rows.)")
                compared.append(both)
            totals = _checked(checks.totals(source, target, self._tables))
        return Report(compared, totals, was_there=True)


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """One transaction that reads, and sees the database as it is at its first statement."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with connection.begin():
            yield connection


def _checked(found: Iterator[checks.Total]) -> list[checks.Total]:
    totals = list(found)
    for total in totals:
        if not total.is_equal:
            raise CannotMove(
                f"The sum of {total.column} in {total.currency or 'its currency'} differs: "
                f"{total.source} at the source, {total.target} at the target."
            )
    return totals


def _differs(both: checks.Compared) -> str:
    return (
        f"Table {both.table.name} differs: {both.source.rows:,} rows at the source, "
        f"{both.target.rows:,} at the target, and their contents are not the same. "
        "Run this again to copy it anew."
    )
