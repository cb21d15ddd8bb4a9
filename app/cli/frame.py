"""The frame of the headless commands: options that all share, the desk, the answer, the exit code (DESIGN §5).

Exit codes: 0 done, 1 done with rejected rows, 2 refused (sentence on stderr), 3 the world failed, 4 our mistake.
"""

import argparse
import getpass
import io
import json
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, NoReturn

from app.access.queries import clock_warning, sit_down
from app.backups.use_cases import Occasion, back_up_if_due
from app.desk import Desk
from models.domain.refusal import Refusal, WorldError
from models.store.opening import open_office

DONE, REJECTED_ROWS, REFUSED, WORLD_FAILED, OUR_MISTAKE = range(5)
DEFAULT_OPERATOR = "admin"
PROGRAM: Final = "xiangcai-cli" if getattr(sys, "frozen", False) else "python -m app"

# what the first word of a two-word command is about, for the help
GROUP_NAMES: Final = {
    "operator": "操作员",
    "import": "导入户籍底册、账户清册、资金指标、名单、花名册，撤销导入",
    "mapping": "记住的栏目对照：哪一栏是什么",
    "program": "补贴项目",
    "policy": "补贴政策",
    "conflict": "项目互斥",
    "allotment": "资金指标",
    "receipt": "到账",
    "account": "代发专户的利息、手续费、上缴",
    "opening": "期初余额",
    "village": "村（社区）",
    "household": "户：变更户主、分户、并户、迁移",
    "enrolment": "享受资格",
    "list": "比对名单的命中",
    "bank": "开户行的其他写法",
    "relation": "与户主关系的其他写法",
    "survival": "生存认证",
    "batch": "发放批次：编制、体检、提交、复核、公示、审批、归档",
    "payment": "单笔款项：停发、恢复、关闭、退票、追回",
    "notice": "公示名单与异议",
    "holiday": "节假日",
    "bank-profile": "银行格式",
    "return": "回盘明细",
    "book": "账簿",
    "voucher": "凭证",
    "statement": "代发专户的银行对账单：登记、对账、据此记账",
    "report": "报表目录与月报",
    "county": "上级表样：登记、填数、标签清单",
    "archive": "归档、查档、存档校验",
    "volume": "案卷：立卷、装卷、成卷、自动组卷",
    "loan": "借阅登记",
    "disposal": "销毁清册和移交清册",
    "year": "年终结账、反结账、年度封存",
    "audit": "审计日志",
    "upgrade": "升级程序",
}

# argparse speaks English; a clerk reads what it means
_CAUSES: Final = (
    (r"the following arguments are required: (.+)", r"缺少 \1"),
    (r"one of the arguments (.+) is required", r"\1 必须写其中一个"),
    (r"unrecognized arguments: (.+)", r"不认识 \1"),
    (r"argument (.+?): invalid choice: '(.*)' \(choose from (.+)\)", r"\1 不能是“\2”，只能是 \3"),
    (r"argument (.+?): expected one argument", r"\1 后面要写一个值"),
    (r"argument (.+?): expected at least one argument", r"\1 后面至少要写一个值"),
    (r"argument (.+?): invalid int value: '(.*)'", r"\1 要写整数，“\2”不是"),
    (r"argument (.+?): not allowed with argument (.+)", r"\1 和 \2 只能写一个"),
    (r"argument (.+?): (.+)", r"\1 \2"),
)


class WrongArguments(Refusal):
    """The command line is not of the command's form."""

    form = "命令写法不对：{cause}。请用 {command} 查看写法。"


class NoPassword(Refusal):
    """No password given and nobody at the keyboard to ask."""

    form = "没有密码。请在提示处输入，或设置环境变量 {variable}。"


class NotAPair(Refusal):
    """An option that should read LEFT=RIGHT."""

    form = "“{written}”写法不对，应写成 {form_shown}。"


@dataclass(frozen=True)
class Answer:
    """What a command has to say: `body` for --json, `lines` for people."""

    body: Mapping[str, object]
    lines: Sequence[str] = ()
    exit_code: int = DONE


class RefusedWithAnswer(Exception):
    """A refusal that also answers a script (the same file again: `{"already": RUN}`)."""

    def __init__(self, refusal: Refusal, body: Mapping[str, object]) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal
        self.body = body


Handler = Callable[[Desk, argparse.Namespace], Answer]
PlainHandler = Callable[[argparse.Namespace], Answer]


class _Help(argparse.HelpFormatter):
    def add_usage(self, usage: str | None, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "写法：" if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong, and its help, in Chinese."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, add_help=False, allow_abbrev=False, formatter_class=_Help)
        self._positionals.title, self._optionals.title = "参数", "选项"
        self.add_argument("-h", "--help", action="help", help="显示写法")
        self.register("type", int, _whole_number)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse, but what a command does not know is said by the command itself, with its own help."""
        options, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return options, unknown

    def error(self, message: str) -> NoReturn:
        raise WrongArguments(cause=_in_chinese(message), command=f"{self.prog} --help")


def _in_chinese(message: str) -> str:
    for english, chinese in _CAUSES:
        if re.fullmatch(english, message, re.DOTALL):
            return re.sub(english, chinese, message, flags=re.DOTALL).replace("', '", "、").replace("'", "")
    return message


@dataclass
class Commands:
    """The tree of commands that the rooms add to; `program` is how it is called."""

    program: str = PROGRAM
    parser: argparse.ArgumentParser = field(init=False)
    _groups: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parser = _Parser(prog=self.program, description="乡财一卡通：惠民惠农补贴发放")
        self._top = self.parser.add_subparsers(
            dest="command", metavar="COMMAND", parser_class=_Parser, prog=self.program
        )

    def add(self, name: str, handler: Handler, help_text: str) -> argparse.ArgumentParser:
        """A command that runs at a desk. `name` may be two words (“batch show”). Gives its parser for arguments."""
        parser = self._parser_of(name, help_text)
        parser.add_argument("--office", required=True, type=Path, metavar="DIR", help="办公点文件夹")
        parser.add_argument(
            "--as", dest="operator", default=os.environ.get("XIANGCAI_OPERATOR", DEFAULT_OPERATOR), metavar="OPERATOR",
            help="操作员姓名",
        )  # fmt: skip
        parser.add_argument("--date", type=_day, metavar="YYYY-MM-DD", help="业务日期")
        parser.set_defaults(at_desk=handler)
        return parser

    def add_plain(self, name: str, handler: PlainHandler, help_text: str) -> argparse.ArgumentParser:
        """A command that needs no open office (init, demo, archive verify)."""
        parser = self._parser_of(name, help_text)
        parser.set_defaults(plain=handler)
        return parser

    def _parser_of(self, name: str, help_text: str) -> argparse.ArgumentParser:
        first, _, second = name.partition(" ")
        if second:
            if first not in self._groups:
                about = GROUP_NAMES.get(first)
                group = self._top.add_parser(first, help=about, description=about)
                self._groups[first] = group.add_subparsers(
                    dest="act", required=True, metavar="ACT", parser_class=_Parser
                )
            parent, leaf = self._groups[first], second
        else:
            parent, leaf = self._top, first
        parser: argparse.ArgumentParser = parent.add_parser(leaf, help=help_text, description=help_text)
        parser.add_argument("--json", action="store_true", help="只在标准输出打印一个 JSON 对象")
        return parser


def _whole_number(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,15}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"要写 15 位以内的整数，“{text}”不是")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"日期“{text}”不是 YYYY-MM-DD") from None


def pairs(written: Sequence[str], form_shown: str) -> dict[str, str]:
    """LEFT=RIGHT options as a mapping. Raises NotAPair."""
    found = {}
    for one in written:
        left, sign, right = one.partition("=")
        if not (sign and left.strip() and right.strip()):
            raise NotAPair(written=one, form_shown=form_shown)
        found[left.strip()] = right.strip()
    return found


def password(variable: str, prompt: str) -> str:
    """A password from the environment or the prompt, never from an argument."""
    given = os.environ.get(variable)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise NoPassword(variable=variable)
    return getpass.getpass(prompt)


def run(commands: Commands, arguments: Sequence[str]) -> int:
    """Parse, run, print; gives the exit code."""
    as_json = "--json" in arguments
    for stream in (sys.stdout, sys.stderr):
        # a console of another encoding shows a rare character as its number, and never fails on it
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        options = commands.parser.parse_args(_common_last(arguments))
        if options.command is None:
            commands.parser.print_help()
            return REFUSED
        answer = options.plain(options) if hasattr(options, "plain") else _at_desk(options)
    except Refusal as no:
        return _say_no(no.sentence, {"refused": no.code, "sentence": no.sentence}, as_json, REFUSED)
    except RefusedWithAnswer as no:
        body = {**no.body, "refused": no.refusal.code, "sentence": no.refusal.sentence}
        return _say_no(no.refusal.sentence, body, as_json, REFUSED)
    except WorldError as fault:
        return _say_no(
            fault.sentence,
            {"failed": type(fault).__name__, "sentence": fault.sentence},
            as_json,
            WORLD_FAILED,
        )
    except KeyboardInterrupt:
        return _say_no("已中断，刚才的操作没有保存。", {"failed": "Interrupted"}, as_json, WORLD_FAILED)
    except (
        Exception
    ):  # our own mistake, whatever it is: a sentence for the clerk, the place for the maintainer
        sentence = f"程序出错，刚才的操作没有保存，已有数据不受影响。请把{_keep_log()}交给维护人员。"
        return _say_no(sentence, {"failed": "OurMistake", "sentence": sentence}, as_json, OUR_MISTAKE)
    # what is done is done, whether or not anybody can read the answer
    with suppress(BrokenPipeError):
        _print(answer, as_json)
        sys.stdout.flush()
    return answer.exit_code


def _keep_log() -> str:
    """Write down where our mistake was, for whoever maintains the program; no fact of the office stands in it."""
    kind, _, place = sys.exc_info()
    lines = [
        f"{kind.__name__ if kind else ''} {datetime.now().isoformat(timespec='seconds')}",
        *(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(place)),
    ]
    path = Path(tempfile.gettempdir()) / f"xiangcai-{os.getpid()}.log"
    try:
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError:
        return "这段文字：" + " ".join(lines[:1] + lines[-1:])
    return f"日志 {path} "


def _common_last(arguments: Sequence[str]) -> list[str]:
    """The options that all commands share may also stand before the command."""
    rest = list(arguments)
    moved: list[str] = []
    while rest and rest[0].partition("=")[0] in ("--office", "--as", "--date", "--json"):
        with_value = rest[0] != "--json" and "=" not in rest[0]
        moved += rest[: 1 + with_value]
        del rest[: 1 + with_value]
    return [*rest, *moved]


def _at_desk(options: argparse.Namespace) -> Answer:
    if hasattr(options, "meanwhile"):
        options.meanwhile()  # what can start while the office is opened, such as a reading process
    store = open_office(
        options.office, options.operator, password("XIANGCAI_PASSWORD", f"{options.operator} 的密码：")
    )
    try:
        now = datetime.now()
        # told to a person: whoever runs it by a script gives --date
        if options.date is None and sys.stderr.isatty() and (warning := clock_warning(store, now)):
            print(warning, file=sys.stderr)
        desk = sit_down(store, options.operator, now, options.date)
        answer: Answer = options.at_desk(desk, options)
        _daily_backup(desk)
        return answer
    finally:
        store.close()


def _daily_backup(desk: Desk) -> None:
    """The day's backup, where the office said where backups go; XIANGCAI_NO_BACKUP=1 leaves it to another time."""
    if desk.store.database.is_closed() or os.environ.get("XIANGCAI_NO_BACKUP") == "1":
        return
    done = back_up_if_due(desk, Occasion.DAILY)
    if done is not None and "warning" in done:
        print(done["warning"], file=sys.stderr)


def _print(answer: Answer, as_json: bool) -> None:
    if as_json:
        print(json.dumps(answer.body, ensure_ascii=False, default=str))
    else:
        for line in answer.lines:
            print(line)


def _say_no(sentence: str, body: Mapping[str, object], as_json: bool, exit_code: int) -> int:
    if as_json:
        print(json.dumps(body, ensure_ascii=False, default=str))
    print(sentence, file=sys.stderr)
    return exit_code


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Lines of a small table for the terminal, tab-separated so that it pastes into a workbook."""
    return [
        "\t".join(headings),
        *("\t".join("" if cell is None else str(cell) for cell in row) for row in rows),
    ]
