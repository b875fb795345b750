"""Generates files of any length for benchmarks: applications with 22 columns, and calls."""

import csv
from pathlib import Path
from random import Random

import duckdb

from workbench.domain.values.identifiers import uscc_valid

COLUMNS = (
    "agent",
    "application_no",
    "submitted_at",
    "card_type",
    "applicant_kind",
    "applicant_name",
    "uscc",
    "registered_capital_cny",
    "licence_valid_to",
    "business_scope",
    "province",
    "legal_rep_name",
    "handler_name",
    "handler_id_no",
    "handler_id_issued_on",
    "handler_id_valid_to",
    "contact_phone",
    "industry",
    "stated_use",
    "call_script",
    "consent_source",
    "msisdns",
)
_CITIES = ("成都", "重庆", "上海", "北京", "广州", "深圳", "杭州", "武汉", "西安", "长沙", "南京", "苏州")
_TRADES = ("科技", "信息技术", "商务咨询", "网络", "贸易", "文化传媒", "教育", "保险代理", "房地产经纪", "汽车服务")
_CHARACTERS = "宏远鑫盛恒泰嘉禾瑞丰天成永信金石云帆海纳百川星辰启航卓越华夏东方新世纪联创智汇优品易达诚通博雅正大同"
_USES = ("回访已购课程的客户", "通知已下单客户的送货时间", "向已登记的客户介绍新的保险方案", "提醒会员续费")
_REGIONS = ("110105", "310104", "440106", "510104", "420106", "330106")
_RIC_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def resident_number(rng: Random, number: int) -> str:
    """Return a resident ID number with a valid check digit; three in a hundred have a wrong one."""
    born = f"{rng.randrange(1965, 2003)}{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}"
    digits = f"{rng.choice(_REGIONS)}{born}{rng.randrange(1000):03}"
    check = "10X98765432"[sum(int(d) * w for d, w in zip(digits, _RIC_WEIGHTS, strict=True)) % 11]
    return digits + ("7" if number % 33 == 0 and check != "7" else check)


def company_code(number: int) -> str:
    """Return a unified social credit code with valid check digits."""
    body = f"{number:08}"
    total = sum(_ORGANISATION.index(c) * w for c, w in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    code = "91510100" + body + "0123456789X0"[11 - total % 11 if total % 11 else 0]
    rest = sum(_USCC_ALPHABET.index(c) * w for c, w in zip(code, _USCC_WEIGHTS, strict=True)) % 31
    return code + _USCC_ALPHABET[(31 - rest) % 31]


def application(rng: Random, number: int) -> tuple[str, ...]:
    """Return the cells of an application, in the order of `COLUMNS`."""
    name = f"{rng.choice(_CITIES)}虚构{''.join(rng.choices(_CHARACTERS, k=3))}{rng.choice(_TRADES)}有限公司"
    expiry = "长期" if number % 3 else f"{rng.randrange(2026, 2040)}-{rng.randrange(1, 13):02}-15"
    phones = ";".join(f"1{rng.choice('358')}{rng.randrange(10**9):09}" for _card in range(1 + number % 2))
    return (
        f"虚构代理{number % 40}",
        f"SN-2026-{number:08}",
        f"2026-11-{rng.randrange(2, 24):02} {rng.randrange(9, 18):02}:{rng.randrange(60):02}",
        "电销卡",
        "enterprise" if number % 10 else "sole_proprietor",
        name,
        company_code(number % 10**8),
        str(rng.randrange(10, 5_000) * 10_000),
        expiry,
        f"{rng.choice(_TRADES)}服务;信息咨询;{rng.choice(_TRADES)}",
        rng.choice(("四川", "湖北", "广东", "上海", "北京")),
        "甲某某",
        "乙某某",
        resident_number(rng, number),
        f"{rng.randrange(2010, 2025)}-{rng.randrange(1, 13):02}-01",
        expiry,
        f"139{rng.randrange(10**8):08}",
        rng.choice(("教育", "保险", "房产", "电商")),
        rng.choice(_USES),
        "您好,这里是虚构公司,请问现在方便接听电话吗?",
        "客户在线登记",
        phones,
    )


def write_applications(path: Path, count: int, first: int = 1) -> Path:
    """Write applications as CSV with a header."""
    rng = Random(first)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(application(rng, number) for number in range(first, first + count))
    return path


def write_parts(folder: Path, count: int, cards: int) -> list[Path]:
    """Write the cards of applications and the credit of their applicants as CSV with headers."""
    rng = Random(1)
    with (
        (folder / "cards.csv").open("w", encoding="utf-8", newline="") as card_file,
        (folder / "credit.csv").open("w", encoding="utf-8", newline="") as credit_file,
    ):
        card_rows, credit_rows = (csv.writer(file, lineterminator="\n") for file in (card_file, credit_file))
        card_rows.writerow(("agent", "application_no", "msisdn", "brand"))
        credit_rows.writerow(("subject_no", "list", "match", "checked_on"))
        for number in range(1, count + 1):
            agent, application_no, *_cells = application(rng, number)
            for card in range(cards):
                card_rows.writerow((agent, application_no, f"19{card}{number:08}", "虚构卡"))
            credit_rows.writerow((company_code(number % 10**8), "arrears", "none", "2026-11-20"))
    return [folder / "cards.csv", folder / "credit.csv"]


def write_calls(path: Path, count: int, callers: int = 2_000) -> Path:
    """Write calls as CSV with a header: of some thousand numbers over thirty days, in the order of their times."""
    with duckdb.connect() as database:
        database.execute(
            f"""COPY (
                SELECT '138' || lpad((hash(i) % {callers})::VARCHAR, 8, '0') AS caller,
                       '139' || lpad((hash(i + 7) % 9000000)::VARCHAR, 8, '0') AS callee,
                       strftime(TIMESTAMP '2026-10-20 08:00:00' + to_seconds(i * 2592000 // {count}),
                                '%Y-%m-%d %H:%M:%S') AS start_at,
                       CASE WHEN hash(i + 3) % 3 = 0 THEN 0 ELSE hash(i + 5) % 300 END AS duration_s
                FROM range({count}) AS rows(i) ORDER BY i
            ) TO '{path}' (HEADER)"""
        )
    return path


_LATER_COLUMNS = {
    "cards": ("agent", "application_no", "msisdn", "carrier", "brand", "activated_on", "daily_quota_calls"),
    "credit": ("subject_no", "list", "listed_on", "checked_on", "amount_cny", "reference"),
    "complaints": ("msisdn", "received_at", "source", "verified", "summary"),
    "calls": ("caller", "callee", "start_at", "duration_s"),
    "optouts": ("callee", "since"),
}
"""The columns of the files that come after applications, in an order in which they can be imported."""

LATER_KINDS = tuple(_LATER_COLUMNS)
"""The kinds of the files that `write_later` writes."""


def write_later(folder: Path, applications: Path) -> None:
    """Write a CSV file with one row for each application, for each kind of file that comes after applications."""
    with applications.open(encoding="utf-8", newline="") as file:
        rows = [_later(number, row) for number, row in enumerate(csv.DictReader(file))]
    for kind, columns in _LATER_COLUMNS.items():
        with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(row[kind] for row in rows)


def _later(number: int, row: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the row of each kind of file that is about an application."""
    day, msisdn, callee = f"2026-11-{1 + number % 20:02}", row["msisdns"].partition(";")[0], f"137{number:08}"
    brand, credit_list = "甲牌" if number % 3 else "乙牌", ("court", "abnormal", "telecom")[number % 3]
    return {
        "cards": (row["agent"], row["application_no"], msisdn, "telecom", brand, day, str(100 + number % 50)),
        "credit": (row["uscc"], credit_list, "2026-10-10", day, str(1_000 + number % 5_000), f"REF-{number}"),
        "complaints": (msisdn, f"{day} 10:00", "12321", "no" if number % 4 else "yes", "骚扰电话"),
        "calls": (msisdn, callee, f"{day} 09:{number % 60:02}:00", str(number % 300)),
        "optouts": (callee, "2026-10-01"),
    }


if __name__ == "__main__":
    if not all(uscc_valid(company_code(number)) for number in range(1, 10_000)):
        raise SystemExit("company codes are wrong")
