"""The tables of the manual whose rows come from the code, with their words in both languages.

The words stand here, because the program itself never shows these tables.
"""

import re

from db.enums import ExportKind
from tests.languages import COLON, said
from tests.manual.json_keys import JSON_KEYS
from tests.promises import PROMISES
from workbench.domain.filter.ordering import DEFAULT_LAYOUT
from workbench.errors import ExitCode
from workbench.services.records.exporting import applications, calls, queue
from workbench.services.records.exporting.service import RECORDS

Words = dict[str, str]
"""A text by language."""

EXIT_CODES: dict[ExitCode, tuple[Words, Words]] = {
    ExitCode.OK: (
        {"en": "Done.", "zh": "已完成。"},
        {"en": "Nothing. What the program wants to add stands on stderr.", "zh": "无。补充说明写在标准错误里。"},
    ),
    ExitCode.USAGE: (
        {"en": "The command line is wrong.", "zh": "命令写错了。"},
        {
            "en": "Correct the option or value that is named; `--help` explains each.",
            "zh": "更正提示中的选项或值；`--help`有说明。",
        },
    ),
    ExitCode.DATA: (
        {"en": "A file has errors, or was imported already.", "zh": "文件有错，或以前导入过。"},
        {
            "en": "Correct the lines of the report and import again. Nothing was written.",
            "zh": "按报告更正后重新导入。未写入任何内容。",
        },
    ),
    ExitCode.NO_INPUT: (
        {"en": "No such case, batch, login, file or database.", "zh": "没有这件审核单、批次、登录名、文件或数据库。"},
        {"en": "Check the number or the path.", "zh": "核对编号或路径。"},
    ),
    ExitCode.UNAVAILABLE: (
        {"en": "There is nothing to do, such as no case to take.", "zh": "没有可办的，例如没有可领取的审核单。"},
        {"en": "Come back later, or widen the filter.", "zh": "稍后再来，或放宽筛选。"},
    ),
    ExitCode.CANNOT_CREATE: (
        {"en": "A file or folder cannot be made.", "zh": "文件或文件夹无法创建。"},
        {
            "en": "Choose a path where nothing is yet, in a folder where you may write.",
            "zh": "换一个尚不存在、自己又有权写入的路径。",
        },
    ),
    ExitCode.IO: (
        {
            "en": "The disk or the database failed, `audit verify` found a fault, or a letter was not sent.",
            "zh": "磁盘或数据库出错，`audit verify`发现问题，或通知没有发出。",
        },
        {"en": "Read the message; then run `workbench doctor`.", "zh": "看提示，再运行`workbench doctor`。"},
    ),
    ExitCode.BUSY: (
        {
            "en": "Held by somebody else, changed meanwhile, the database is busy, or the server ended the connection.",
            "zh": "已由他人领取，期间有变化，数据库繁忙，或服务器断开了连接。",
        },
        {
            "en": "Look again, and repeat the command if it still fits. Nothing was written.",
            "zh": "重新查看，仍然合适就再执行一次。未写入任何内容。",
        },
    ),
    ExitCode.NOT_ALLOWED: (
        {
            "en": "Your role, your person or the state of the case does not permit it.",
            "zh": "角色、本人身份或审核单的状态不允许。",
        },
        {
            "en": "Ask somebody who may. The attempt is in the log.",
            "zh": "请有权的人办理。这次尝试已记入日志。",
        },
    ),
    ExitCode.CONFIG: (
        {
            "en": "A setting, the policy, the key or the version of the database is wrong, or `doctor` found a fault.",
            "zh": "设置、政策、密钥或数据库的版本不对，或`doctor`发现问题。",
        },
        {
            "en": "Correct the line that is named; for a newer database, upgrade the program.",
            "zh": "更正提示中的那一行；数据库较新的，请升级程序。",
        },
    ),
    ExitCode.INTERRUPTED: (
        {"en": "You stopped the command with Ctrl+C.", "zh": "用 Ctrl+C 中断了命令。"},
        {"en": "Repeat it; what it had not finished was not kept.", "zh": "重新执行；没有做完的部分不会保留。"},
    ),
}
"""What each exit code means, and what to do."""

CHINESE_PROMISES = {
    "P1": "已经确认的结论，进程被杀、断电或磁盘写满都不会丢失。",
    "P2": "导入、带整改的结论以及其他每项操作，要么全部写入，要么一点也不写。",
    "P3": "一件审核单最多由一人领取；只有现在领取的人能作结论。",
    "P4": "谁也不必等一个离开的人：没有事务会等待按键，领取到时自动结束。",
    "P5": "每次改动都与它的日志事件在同一事务里写入，记有人员、时间和操作。",
    "P6": "改动过的日志或数据行会被查出；日志整体被重写的，凭另存的锚点查出。",
    "P7": "导入的文字在终端里、作为标记或作为表格单元格，都不会起作用。",
    "P8": "个人信息一律脱敏，每次查看都有记录，文件只有所有者或本组能读。",
    "P9": "错误的输入会被拒绝，写明文件、行、列和原因，并且什么也不写入。",
    "P10": "拿不准的编码、日期、节假日和地区，一律拒绝、询问或标为暂定。",
    "N1": "程序运行之后，除数据库和文件库外，任何文件都不含个人信息，写明原因导出的、自己写入对照表和设置的除外。",
    "N2": "无论 umask 如何，文件和文件夹都只归本人或本组。",
    "N3": "脱敏后显示的不超过规定的部分，长度不变。",
    "N4": "每次显示和复制各记一条事件，并自行结束；导出完整的个人信息须写明原因。",
    "N5": "错误提示不含个人信息。",
    "N6": "文件名和原因里的个人号码，在提示和日志中一律脱敏。",
    "R1": "到期清除的内容各处都不再有，日志能解释留下来的部分。",
    "R2": "审核单未办结、还欠着什么或设有法律保全时，什么也不清除。",
    "D1": "领取持续30分钟，最多每分钟延续一次，延续不产生事件。",
    "D2": "每名审核员最多领取3件，最多暂放10件。",
    "D3": "结论作出后60秒内本人可以撤销，通知在此期间不发出。",
    "D4": "导入期间，其他人最多等待2秒。",
    "D5": "显示的字段15秒后恢复脱敏；显示全部身份信息时，60秒没有按键即恢复。",
    "D6": "对话框打开后至少300毫秒、上一次按键后至少700毫秒，才能确认结论。",
    "D7": "截止时间为最后一个工作日下班时，期限为1、3、5、7或10个工作日。",
    "D8": "整改期限最多15个工作日。",
    "D9": "申诉可在15个工作日内提出，7个工作日内答复，且不超过15个自然日。",
    "D10": "退出码与上表一致；失败的命令不输出结果，只有导入输出报告、`next`输出原因。",
    "D11": "超出64位整数范围的数按写错的命令处理。",
    "D12": "导出的每份通知都写明审核单和结论的编号。",
}
"""The promises that concern users: to everybody, about personal data, and the figures of daily work."""


def exit_code_table() -> str:
    """Return the exit codes as a table in the current language."""
    head = said({"en": "| code | means | what to do |", "zh": "| 退出码 | 含义 | 怎么办 |"})
    rows = [f"| {code} | {said(means)} | {said(help_)} |" for code, (means, help_) in EXIT_CODES.items()]
    return "\n".join([head, "|---|---|---|", *rows])


def promise_list() -> str:
    """Return the promises that concern users as a list in the current language."""
    return "\n".join(f"* {said({'en': PROMISES[name], 'zh': chinese})}" for name, chinese in CHINESE_PROMISES.items())


EXPORT_COLUMNS: dict[ExportKind, tuple[str, ...]] = {
    ExportKind.APPLICATIONS: applications.COLUMNS,
    ExportKind.CALLS: calls.COLUMNS,
    **{what: columns for what, (columns, _rows) in RECORDS.items()},
    ExportKind.QUEUE: queue.columns_of("", DEFAULT_LAYOUT),
}


def export_columns() -> str:
    """Return the columns of each exported file as a list."""
    colon = said(COLON)
    return "\n".join(f"* **{what}**{colon}`{' '.join(columns)}`" for what, columns in EXPORT_COLUMNS.items())


def json_keys() -> str:
    """Return the keys of the JSON documents as a list."""
    colon = said(COLON)
    return "\n".join(f"* `workbench {command}`{colon}{_keys(text)}" for command, text in JSON_KEYS.items())


def _keys(text: str) -> str:
    """Return keys as code, with those of the elements of a list in brackets."""
    found = re.findall(r"(\w+)(?:\(([^)]*)\))?", text)
    return " ".join(f"`{name}`" + (f" (`{within.replace(',', ' ')}`)" if within else "") for name, within in found)
