"""Compares the agents of new applications with those of the published ones."""

from collections.abc import Mapping, Sequence, Set

from sqlalchemy import func, select
from sqlmodel import Session

from db.enums import ImportKind
from db.queries.published import chunks, is_published
from workbench.services.intake.importing.classifying.columns import TABLES


def new_agents(session: Session, agents: Set[str]) -> list[str]:
    """Return, in order, those of some agents that have no published application."""
    columns = TABLES[ImportKind.APPLICATIONS].c
    known = select(columns.id).where(is_published(columns.batch_id)).limit(1)
    return [one for one in sorted(agents) if session.execute(known.where(columns.agent == one)).first() is None]


def agents_of_numbers(session: Session, numbers: Set[str]) -> dict[str, str | None]:
    """Return, by number, the agent of published applications, None if several agents have the number."""
    columns = TABLES[ImportKind.APPLICATIONS].c
    agents = select(columns.application_no, func.min(columns.agent), func.max(columns.agent))
    agents = agents.where(is_published(columns.batch_id)).group_by(columns.application_no)
    found = (session.execute(agents.where(columns.application_no.in_(chunk))) for chunk in chunks(numbers))
    return {number: first if first == last else None for rows in found for number, first, last in rows}


def unclear_agents(
    session: Session, new: Mapping[bool, Sequence[tuple[int, str]]], *, has_agents: bool
) -> list[tuple[int, str]]:
    """Return the new applications that are told apart from others only by an agent that is missing in one of them.

    Args:
        session: A session.
        new: The lines and numbers of new applications, by whether they name an agent.
        has_agents: Whether any application of the import names an agent.
    """
    stored = agents_of_numbers(session, {number for found in new.values() for _line, number in found})
    without = [one for one in new[False] if has_agents or stored.get(one[1], "") != ""]
    return sorted(without + [one for one in new[True] if stored.get(one[1]) == ""])
