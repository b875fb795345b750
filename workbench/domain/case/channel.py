"""The channels through which letters and contacts reach an applicant."""

import re

from db.enums import ContactChannel
from workbench.i18n import N_, _

GATEWAY = "gateway"
"""The channel of a letter if the gateway does not name one."""

CHANNEL_WORDS: dict[str, str] = {
    ContactChannel.PHONE: N_("telephone"),
    ContactChannel.SMS: N_("SMS"),
    ContactChannel.EMAIL: N_("email"),
    ContactChannel.LETTER: N_("letter"),
    ContactChannel.VISIT: N_("visit"),
    ContactChannel.CHAT: N_("chat"),
    "agent": N_("agent"),
    "wechat": N_("WeChat"),
    GATEWAY: N_("gateway"),
}

_NAME = re.compile(r"[a-z](?:[a-z-]{0,14}[a-z])?")
"""Without digits, because events keep the name and must not contain a number of a person."""

_UNKNOWN = "none"
"""The name that files give if there is no channel."""


def channel_named(text: str) -> str | None:
    """Return the channel that a file or gateway names, by its code or in words, "" if it names none.

    Return None if the text is not a valid name.
    """
    name = text.strip().lower()
    name = {word.lower(): channel for channel, word in channels().items()}.get(name, name)
    if name in {"", _UNKNOWN}:
        return ""
    return name if _NAME.fullmatch(name) else None


def channels() -> dict[str, str]:
    """Return the known channels in words."""
    return {channel: _(word) for channel, word in CHANNEL_WORDS.items()}


def channel_words(channel: str) -> str:
    """Return a channel in words; a name that only the operator knows stays as it is."""
    return _(CHANNEL_WORDS[channel]) if channel in CHANNEL_WORDS else channel
