"""Who applies at the demo: companies, sole proprietors and people that do not exist."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from db.enums import ApplicantKind, Language
from workbench.services.demo import fixtures
from workbench.services.demo.dates import around
from workbench.services.demo.numbers import credit_code, id_number
from workbench.services.demo.plan import DemoCase
from workbench.services.demo.twists import Twist

_SEED = "workbench demo 2"
_SERIALS = (996, 997, 998, 999)
_AGES = (24, 57)
_YEARS_SINCE_ISSUE = (1, 6)
_VALIDITY_YEARS = ((16, 5), (26, 10), (46, 20))
_CAPITAL_CNY = (500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000)
_YEAR_DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an ID card; `latin` is the name as a picture can show it."""

    name: str
    latin: str
    id_no: str
    born: date
    issued_on: str
    valid_to: str


@dataclass(frozen=True)
class Cast:
    """Everybody in one application; what is made up of whom depends on nothing but its number and the days."""

    case: DemoCase
    twist: Twist
    received: date

    def _chance(self, what: str) -> random.Random:
        # Made-up people need no secrecy, but must be the same on every machine and in any order.
        return random.Random(f"{_SEED} {self.case.no} {what}")  # noqa: S311

    @cached_property
    def _region(self) -> str:
        return str(fixtures.table("cast")["provinces"][self.case.province])

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        texts: Mapping[str, str] = fixtures.table("cast")["texts"][self.case.language.value]
        return texts

    @cached_property
    def _trade(self) -> Mapping[str, str]:
        trade: Mapping[str, str] = fixtures.table("cast")["trades"][self.case.trade][self.case.language.value]
        return trade

    @property
    def is_person(self) -> bool:
        """Whether the applicant is a person, who is the handler, too."""
        return self.case.kind is ApplicantKind.INDIVIDUAL

    @cached_property
    def legal_rep(self) -> Person:
        """Who stands for the company."""
        chance = self._chance("legal representative")
        return self._person(chance, self._region, self._some_birthday(chance))

    @cached_property
    def handler(self) -> Person:
        """Who brings the application."""
        own = self.twist.handler
        chance = self._chance("handler")
        born = self._some_birthday(chance)
        if "born" in own:
            born = date.fromisoformat(own["born"])
        return self._person(chance, own.get("region", self._region), born, is_wrong=own.get("number") == "wrong")

    @cached_property
    def uscc(self) -> str:
        """The code of a company or sole proprietor, '' of a person."""
        if self.is_person:
            return ""
        sort = "92" if self.case.kind is ApplicantKind.SOLE_PROPRIETOR else self.twist.uscc
        return credit_code(sort, self._region, self.case.no)

    @cached_property
    def subject(self) -> str:
        """The number under which credit is looked up."""
        return str(self.twist.application.get("uscc", self.uscc)) or self.handler.id_no

    @cached_property
    def name(self) -> str:
        """The applicant's name."""
        if self.is_person:
            return self.handler.name
        return self._texts[self.case.kind.value].format(word=self.case.word, suffix=self._trade["suffix"])

    @cached_property
    def latin(self) -> str:
        """The applicant's name as a picture can show it."""
        if self.is_person:
            return self.handler.latin
        latin = next(row["latin"] for row in fixtures.rows("words") if row["word"] == self.case.word)
        suffix = fixtures.table("cast")["trades"][self.case.trade]["en"]["suffix"].upper()
        return f"{'EXAMPLE' if self.case.language is Language.EN else 'XUGOU'} {latin} {suffix}"

    def _person(self, chance: random.Random, region: str, born: date, *, is_wrong: bool = False) -> Person:
        people = fixtures.table("cast")["people"]
        if self.case.language is Language.EN:
            name = chance.choice(people["english"])
            latin = name.upper()
        else:
            surname, given = chance.choice(people["surnames"]), chance.choice(people["given"])
            name, latin = surname[0] + given[0], f"{surname[1]} {given[1]}"
        years = chance.randint(*_YEARS_SINCE_ISSUE)
        issued_on = date.fromisoformat(around(f"{{received-45-{years}y}}", self.received))
        return Person(
            name=name,
            latin=latin,
            id_no=id_number(region, born, chance.choice(_SERIALS), is_wrong=is_wrong),
            born=born,
            issued_on=issued_on.isoformat(),
            valid_to=_valid_to(born, issued_on),
        )

    def _some_birthday(self, chance: random.Random) -> date:
        days = chance.randint(*_AGES) * _YEAR_DAYS + chance.randrange(_YEAR_DAYS)
        return self.received - timedelta(days=days)

    def application(self) -> dict[str, Any]:
        """Return what the application says, but for its times and number."""
        use = {"name": self.name, "product": self._trade["product"]}
        said: dict[str, Any] = {
            "card_type": self._texts["card_type"],
            "applicant_kind": self.case.kind.value,
            "applicant_name": self.name,
            "province": self.case.province,
            "handler_name": self.handler.name,
            "handler_id_no": self.handler.id_no,
            "handler_id_issued_on": self.handler.issued_on,
            "handler_id_valid_to": self.handler.valid_to,
            "contact_phone": f"1670000{self.case.no:04d}",
            "industry": self._trade["industry"],
            "stated_use": self._texts["use"].format(**use),
            "call_script": self._texts["script"].format(**use),
            "consent_source": self._texts["consent"],
            "service_class": self.case.service_class,
            "language": self.case.language.value,
        }
        if not self.is_person:
            said |= {
                "uscc": self.uscc,
                "registered_capital_cny": str(self._chance("capital").choice(_CAPITAL_CNY)),
                "licence_valid_to": "long-term",
                "business_scope": self._trade["scope"],
                "legal_rep_name": self.legal_rep.name,
                "legal_rep_id_no": self.legal_rep.id_no,
            }
        return said | dict(self.twist.application)


def _valid_to(born: date, issued_on: date) -> str:
    """Return until when an ID card is valid that is issued on a day. Source: 居民身份证法, art. 5."""
    age = issued_on.year - born.year - ((issued_on.month, issued_on.day) < (born.month, born.day))
    for below, years in _VALIDITY_YEARS:
        if age < below:
            return around(f"{{received+0+{years}y}}", issued_on)
    return "long-term"
