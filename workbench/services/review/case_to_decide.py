"""The case of a verdict, and the refusal of a verdict that the same person gave before."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from db.dialect import next_number
from db.enums.case import IN_EFFECT
from db.models import CaseRow
from db.queries.published import DECISION
from workbench.domain.case.case_id import format_case, format_decision
from workbench.domain.case.casefile import CachedCase, CaseFile, VerdictRequest
from workbench.domain.case.records import ChangesSinceSeen
from workbench.errors import Busy, NotAllowed
from workbench.i18n import _
from workbench.services.case.case_stamp import reads_of_stamp
from workbench.services.case.measure_orders import order_rows
from workbench.services.clock.case_clocks import keep_clock_events
from workbench.services.foundation.calendar_days import all_suspensions
from workbench.services.foundation.case_access import held_case
from workbench.services.foundation.context import Context
from workbench.services.site.people import importer_refusal

_NEWEST = (
    select(DECISION.c.id, DECISION.c.maker_id, DECISION.c.verdict, DECISION.c.fail_kind, DECISION.c.status)
    .where(DECISION.c.case_id == bindparam("case"))
    .order_by(DECISION.c.id.desc())
    .limit(1)
)


def case_to_decide(session: Session, context: Context, request: VerdictRequest) -> CaseRow:
    """Return the case of a verdict, which this person must hold, see `held_case`.

    Raises:
        NotFound: If there is no such case.
        Busy: If another person holds the case or took it over.
        NotAllowed: If nobody holds the case, or this verdict is already recorded: a person repeats it who did not see
            the answer, because the connection or the program ended.
    """
    try:
        return held_case(session, context, request.case_id, request.fence)
    except (Busy, NotAllowed) as error:
        found = session.connection().execute(_NEWEST, {"case": request.case_id}).first()
        wanted = context.actor.id, request.verdict, request.fail_kind or ""
        is_same = found is not None and (found.maker_id, found.verdict, found.fail_kind) == wanted
        case = session.get_one(CaseRow, request.case_id)
        if found is None or not is_same or found.status not in {*IN_EFFECT, "staged"}:
            raise
        if request.fence not in {None, case.fence}:
            raise
        message = _("Your verdict on {case} is already recorded as {decision}; it was not recorded again.")
        name = format_case(request.case_id)
        raise NotAllowed(message.format(case=name, decision=format_decision(found.id))) from error


def reads_ahead(context: Context, known: CachedCase) -> Iterator[Callable[[Session], Any]]:
    """Yield the reads of a verdict on a case that did not change since it was read, for the begin of its transaction.

    A read that is missing here waits for a server later, while others wait for the lock.
    """
    header = known.casefile.header
    yield partial(Session.get, entity=CaseRow, ident=header.id)
    yield all_suspensions
    yield from reads_of_stamp(known)
    yield partial(importer_refusal, context=context, case_id=header.id, policy=known.casefile.policy)
    yield partial(order_rows, agent=header.agent, application_no=header.application_no)
    yield partial(keep_clock_events, case_id=header.id)
    yield partial(next_number, table=DECISION)


def has_known_reasons(request: VerdictRequest, casefile: CaseFile) -> bool:
    """Return whether a request has reasons, and all are reasons of the policy of the case."""
    return bool(request.reasons) and all(code in casefile.policy.reasons for code in request.reasons)


def changed_meanwhile(case_id: int, news: ChangesSinceSeen) -> Busy:
    """Return the error for a case that changed since its reviewer saw it; it names the changes."""
    if news.has_evidence:
        message = _("{case} changed while you decided: new evidence arrived. Look at it and confirm again.")
    elif news.policy:
        message = _("The policy of {case} changed while you decided: {change}. Look and confirm again.")
    else:
        message = _("{case} changed while you decided: somebody acted on it. Look at it and confirm again.")
    return Busy(message.format(case=format_case(case_id), change=news.policy))
