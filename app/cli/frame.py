"""The frame of the headless commands: options that all share, the desk, the answer, the exit code (DESIGN §5).

Exit codes: 0 done, 1 done with rejected rows, 2 refused (sentence on stderr), 3 the world failed, 4 our mistake.
"""

import argparse
import getpass
import json
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

from app.access.queries import sit_down
from app.desk import Desk
from models.domain.refusal import Refusal, WorldError
from models.store.opening import open_office

DONE, REJECTED_ROWS, REFUSED, WORLD_FAILED, OUR_MISTAKE = range(5)
DEFAULT_OPERATOR = "admin"


class WrongArguments(Refusal):
    """The command line is not of the command's form."""

    form = "命令写法不对：{cause}。请用 python -m app {command} --help 查看写法。"


class NoPassword(Refusal):
    """No password given and nobody at the keyboard to ask."""

    form = "没有密码。请在提示处输入，或设置环境变量 {variable}。"


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


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise WrongArguments(cause=message, command=self.prog.split(" ", 1)[-1] if " " in self.prog else "")


@dataclass
class Commands:
    """The tree of commands that the rooms add to."""

    parser: argparse.ArgumentParser = field(
        default_factory=lambda: _Parser(
            prog="app", description="乡财一卡通：惠民惠农补贴发放", allow_abbrev=False
        )
    )
    _groups: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._top = self.parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)

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
                group = self._top.add_parser(first, allow_abbrev=False)
                self._groups[first] = group.add_subparsers(
                    dest="act", required=True, metavar="ACT", parser_class=_Parser
                )
            parent, leaf = self._groups[first], second
        else:
            parent, leaf = self._top, first
        parser: argparse.ArgumentParser = parent.add_parser(
            leaf, help=help_text, description=help_text, allow_abbrev=False
        )
        parser.add_argument("--json", action="store_true", help="只在标准输出打印一个 JSON 对象")
        return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"日期“{text}”不是 YYYY-MM-DD") from None


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
    try:
        options = commands.parser.parse_args(arguments)
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
    except (KeyboardInterrupt, BrokenPipeError):
        return _say_no("已中断，刚才的操作没有保存。", {"failed": "Interrupted"}, as_json, WORLD_FAILED)
    except Exception:
        logging.getLogger("xiangcai").error("%s", traceback.format_exc())
        sentence = "程序出错，刚才的操作没有保存，已有数据不受影响。请把日志交给维护人员。"
        return _say_no(sentence, {"failed": "OurMistake", "sentence": sentence}, as_json, OUR_MISTAKE)
    _print(answer, as_json)
    return answer.exit_code


def _at_desk(options: argparse.Namespace) -> Answer:
    store = open_office(
        options.office, options.operator, password("XIANGCAI_PASSWORD", f"{options.operator} 的密码：")
    )
    try:
        desk = sit_down(store, options.operator, datetime.now(), options.date)
        answer: Answer = options.at_desk(desk, options)
        return answer
    finally:
        store.close()


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
