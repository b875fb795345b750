"""The days on which a phone number serves one holder, so that nobody answers for the calls of another holder."""

from dataclasses import dataclass
from datetime import date

from workbench.domain.evidence.evidence import CardFacts

_AFTER_NUMBER = "@"


@dataclass(frozen=True, slots=True)
class ServicePeriod:
    """A number from its activation to the end of its service, both days included; None is no limit.

    An end before the activation belongs to an earlier service and limits nothing.
    """

    msisdn: str
    activated_on: date | None
    ended_on: date | None

    @property
    def last_on(self) -> date | None:
        """The last day of service; None if there is none yet."""
        is_earlier = self.ended_on is not None and self.activated_on is not None and self.ended_on < self.activated_on
        return None if is_earlier else self.ended_on

    @property
    def key(self) -> str:
        """The name of this period among call figures: the number itself if nothing limits it."""
        if self.activated_on is None and self.last_on is None:
            return self.msisdn
        return f"{self.msisdn}{_AFTER_NUMBER}{self.activated_on or ''}/{self.last_on or ''}"

    def covers(self, day: date) -> bool:
        """Say whether a local day is one of service."""
        return (self.activated_on is None or self.activated_on <= day) and (self.last_on is None or day <= self.last_on)


def service_period(card: CardFacts) -> ServicePeriod:
    """Return the service period of a card from its own dates; other cards with its number do not limit it."""
    return ServicePeriod(card.msisdn, card.activated_on, card.service_ended_on)


def msisdn_of(key: str) -> str:
    """Return the number in the key of a service period."""
    return key.partition(_AFTER_NUMBER)[0]
