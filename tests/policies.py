"""Changes to the policy of a test site."""

import hashlib

from sqlalchemy import text

from tests.sites import Site

_NO_DOCUMENTS = ('individual = ["AGENT_ID_FRONT", "AGENT_ID_BACK", "COMMITMENT_LETTER"]', "individual = []")


def amend_policy(site: Site, *changes: tuple[str, str]) -> None:
    """Replace parts of the text of the policy in force, before it has been used."""
    with site.services("admin").context.write() as session:
        body: str = session.execute(text("SELECT body FROM policy_version")).scalar_one()
        for before, after in changes:
            assert before in body, before
            body = body.replace(before, after)
        changed = {"body": body, "sha256": hashlib.sha256(body.encode()).hexdigest()}
        session.execute(text("UPDATE policy_version SET body = :body, sha256 = :sha256"), changed)
    for services in site.services_by_login.values():
        cache = services.context.cache
        cache.policies.clear()
        cache.calendars.clear()
        cache.models.clear()


def require_no_documents_of_individuals(site: Site) -> None:
    """Require no documents of individuals, so that their applications are complete on receipt."""
    amend_policy(site, _NO_DOCUMENTS)


def set_times_in_letters(site: Site, word: str) -> None:
    """Set which times letters give: promise, forecast or both."""
    amend_policy(site, ('letters = "both"', f'letters = "{word}"'))
