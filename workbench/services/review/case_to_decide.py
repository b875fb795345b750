"""The case of a verdict, and the refusal of a verdict that the same person gave before."""

from sqlalchemy import bindparam, select
from sqlmodel import Session

from db.enums.case import IN_EFFECT
from db.models import CaseRow
from db.queries.published import DECISION
from workbench.domain.case.case_id import format_case, format_decision
from workbench.domain.case.casefile import CaseFile, VerdictRequest
from workbench.domain.case.records import ChangesSinceSeen
from workbench.errors import Busy, NotAllowed
from workbench.i18n import _
from workbench.services.foundation.case_access import held_case
from workbench.services.foundation.context import Context

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
