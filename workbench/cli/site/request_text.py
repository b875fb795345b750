"""Prints requests that wait for another admin."""

from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from workbench.cli.framework.command_context import CommandContext
from workbench.cli.framework.json_values import to_json
from workbench.domain.case.case_id import format_request
from workbench.i18n import _
from workbench.wording.amounts import minute

if TYPE_CHECKING:
    from workbench.services.site.admin_requests import AdminRequest


def print_request(context: CommandContext, request: "AdminRequest", zone: tzinfo) -> None:
    """Print that a request waits for another admin."""
    from workbench.services.site.admin_requests import RequestKind

    command = "retention approve" if request.kind is RequestKind.ERASURE else "reviewers approve"
    message = _("Another admin must approve this request by {day}: `workbench {command} {request}`.")
    day, number = minute(request.expires_at, zone), format_request(request.number)
    sentence = message.format(day=day, command=command, request=number)
    context.print_result(request_json(request, zone), sentence)


def request_json(request: "AdminRequest", zone: tzinfo) -> dict[str, Any]:
    """Return a request as JSON."""
    values = {**request.values, "requested_by": request.requested_by, "expires_at": request.expires_at}
    shown = {name: to_json(value, zone) for name, value in values.items()}
    return {"number": format_request(request.number), **shown}
