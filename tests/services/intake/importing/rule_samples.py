"""Every rule of DOMAIN 8.4 at its limit, one below and one above; all made up, all imported."""

from collections.abc import Sequence

from tests.services.intake.importing.activity_samples import ACTIVITY
from tests.services.intake.importing.identity_samples import DOCUMENTS, IDENTITY
from tests.services.intake.importing.rule_sample import Sample, credit, of_credit, on

_PAID = credit("arrears", "none", reference="P-1")

CREDIT = [
    *of_credit(
        "CR-ARREARS",
        *(
            (f"{days} days", credit("arrears", overdue_days=str(days)), severity)
            for days, severity in ((0, None), (1, "warn"), (2, "warn"), (30, "warn"), (31, "block"))
        ),
        *(
            (f"listed {days} days ago", credit("arrears", amount_cny="9.90", listed_on=on(-days)), severity)
            for days, severity in ((0, None), (1, "warn"), (30, "warn"), (31, "block"))
        ),
        ("since an unknown day", credit("arrears", amount_cny="0.01"), "block"),
        ("0 yuan", credit("arrears", amount_cny="0", overdue_days="400"), None),
        ("0 yuan since an unknown day", credit("arrears", amount_cny="0.00"), None),
        ("paid since an unknown day", [*credit("arrears", amount_cny="5", checked_on=on(-9)), *_PAID], None),
        ("days count before the listing", credit("arrears", overdue_days="3", listed_on=on(-90)), "warn"),
    ),
    *(
        sample
        for rule, name, severity in (
            ("CR-DEBTOR", "court", "block"),
            ("CR-ABNORMAL", "abnormal", "warn"),
            ("CR-SERIOUS", "serious", "block"),
            ("CR-TELECOM-LIST", "telecom", "warn"),
            ("CR-PUNISHED", "punishment", "block"),
        )
        for sample in of_credit(
            rule,
            (f"exact on {name}", credit(name), severity),
            (f"name only on {name}", credit(name, "name_only"), None),
            (f"not on {name}", credit(name, "none"), None),
        )
    ),
    *of_credit("CR-NAME-ONLY", ("by name", credit("court", "name_only"), "warn"), ("exact", credit("court"), None)),
    *of_credit(
        "CR-STALE",
        *(
            (f"{days} days old", credit("court", "none", checked_on=on(-days)), severity)
            for days, severity in ((29, None), (30, None), (31, "warn"))
        ),
    ),
    *of_credit("CR-NO-DATA", ("nothing looked up", [], "warn"), ("looked up", credit("court", "none"), None)),
]

SAMPLES: Sequence[Sample] = (*IDENTITY, *DOCUMENTS, *ACTIVITY, *CREDIT)
