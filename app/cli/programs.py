"""program add/list/show/change, policy add/list/end, conflict list/set/remove."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import cast

from app.cli.frame import Answer, Commands, table
from app.desk import Desk
from app.programs.queries import (
    ProgramView,
    StoredPolicy,
    conflicts,
    conflicts_of,
    find_program,
    policies_of,
    programs,
)
from app.programs.steps import LEVELS, read_policy_file
from app.programs.use_cases import (
    add_policies,
    add_program,
    change_program,
    end_policy,
    remove_conflict,
    set_conflict,
)
from models.domain.dates import date_from_cell
from models.domain.exclusion import MODES, SCOPE_NAMES, SCOPES, Conflict
from models.domain.policy import FAMILY_NAMES, FREQUENCY_NAMES, TARGET_NAMES
from models.domain.policy_form import policy_parameters


def add_commands(commands: Commands) -> None:
    """The commands of programs, policies and exclusions."""
    add = commands.add("program add", _add_program, "添加补贴项目（地方项目，或新列入目录的）")
    add.add_argument("code", metavar="CODE", help="地方项目：9 + 6 位县级区划代码 + 5 位顺序号")
    add.add_argument("name", metavar="NAME", help="文件上的全称")
    _short_names(add)
    add.add_argument("--no-card", dest="through_card", action="store_false", help="不通过一卡通发放")
    commands.add("program list", _list_programs, "补贴项目一览")
    show = commands.add("program show", _show_program, "一个补贴项目：政策与互斥")
    show.add_argument("program", metavar="PROGRAM", help="项目编码或名称")
    change = commands.add("program change", _change_program, "修改简称、主管部门、资金级次")
    change.add_argument("program", metavar="PROGRAM")
    _short_names(change)
    change.add_argument(
        "--card", dest="through_card", action=argparse.BooleanOptionalAction, help="是否通过一卡通发放"
    )
    policy = commands.add("policy add", _add_policies, "登记政策文件（TOML，可含多项政策）")
    policy.add_argument("file", type=Path, metavar="FILE.toml")
    listed = commands.add("policy list", _list_policies, "已登记的政策")
    listed.add_argument("--program", metavar="PROGRAM")
    end = commands.add("policy end", _end_policy, "政策执行到某日为止")
    end.add_argument("program", metavar="PROGRAM")
    end.add_argument("version", type=int, metavar="VERSION")
    end.add_argument("--last-day", required=True, metavar="YYYY-MM-DD")
    commands.add("conflict list", _list_conflicts, "互斥关系一览").add_argument(
        "--program", metavar="PROGRAM"
    )
    put = commands.add("conflict set", _set_conflict, "设置两个项目互斥、择高或提示")
    put.add_argument("program", metavar="PROGRAM")
    put.add_argument("other", metavar="PROGRAM")
    put.add_argument("--mode", choices=MODES, default="互斥")
    put.add_argument("--scope", choices=SCOPES, default="person", help="同一人、同一户或同一地块")
    remove = commands.add("conflict remove", _remove_conflict, "取消两个项目的互斥")
    remove.add_argument("program", metavar="PROGRAM")
    remove.add_argument("other", metavar="PROGRAM")


def _short_names(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--short", metavar="NAME", help="银行摘要简称，最多 7 个字")
    parser.add_argument("--short12", metavar="NAME", help="12 字节简称，最多 6 个汉字")
    parser.add_argument("--department", metavar="NAME", help="主管部门")
    parser.add_argument("--level", choices=LEVELS, help="资金级次")


def _add_program(desk: Desk, options: argparse.Namespace) -> Answer:
    done = add_program(
        desk,
        code=options.code,
        name=options.name,
        bank_short_name=options.short or "",
        bank_short_name_12=options.short12 or "",
        department=options.department or "",
        level=options.level or "",
        through_card=options.through_card,
    )
    return Answer(done.answer, [f"已添加项目 {done.answer['program']} {done.answer['name']}。"])


def _change_program(desk: Desk, options: argparse.Namespace) -> Answer:
    done = change_program(
        desk,
        program=options.program,
        bank_short_name=options.short,
        bank_short_name_12=options.short12,
        department=options.department,
        level=options.level,
        through_card=options.through_card,
    )
    changed = cast(Mapping[str, str], done.answer["changed"])
    said = "；".join(changed.values()) or "没有需要改的内容"
    return Answer(done.answer, [f"项目 {done.answer['program']}：{said}。"])


def _list_programs(desk: Desk, options: argparse.Namespace) -> Answer:
    known = programs(desk.store)
    rows = [
        (one.code, one.name, one.bank_short_name, one.bank_short_name_12, one.department, one.level)
        for one in known
    ]
    return Answer(
        {"programs": [_program_json(one) for one in known]},
        table(["编码", "名称", "银行简称", "12 字节简称", "主管部门", "资金级次"], rows),
    )


def _show_program(desk: Desk, options: argparse.Namespace) -> Answer:
    program = find_program(desk.store, options.program)
    stored = policies_of(desk.store, program.id)
    pairs = conflicts_of(desk.store, program.code)
    names = {one.code: one.name for one in programs(desk.store)}
    return Answer(
        {
            **_program_json(program),
            "policies": [_policy_json(program, one) for one in stored],
            "conflicts": [pair._asdict() for pair in pairs],
        },
        [
            f"{program.code} {program.name}",
            f"银行简称：{program.bank_short_name}  12 字节简称：{program.bank_short_name_12 or '（未设置）'}"
            f"  主管部门：{program.department}  {'一卡通发放' if program.through_card else '不通过一卡通'}",
            "政策：" if stored else "还没有登记政策，请用 policy add 登记。",
            *(table(_POLICY_HEADINGS, [_policy_row(program, one) for one in stored]) if stored else []),
            *(["互斥：", *_conflict_lines(pairs, names)] if pairs else []),
        ],
    )


def _add_policies(desk: Desk, options: argparse.Namespace) -> Answer:
    done = add_policies(desk, tables=read_policy_file(options.file), source_name=options.file.name)
    stored = cast(Sequence[Mapping[str, object]], done.answer["policies"])
    made = cast(Sequence[str], done.answer["programs_made"])
    lines = [f"已登记 {len(stored)} 项政策。"]
    lines += [
        f"{one['program']} {one['name']} 第 {one['version']} 版，{one['from']} 起{_until(one['to'])}"
        for one in stored
    ]
    if made:
        lines.append(f"新建地方项目：{'、'.join(made)}。")
    return Answer(done.answer, lines)


def _list_policies(desk: Desk, options: argparse.Namespace) -> Answer:
    wanted = [find_program(desk.store, options.program)] if options.program else programs(desk.store)
    found = [(program, stored) for program in wanted for stored in policies_of(desk.store, program.id)]
    return Answer(
        {"policies": [_policy_json(program, stored) for program, stored in found]},
        table(_POLICY_HEADINGS, [_policy_row(program, stored) for program, stored in found]),
    )


def _end_policy(desk: Desk, options: argparse.Namespace) -> Answer:
    done = end_policy(
        desk, program=options.program, version=options.version, day=date_from_cell(options.last_day)
    )
    return Answer(
        done.answer,
        [f"项目 {done.answer['program']} 第 {options.version} 版政策执行到 {done.answer['valid_to']} 为止。"],
    )


def _list_conflicts(desk: Desk, options: argparse.Namespace) -> Answer:
    names = {one.code: one.name for one in programs(desk.store)}
    pairs = (
        conflicts_of(desk.store, find_program(desk.store, options.program).code)
        if options.program
        else conflicts(desk.store)
    )
    return Answer({"conflicts": [pair._asdict() for pair in pairs]}, _conflict_lines(pairs, names))


def _set_conflict(desk: Desk, options: argparse.Namespace) -> Answer:
    done = set_conflict(
        desk, program=options.program, other=options.other, mode=options.mode, scope=options.scope
    )
    pair = done.answer
    return Answer(
        pair,
        [f"{pair['program_a']} 与 {pair['program_b']}：{pair['mode']}（{SCOPE_NAMES[options.scope]}）。"],
    )


def _remove_conflict(desk: Desk, options: argparse.Namespace) -> Answer:
    done = remove_conflict(desk, program=options.program, other=options.other)
    return Answer(done.answer, [f"{done.answer['program_a']} 与 {done.answer['program_b']} 不再互斥。"])


_POLICY_HEADINGS = ["编码", "项目", "版本", "文号", "起", "止", "计算方式", "频次", "对象"]


def _policy_row(program: ProgramView, stored: StoredPolicy) -> tuple[object, ...]:
    policy = stored.policy
    return (
        program.code, program.name, stored.version, policy.document, policy.valid_from, policy.valid_to,
        FAMILY_NAMES[policy.family], FREQUENCY_NAMES[policy.frequency], TARGET_NAMES[policy.target],
    )  # fmt: skip


def _program_json(program: ProgramView) -> dict[str, object]:
    return {("program" if field == "id" else field): value for field, value in asdict(program).items()}


def _policy_json(program: ProgramView, stored: StoredPolicy) -> dict[str, object]:
    return {
        "policy": stored.id,
        "version": stored.version,
        "program_name": program.name,
        **policy_parameters(stored.policy),
    }


def _conflict_lines(pairs: Sequence[Conflict], names: Mapping[str, str]) -> list[str]:
    rows = [
        (f"{pair.program_a} {names.get(pair.program_a, '')}", f"{pair.program_b} {names.get(pair.program_b, '')}",
         pair.mode, SCOPE_NAMES[pair.scope])
        for pair in pairs
    ]  # fmt: skip
    return table(["项目", "项目", "方式", "范围"], rows)


def _until(day: object) -> str:
    return f"至 {day}" if day else ""
