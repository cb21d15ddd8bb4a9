"""household event/show, enrolment start/stop/undecided/decide."""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from app.changes import Changes
from app.cli.days import day
from app.cli.frame import Answer, Commands, table
from app.desk import Desk
from app.enrolment.use_cases import decide_enrolment, start_enrolment, stop_enrolment
from app.registry.household_cards import (
    EVENT_NAMES,
    QUESTION_WORDS,
    household_card,
    open_questions,
    which_household,
)
from app.registry.queries import find_person
from app.registry.use_cases import (
    record_head_change,
    record_head_death,
    record_merge,
    record_move,
    record_split,
)
from models.domain.masking import mask_id
from models.domain.refusal import Refusal

KINDS: Final = {kind.replace("_", "-"): name for kind, name in EVENT_NAMES.items()}
ROLES: Final = {"head": "户主", "member": "成员"}


class EventOptionMissing(Refusal):
    """An event without what it is about."""

    form = "登记“{kind}”还要写 {options}。请补上后重试。"


def add_commands(commands: Commands) -> None:
    """The commands of households."""
    event = commands.add(
        "household event", _event, "登记户变动：" + "、".join(f"{k} {n}" for k, n in KINDS.items())
    )
    event.add_argument("kind", choices=tuple(KINDS))
    event.add_argument("household", metavar="NO", help="户编号，或本户一个人的身份证号")
    event.add_argument("--on", type=day, metavar="YYYY-MM-DD", help="变动日期（户主死亡时为死亡日期）")
    event.add_argument("--reason", required=True, metavar="TEXT", help="事由")
    event.add_argument("--new-head", metavar="ID", help="新户主的身份证号（分户时为新户的户主）")
    event.add_argument("--staying-head", metavar="ID", help="户主分出时，留下的人的新户主")
    event.add_argument("--head-missing", action="store_true", help="暂时没有户主")
    event.add_argument("--members", nargs="+", default=(), metavar="ID", help="分出的人")
    event.add_argument("--number", default="", help="新户的户编号")
    event.add_argument("--into", metavar="NO", help="并入哪一户")
    event.add_argument("--village", default="", help="迁往（分到）的村")
    event.add_argument("--group", default="", help="迁往（分到）的组")
    show = commands.add("household show", _show, "一户的成员、变动和历任户主")
    show.add_argument("household", metavar="NO")
    start = commands.add("enrolment start", _start, "登记一个人开始享受")
    start.add_argument("--program", required=True, metavar="P", help="项目编码，或唯一的名称")
    start.add_argument("--person", required=True, metavar="ID", help="身份证号")
    start.add_argument("--from", dest="first", type=day, required=True, metavar="YYYY-MM-DD", help="从哪天起")
    start.add_argument(
        "--fact", action="append", default=[], metavar="NAME=VALUE", help="数量、等级等，例如 quantity=2.50"
    )
    start.add_argument("--reason", required=True, metavar="TEXT")
    stop = commands.add("enrolment stop", _stop, "停止一项享受")
    stop.add_argument("enrolment", type=int, metavar="ID", help="享受对象的编号")
    stop.add_argument("--last", type=day, required=True, metavar="YYYY-MM-DD", help="享受到哪一天")
    stop.add_argument("--reason", required=True, metavar="TEXT")
    commands.add("enrolment undecided", _undecided, "户变动后待定的享受资格")
    decide = commands.add("enrolment decide", _decide, "决定待定的享受资格")
    decide.add_argument("question", type=int, metavar="ID")
    decide.add_argument("decision", choices=("keep", "stop"), help="keep 继续享受，stop 停止")
    decide.add_argument("--last-day", type=day, metavar="YYYY-MM-DD", help="享受到哪一天为止")
    decide.add_argument("--reason", required=True, metavar="TEXT")


class FactUnclear(Refusal):
    """A fact that is not NAME=VALUE."""

    form = "“{written}”写法不对。每项要写成“名称=值”，中间一个等号，数量写两位以内小数。"


def _start(desk: Desk, options: argparse.Namespace) -> Answer:
    for written in options.fact:
        if "=" not in written:
            raise FactUnclear(written=written)
    done = start_enrolment(
        desk, program=options.program, person=find_person(desk.store, options.person), first=options.first,
        facts=dict(one.split("=", 1) for one in options.fact), reason=options.reason,
    ).answer  # fmt: skip
    return Answer(done, [f"已登记享受 {done['enrolment']}：从 {done['from']} 起，{done['trace']}。"])


def _stop(desk: Desk, options: argparse.Namespace) -> Answer:
    done = stop_enrolment(desk, enrolment=options.enrolment, last=options.last, reason=options.reason).answer
    return Answer(done, [f"享受对象 {options.enrolment} 到 {options.last} 为止。"])


def _event(desk: Desk, options: argparse.Namespace) -> Answer:
    done = _recorded(desk, options)
    answer = done.answer
    followed = cast(Sequence[Mapping[str, object]], answer["followed"])
    without = cast(Sequence[str], answer["without_account"])
    lines = [f"已登记户变动 {answer['event']}：{KINDS[options.kind]}。"]
    lines += [f"已跟随：{one['program']}（{one['how']}）。" for one in followed]
    lines += [f"待定：{line}" for line in _questions(answer["to_decide"])]
    lines += [f"户主 {name} 没有登记账户，请先登记再编制批次。" for name in without]
    return Answer(answer, lines)


def _recorded(desk: Desk, options: argparse.Namespace) -> Changes:
    about = {"household": options.household, "reason": options.reason}
    if options.kind == "head-death":
        return record_head_death(
            desk, **about, died_on=options.on, new_head=options.new_head, head_missing=options.head_missing
        )
    on = _needed(options, "on")
    if options.kind == "head-change":
        return record_head_change(desk, **about, on=on, new_head=_needed(options, "new_head"))
    if options.kind == "split":
        return record_split(
            desk,
            **about,
            on=on,
            members=_needed(options, "members"),
            new_head=_needed(options, "new_head"),
            staying_head=options.staying_head,
            head_missing=options.head_missing,
            number=options.number,
            village=options.village,
            group=options.group,
        )
    if options.kind == "merge":
        return record_merge(desk, **about, on=on, into=_needed(options, "into"))
    return record_move(desk, **about, on=on, village=_needed(options, "village"), group=options.group)


def _needed(options: argparse.Namespace, name: str) -> Any:
    found = getattr(options, name)
    if not found:
        raise EventOptionMissing(kind=KINDS[options.kind], options="--" + name.replace("_", "-"))
    return found


def _questions(questions: object) -> list[str]:
    return [
        f"{one['question']}\t{one['program_name']}\t{one['name']} {mask_id(str(one['id_number']))}\t{one['sentence']}"
        for one in cast(Sequence[Mapping[str, object]], questions)
    ]


def _show(desk: Desk, options: argparse.Namespace) -> Answer:
    card = household_card(desk.store, which_household(desk.store, options.household))

    def listed(part: str) -> Sequence[Mapping[str, object]]:
        return cast(Sequence[Mapping[str, object]], card[part])

    lines = [
        f"户 {card['number'] or '（无编号）'}  {card['village']} {card['group']}  户主：{card['head'] or '（暂无）'}"
        + (f"  已于 {card['ended_on']} 并入其他户" if card["ended_on"] else ""),
        "成员：",
        *table(
            ["姓名", "身份证号", "与户主关系", "死亡"],
            [
                (
                    m["name"],
                    mask_id(str(m["id_number"])),
                    m["relation"],
                    m["died_on"] or ("已死亡" if m["is_dead"] else ""),
                )
                for m in listed("members")
            ],
        ),
        "历任户主与成员：",
        *table(
            ["身份", "姓名", "起", "止"],
            [
                (ROLES[str(h["role"])], h["name"], h["valid_from"] or "建档前", h["valid_to"] or "至今")
                for h in listed("history")
            ],
        ),
        "变动：",
        *table(
            ["编号", "日期", "变动", "事由", "经办"],
            [
                (e["event"], e["happened_on"], e["kind_name"], e["reason"], e["operator"])
                for e in listed("events")
            ],
        ),
    ]
    return Answer(card, [*lines, *(f"待定：{line}" for line in _questions(card["to_decide"]))])


def _undecided(desk: Desk, options: argparse.Namespace) -> Answer:
    found = open_questions(desk.store)
    return Answer(
        {"questions": found, "kinds": dict(QUESTION_WORDS)},
        [f"待定的享受资格 {len(found)} 项。", *_questions(found)],
    )


def _decide(desk: Desk, options: argparse.Namespace) -> Answer:
    done = decide_enrolment(
        desk,
        question=options.question,
        decision="kept" if options.decision == "keep" else "stopped",
        reason=options.reason,
        last_day=options.last_day,
    )
    return Answer(
        done.answer,
        [f"第 {options.question} 项待定资格已决定：{'继续享受' if options.decision == 'keep' else '停止'}。"],
    )
