"""The rules of identity, documents and use at their limits, one below and one above."""

from tests.services.intake.importing.files import ENTERPRISE_DOCUMENTS
from tests.services.intake.importing.rule_sample import Sample, brands, company, document, id_number, of_application, on

_OK_ID = id_number("19900101")

IDENTITY = [
    *of_application(
        "ID-RIC",
        "handler_id_no",
        (_OK_ID, None),
        (_OK_ID[:-1] + ("0" if _OK_ID[-1] != "0" else "1"), "block"),
        (id_number("20261123"), None),
        (id_number("20261125"), "block"),
        ("11010519900230123X", "block"),
    ),
    *of_application(
        "ID-RIC", "handler_id_no", ("123456789", "warn"), ("E12345678", None), ("E1", "block"), handler_id_type="护照"
    ),
    *of_application("ID-RIC-EXPIRED", "handler_id_valid_to", (on(-1), "block"), (on(0), None), (on(1), None)),
    *of_application(
        "ID-RIC-EXPIRING",
        "handler_id_valid_to",
        (on(-1), None),
        (on(0), "warn"),
        (on(89), "warn"),
        (on(90), None),
        (on(91), None),
    ),
    *of_application(
        "ID-RIC-AGE",
        "handler_id_no",
        *(
            (id_number(f"{2026 - age}1124"), severity)
            for age, severity in (
                (15, "block"),
                (16, "warn"),
                (17, "warn"),
                (18, None),
                (19, None),
                (64, None),
                (65, None),
                (66, "warn"),
            )
        ),
        (id_number("20101125"), "block"),
        (id_number("19601125"), None),
    ),
    # At 25 a card is issued for ten years, from the 26th birthday on for twenty.
    *of_application(
        "ID-RIC-VALIDITY",
        "handler_id_valid_to",
        ("2025-12-31", None),
        ("2035-12-31", "warn"),
        handler_id_no=_OK_ID,
        handler_id_issued_on="2015-12-31",
    ),
    *of_application(
        "ID-RIC-VALIDITY",
        "handler_id_valid_to",
        ("2026-01-01", "warn"),
        ("2036-01-01", None),
        handler_id_no=_OK_ID,
        handler_id_issued_on="2016-01-01",
    ),
    *of_application("ID-REGION", "handler_id_no", (_OK_ID, None), (id_number("19900101", "990105"), "info")),
    *of_application(
        "ID-USCC", "uscc", (company(77), None), (company(78)[:-1] + ("0" if company(78)[-1] != "0" else "1"), "block")
    ),
    *of_application("ID-USCC-KIND", "uscc", (company(79), None), (company(80, "92110000"), "warn")),
    *of_application("ID-USCC-KIND", "uscc", (company(81, "92110000"), None), applicant_kind="sole_proprietor"),
    *of_application(
        "ID-LICENCE-EXPIRED", "licence_valid_to", (on(-1), "block"), (on(0), None), (on(1), None), ("长期", None)
    ),
    *of_application(
        "ID-LICENCE-EXPIRING", "licence_valid_to", (on(-1), None), (on(59), "warn"), (on(60), None), (on(61), None)
    ),
    *of_application(
        "ID-CAPITAL", "registered_capital_cny", ("499999.99", "info"), ("500000", None), ("500000.01", None)
    ),
    *(
        Sample(name=f"msisdn {number}", rule="ID-MSISDN", severity=severity, cards=[{"msisdn": number}])
        for number, severity in (("13855550001", None), ("12055550001", "block"), ("1385555000", "block"))
    ),
    *(
        Sample(name=f"iccid {number}", rule="ID-ICCID", severity=severity, cards=[{"iccid": number}])
        for number, severity in (("89860070310112094320", None), ("89860070310112094321", "warn"))
    ),
    *(
        Sample(name=f"carrier {name}", rule="ID-CARRIER", severity=severity, cards=[{"carrier": name}])
        for name, severity in (("mobile", None), ("unicom", "info"))
    ),
    *(
        Sample(
            name=f"{kind} cards {counts}",
            rule="ID-CARD-COUNT",
            severity=severity,
            application={"applicant_kind": kind, "handler_id_no": id_number(f"198001{place:02}")},
            cards=brands(*counts),
        )
        for place, (kind, counts, severity) in enumerate(
            (
                ("individual", (4,), None),
                ("individual", (5,), None),
                ("individual", (6,), "block"),
                ("individual", (5, 4), None),
                ("individual", (5, 5), None),
                ("individual", (5, 5, 1), "warn"),
                ("enterprise", (6, 6), None),
                ("enterprise", (50,), None),
                ("enterprise", (50, 1), "warn"),
                ("sole_proprietor", (51,), "warn"),
            ),
            start=1,
        )
    ),
    *(
        Sample(
            name=f"actual user {name!r}",
            rule="ID-ACTUAL-USER",
            severity=severity,
            cards=[{"actual_user_name": "丁某某"}, {"actual_user_name": name}],
        )
        for name, severity in (("戊某某", None), ("", "block"))
    ),
]

DOCUMENTS = [
    *(
        Sample(name=f"{missing} missing", rule="DOC-MISSING", severity=severity, missing=missing)
        for missing, severity in ((0, None), (1, "block"), (len(ENTERPRISE_DOCUMENTS), "block"))
    ),
    *(
        Sample(
            name=f"valid to {valid_to}", rule="DOC-EXPIRED", severity=severity, documents=document(valid_to=valid_to)
        )
        for valid_to, severity in ((on(-1), "block"), (on(0), None), (on(1), None))
    ),
    *(
        Sample(name=f"sealed {sealed}", rule="DOC-UNSEALED", severity=severity, documents=document(sealed=sealed))
        for sealed, severity in (("yes", None), ("no", "warn"), ("", None))
    ),
    *(
        Sample(name=f"quality {quality}", rule="DOC-QUALITY", severity=severity, documents=document(quality=quality))
        for quality, severity in (("ok", None), ("blurred", "warn"), ("incomplete", "warn"))
    ),
    *of_application("USE-TRADE", "industry", ("教育", None), ("网贷", "block")),
    *of_application(
        "USE-TRADE",
        "business_scope",
        ("信息咨询(不含贷款)", None),
        ("信息咨询;贷款", "block"),
        ("投资咨询,不得从事贷款业务", None),
    ),
    *of_application(
        "USE-SCRIPT", "call_script", ("您好,这里是虚构公司", None), ("", "warn"), ("请报一下验证码", "warn")
    ),
    *of_application("USE-STATEMENT", "stated_use", ("回访", None), ("", "warn")),
    *of_application("USE-CONSENT", "consent_source", ("在线登记", None), ("", "warn")),
]
