"""The counts of a département: the tables of a PostgreSQL, how they are made, what a desk adds, what is read of them.

A desk has the right to add, and no other: a row that is there is left as it is (`ON CONFLICT DO NOTHING`, which needs
no right to read as long as no column is named), so that the same row may come again and again. `docs/comptes.md`
describes the tables to those who read them by other means.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date

from fs_triage.contract import WRONG_CALL, Failure
from fs_triage.counts.journal import Counted, Journal, Need

try:
    import psycopg
    import sqlalchemy
    from sqlalchemy import Column, Date, MetaData, Table, Text, Uuid, func, select
    from sqlalchemy.dialects.postgresql import insert
    from sqlalchemy.exc import ArgumentError, DBAPIError
except ImportError as error:
    raise Failure(
        WRONG_CALL,
        "Ce poste n’a pas de quoi joindre le serveur des comptes ; installez-le\u00a0: "
        'pip install "psycopg[binary]" SQLAlchemy '
        '(avec pipx\u00a0: pipx inject fs-triage "psycopg[binary]" SQLAlchemy).',
    ) from error

_BATCH = 500  # rows of a transaction
_CONNECT_SECONDS = 5
_OPTIONS = "-c statement_timeout=30000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=30000"
"""Milliseconds; a desk asks for little, and waits for nothing."""

_METADATA = MetaData(schema="comptes")
DEMANDS = Table(
    "demandes",
    _METADATA,
    Column("id", Uuid, primary_key=True),
    Column("semaine", Date),
    Column("maison", Text),
    Column("demarche", Text),
    Column("issue", Text),
)
NEEDS = Table(
    "besoins",
    _METADATA,
    Column("id", Uuid, primary_key=True),
    Column("semaine", Date),
    Column("maison", Text),
    Column("texte", Text),
    Column("issue", Text),
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE comptes.demandes (id uuid PRIMARY KEY, semaine date NOT NULL, maison text NOT NULL, "
        "demarche text NOT NULL, issue text NOT NULL)",
        "CREATE VIEW comptes.bilan AS SELECT semaine, maison, split_part(demarche, '/', 1) AS partenaire, demarche, "
        "issue, count(*) AS nombre FROM comptes.demandes GROUP BY semaine, maison, demarche, issue",
    ),
    (
        "CREATE TABLE comptes.besoins (id uuid PRIMARY KEY, semaine date NOT NULL, maison text NOT NULL, "
        "texte text NOT NULL, issue text NOT NULL)",
    ),
)
"""What leads from each version of the tables to the next; once released, none changes."""

_BEGINNING = (
    "SELECT pg_advisory_xact_lock(4672001)",  # two at once: the second finds all done
    "CREATE SCHEMA IF NOT EXISTS comptes",
    "CREATE TABLE IF NOT EXISTS comptes.version (numero integer PRIMARY KEY, faite date NOT NULL DEFAULT current_date)",
)
_ROLE = """DO $$ BEGIN CREATE ROLE {role} NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"""
_RIGHTS = (
    "GRANT USAGE ON SCHEMA comptes TO comptes_poste, comptes_lecture",
    "GRANT INSERT ON comptes.demandes, comptes.besoins TO comptes_poste",
    "GRANT SELECT ON ALL TABLES IN SCHEMA comptes TO comptes_lecture",
)

_OTHER_VERSION = "ses tables viennent d’une autre version de fs-triage ; mettez ce poste à jour"
_REASONS = {
    "28": "le serveur refuse ce nom ou ce mot de passe",
    "3D": "le serveur n’a pas cette base",
    "3F": "la base n’est pas prête ; la personne qui la tient lance « fs-triage bilan --preparer »",
    "42P01": "la base n’est pas prête ; la personne qui la tient lance « fs-triage bilan --preparer »",
    "23": _OTHER_VERSION,
    "25006": "le serveur ne se laisse que lire",
    "42": _OTHER_VERSION,
    "42501": "ce nom n’en a pas le droit (un poste ajoute, il ne lit pas)",
    "53": "le serveur n’a plus de place",
    "57014": "le serveur met trop de temps",
}
"""By state of SQL, or by its class."""


def prepare_tables(address: str) -> int:
    """Make the tables and the rights, or bring them to the newest version; returns that. Raises `Failure`."""
    with _begin(address) as connection:
        for statement in (
            *_BEGINNING,
            *(_ROLE.format(role=role) for role in ("comptes_poste", "comptes_lecture")),
        ):
            connection.exec_driver_sql(statement)
        version = connection.exec_driver_sql(
            "SELECT coalesce(max(numero), 0) FROM comptes.version"
        ).scalar_one()
        if version > len(MIGRATIONS):
            raise Failure(
                WRONG_CALL, "Les tables viennent d’une version plus récente de fs-triage ; prenez celle-là."
            )
        for number, statements in enumerate(MIGRATIONS[version:], version + 1):
            for statement in statements:
                connection.exec_driver_sql(statement)
            connection.exec_driver_sql(f"INSERT INTO comptes.version (numero) VALUES ({number})")
        for statement in _RIGHTS:
            connection.exec_driver_sql(statement)
    return len(MIGRATIONS)


def send_waiting(address: str, journal: Journal) -> int:
    """Send the rows of a journal that wait, and return how many there were.

    They are marked as sent once the server has committed them: a process that ends between the two sends them again,
    which changes nothing. Raises `Failure`, and `Unavailable` for the journal.
    """
    count = 0
    while True:
        demands, needs = journal.list_waiting(_BATCH)
        if not demands and not needs:
            return count
        with _begin(address) as connection:
            for table, rows in ((DEMANDS, demands), (NEEDS, needs)):
                if rows:
                    values = [dict(zip(table.columns.keys(), row, strict=True)) for row in rows]
                    connection.execute(insert(table).on_conflict_do_nothing(), values)
        journal.mark_sent(demands, needs)
        count += len(demands) + len(needs)


def count_by(address: str, column: str, since: date | None) -> list[Counted]:
    """Return the counts as `Journal.count_by` does, without what a desk has dated out of all calendars."""
    key = DEMANDS.c[column]
    query = select(key, DEMANDS.c.issue, func.count()).group_by(key, DEMANDS.c.issue)
    query = query.where(DEMANDS.c.semaine.between(since or date.min, date.max))
    with _begin(address) as connection:
        return [Counted(str(key), outcome, count) for key, outcome, count in connection.execute(query)]


def list_needs(address: str, since: date | None) -> list[Need]:
    """Return the needs that found nothing as `Journal.list_needs` does."""
    query = select(NEEDS).order_by(NEEDS.c.texte, NEEDS.c.id)
    query = query.where(NEEDS.c.semaine.between(since or date.min, date.max))
    with _begin(address) as connection:
        return [Need(*row) for row in connection.execute(query)]


@contextlib.contextmanager
def _begin(address: str) -> Iterator[sqlalchemy.Connection]:
    """Give a connection for one transaction; raises `Failure`, in which no address is: it may hold a password."""
    engine = _build_engine(address)
    where = f"Le serveur des comptes ({engine.url.host or 'sur ce poste'})"
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        cause = error.orig
        state = (cause.sqlstate if isinstance(cause, psycopg.Error) else None) or ""
        reason = _REASONS.get(state) or _REASONS.get(state[:2])
        if reason is None and isinstance(cause, psycopg.OperationalError):
            reason = "il ne répond pas, ou refuse ce nom ou ce mot de passe"
        if reason is None and not state:
            reason = "son adresse, dans config.toml, a une option que PostgreSQL ne connaît pas"
        raise Failure(
            WRONG_CALL, f"{where} ne prend pas la demande\u00a0: {reason or f'erreur {state}'}."
        ) from error
    except UnicodeError:
        raise _build_wrong_address() from None
    finally:
        engine.dispose()


def _build_engine(address: str) -> sqlalchemy.Engine:
    try:
        url = sqlalchemy.make_url(address)
    except (ArgumentError, ValueError):
        raise _build_wrong_address() from None
    if url.drivername not in ("postgresql", "postgres"):
        raise _build_wrong_address()
    limits = {"connect_timeout": _CONNECT_SECONDS, "tcp_user_timeout": 20_000, "options": _OPTIONS}
    limits = {name: value for name, value in limits.items() if name not in url.query}
    url = url.set(drivername="postgresql+psycopg")
    return sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool, connect_args=limits)


def _build_wrong_address() -> Failure:
    message = "L’adresse du serveur des comptes ne se lit pas ; elle ressemble à"
    return Failure(WRONG_CALL, f"{message} « postgresql://poste@serveur/france_services ».")
