"""Measures how long an import with receipts takes: `python -m tests.bench.receipts [applications [word…]]`.

Imports the given number of complete applications into a site with a history, once with each value that the policy
may have for the times in letters, and prints how long each import took.
"""

import sys
import tempfile
import time
from pathlib import Path

from db.enums import ImportKind
from tests.policies import require_no_documents_of_individuals, set_times_in_letters
from tests.services.forecast.lived_office import lived
from tests.services.intake.importing.files import Desk, application
from tests.sites import Site

_APPLICATIONS = 20_000
_WORDS = ("promise", "both", "forecast")
_CLASSES = ("expedited", "standard", "complex", "")


def rows(count: int) -> list[dict[str, str]]:
    """Return applications of individuals, of all classes and in both languages."""
    person = {"applicant_kind": "individual", "uscc": "", "registered_capital_cny": "", "licence_valid_to": ""}
    return [
        dict(
            application(
                f"P-{number}",
                **person,
                business_scope="",
                applicant_name=f"测试人{number}",
                handler_name=f"测试人{number}",
                msisdns=f"138{number:08}",
                service_class=_CLASSES[number % len(_CLASSES)],
                language="en" if number % 7 == 0 else "zh",
            )
        )
        for number in range(count)
    ]


def main() -> None:
    """Print the measurements."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else _APPLICATIONS
    words = sys.argv[2:] or _WORDS
    for word in words:
        with tempfile.TemporaryDirectory() as folder:
            site = Site(Path(folder) / "w.db").create()
            lived(site)
            desk = Desk(site, Path(folder))
            require_no_documents_of_individuals(site)
            set_times_in_letters(site, word)
            file = desk.write(rows(count))
            began, began_cpu = time.perf_counter(), time.process_time()
            report = desk.take(ImportKind.APPLICATIONS, file)
            taken, of_processor = time.perf_counter() - began, time.process_time() - began_cpu
            receipts = desk.count("notice")
            site.close()
        sys.stdout.write(
            f"{word:9} {report.created:,} applications, {receipts:,} receipts: {taken:.1f} s, "
            f"{of_processor:.1f} s of the processor\n"
        )


if __name__ == "__main__":
    main()
