"""The events of a case in codes, as JSON has them, and a change of its policy in words."""

from collections.abc import Mapping
from typing import Any

from workbench.domain.case.case_id import format_batch, format_decision
from workbench.i18n import _
from workbench.wording.policy import finding_change_words

_SHOWN = (
    *("verdict", "fail_kind", "kind", "outcome", "to", "question", "answer", "field"),
    *("deadline", "due", "progress", "act", "orders", "channel", "item", "judged", "case", "moved_by"),
)
"""The values of an event body that the history shows."""

_SHOWN_OF_ACTION = {
    "documents-written": "count",
    "extend": "until",
    "campaign": "reason",
    **dict.fromkeys(("notice-sent", "notice-failed"), "notice"),
}
"""The value that the history shows only for some actions."""


def event_text(action: str, body: Mapping[str, Any]) -> str:
    """Return the values of the body of an event, most of them codes, in one line."""
    if action == "policy":
        return policy_words(body)
    if action == "import":
        line = [f"line {body['line']}"] if body["line"] else []
        return " ".join([format_batch(body["batch"]), *body["files"], *line, *body["missing"]])
    words = [str(body[name]) for name in _SHOWN if body.get(name)]
    words += [str(body[_SHOWN_OF_ACTION[action]])] if action in _SHOWN_OF_ACTION else []
    words += [format_decision(body["decision"])] if action == "shown-at" else []
    words += ["waived"] if body.get("waived") else []
    words += [format_decision(body["corrects"])] if body.get("corrects") else []
    words += [str(body["waive_reason"])] if action == "reopen" and body.get("waive_reason") else []
    words += [str(code) for name in ("reasons", "parts") for code in body.get(name, ())]
    return " ".join(words)


def policy_words(body: Mapping[str, Any]) -> str:
    """Return the words about a change of policy, such as `1 → 2: +ACT-PEAK-HOUR`."""
    findings = finding_change_words(*(body.get(name, ()) for name in ("added", "removed", "changed")))
    due = _("; due date: {day}").format(day=body["due"][:10]) if "due" in body else ""
    asked = _("; documents asked for until {day}").format(day=body["asked_until"]) if "asked_until" in body else ""
    void = _("; what waited for its check is void") if body.get("is_voided") else ""
    return f"{body['from']} → {body['to']}: {findings}{due}{asked}{void}"
