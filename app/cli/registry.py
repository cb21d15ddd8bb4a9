"""person FIND/duplicates/merge/unmerge/apart/together, account register, village add/alias/list, list hits/decide, bank and relation aliases."""

import argparse
from collections.abc import Mapping
from typing import cast

from app.cli import household, survival
from app.cli.frame import Answer, Commands, table
from app.desk import Desk
from app.registry.aliases import ALIAS_NAMES, AliasKind, aliases
from app.registry.list_hits import DECISION_NAMES, KIND_NAMES, Decision, list_hits
from app.registry.merging import duplicates
from app.registry.queries import find_person, person_card
from app.registry.use_cases import (
    add_villages,
    decide_hit,
    merge_people,
    name_alias,
    name_village_alias,
    register_account,
    set_apart,
    set_together,
    unmerge_person,
)
from models.domain.buckets import BUCKET_NAMES, Bucket
from models.domain.masking import mask_account, mask_id
from models.domain.money import Fen, yuan_text
from models.domain.refusal import Refusal
from models.domain.sameness import LEAST_SHOWN


def add_commands(commands: Commands) -> None:
    """The registry's commands."""
    person = commands.add(
        "person",
        _person,
        "一个人的全部情况；duplicates 疑似重复，merge KEEP OTHER 合并，unmerge ID 撤销合并，apart ONE OTHER 认定不是同一人，together ONE OTHER 撤销认定",
    )
    person.add_argument(
        "find",
        nargs="+",
        metavar="FIND",
        help="身份证号、姓名、身份证或账号尾号；或 duplicates、merge、unmerge、apart、together",
    )
    person.add_argument("--reason", default="", metavar="TEXT", help="合并、撤销合并、认定不是同一人的理由")
    person.add_argument("--run", type=int, metavar="RUN", help="只比对这一次导入带来的人")
    person.add_argument("--least", type=int, default=LEAST_SHOWN, metavar="SCORE", help="最低相似度（0–100）")
    account = commands.add("account register", _register_account, "登记一个人的新账户，原账户当天停用")
    account.add_argument("person", metavar="FIND", help="身份证号，或找得到唯一一人的姓名、尾号")
    account.add_argument("--number", required=True, metavar="ACCOUNT")
    account.add_argument("--bank", default="", metavar="NAME")
    account.add_argument("--medium", default="", metavar="TEXT", help="社保卡、银行卡、存折")
    account.add_argument("--holder", default="", metavar="NAME", help="户名，默认本人")
    account.add_argument("--checked", action="store_true", help="号码可疑时：已对照原件")
    account.add_argument("--reason", required=True, metavar="TEXT")
    village = commands.add("village add", _add_villages, "添加村（社区）")
    village.add_argument("names", nargs="+", metavar="NAME")
    alias = commands.add("village alias", _alias, "确认一个别名是哪个村")
    alias.add_argument("alias", metavar="ALIAS")
    alias.add_argument("village", metavar="VILLAGE")
    commands.add("village list", _list_villages, "村（社区）一览")
    hits = commands.add("list hits", _hits, "比对名单的命中")
    hits.add_argument("--kind", choices=tuple(KIND_NAMES), default="")
    nearness = hits.add_mutually_exclusive_group()
    nearness.add_argument("--near", action="store_const", const=True, help="只看近似的")
    nearness.add_argument(
        "--exact", dest="near", action="store_const", const=False, help="只看身份证号相同的"
    )
    hits.add_argument("--run", type=int, metavar="RUN", help="只看这一次导入的名单")
    hits.add_argument("--state", choices=("open", "confirmed", "dismissed", "all"), default="open")
    decide = commands.add("list decide", _decide_hit, "确认或排除一条命中")
    decide.add_argument("entry", type=int, metavar="ENTRY", help="名单条目编号")
    decide.add_argument("person", type=int, metavar="PERSON", help="人员编号")
    decide.add_argument("decision", choices=tuple(DECISION_NAMES))
    decide.add_argument("--reason", required=True, metavar="TEXT")
    for kind, name in ALIAS_NAMES.items():
        alias = commands.add(f"{kind} alias", _name_alias, f"记住{name}的另一种写法")
        alias.add_argument("alias", metavar="ALIAS")
        alias.add_argument("name", metavar="NAME")
        alias.add_argument("--again", action="store_true", help="改掉以前记住的")
        alias.set_defaults(alias_kind=kind)
        commands.add(f"{kind} aliases", _list_aliases, f"记住的{name}写法").set_defaults(alias_kind=kind)
    household.add_commands(commands)
    survival.add_commands(commands)


class PersonWords(Refusal):
    """`person` with words that fit none of its forms."""

    form = "写法不对。查人用 person 加姓名或号码；合并用 person merge 加两个身份证号，撤销用 person unmerge 加一个；疑似重复用 person duplicates，不是同一人的用 person apart 加两个身份证号。"


def _person(desk: Desk, options: argparse.Namespace) -> Answer:
    match options.find:
        case ["duplicates"]:
            return _duplicates(desk, options)
        case ["merge", keep, other]:
            return _merged(desk, keep, other, options.reason)
        case ["unmerge", person]:
            done = unmerge_person(desk, person=person, reason=options.reason)
            return Answer(done.answer, ["已撤销合并，两条记录各自独立。"])
        case ["apart", one, other]:
            pair = {"one": find_person(desk.store, one), "other": find_person(desk.store, other)}
            done = set_apart(desk, **pair, reason=options.reason)
            return Answer(done.answer, ["已登记为不同的人，以后不再列为疑似重复。"])
        case ["together", one, other]:
            pair = {"one": find_person(desk.store, one), "other": find_person(desk.store, other)}
            done = set_together(desk, **pair)
            return Answer(done.answer, ["已撤销，以后仍会列为疑似重复。"])
        case [asked]:
            card = person_card(desk.store, find_person(desk.store, asked))
            return Answer(card, _card_lines(card))
        case _:
            raise PersonWords


def _duplicates(desk: Desk, options: argparse.Namespace) -> Answer:
    found = duplicates(desk.store, run_id=options.run, least=options.least)

    def record(one: Mapping[str, object]) -> str:
        return f"{one['name']} {mask_id(str(one['id_number']))} {one['village']}"

    pairs = cast(list[dict[str, Mapping[str, object]]], found["pairs"])
    rows = [(pair["score"], pair["why"], record(pair["one"]), record(pair["other"])) for pair in pairs]
    return Answer(found, [f"疑似重复 {found['count']} 对。", *table(["相似度", "依据", "一", "二"], rows)])


def _merged(desk: Desk, keep: str, other: str, reason: str) -> Answer:
    done = merge_people(desk, keep=keep, other=other, reason=reason)
    both = cast(list[Mapping[str, object]], done.answer["had_by_both"])
    lines = [f"已合并：{other[-4:]} 的记录并入 {keep[-4:]} 的记录，发放检查按一个人对待。"]
    lines += [
        f"两条记录都有“{one['program_name']}”{one['period'] or '（长期）'}，请停掉其中一份。" for one in both
    ]
    return Answer(done.answer, lines)


def _hits(desk: Desk, options: argparse.Namespace) -> Answer:
    state = "" if options.state == "all" else options.state
    found = list_hits(desk.store, kind=options.kind, near=options.near, state=state, run_id=options.run)
    rows = [
        (hit["entry"], hit["person"], KIND_NAMES[str(hit["kind"])], hit["score"], hit["why"],
         f"{hit['listed_name']} {mask_id(str(hit['listed_id']))}", f"{hit['name']} {mask_id(str(hit['id_number']))}",
         hit["village"], DECISION_NAMES.get(cast(Decision, hit["state"]), "待核实"))
        for hit in found
    ]  # fmt: skip
    headings = ["条目", "人员", "名单", "相似度", "依据", "名单上", "底册里", "村", "处理"]
    return Answer({"hits": found}, [f"命中 {len(found)} 条。", *table(headings, rows)])


def _decide_hit(desk: Desk, options: argparse.Namespace) -> Answer:
    done = decide_hit(
        desk, entry=options.entry, person=options.person, decision=options.decision, reason=options.reason
    )
    return Answer(done.answer, [f"已{DECISION_NAMES[cast(Decision, options.decision)]}，理由已留存。"])


def _name_alias(desk: Desk, options: argparse.Namespace) -> Answer:
    done = name_alias(
        desk, kind=options.alias_kind, alias=options.alias, name=options.name, again=options.again
    )
    return Answer(done.answer, [f"已记住：“{options.alias}”就是“{options.name}”。"])


def _list_aliases(desk: Desk, options: argparse.Namespace) -> Answer:
    kind = cast(AliasKind, options.alias_kind)
    rows = aliases(desk.store, kind)
    return Answer(
        {"aliases": [{"alias": alias, "name": name} for alias, name in rows]},
        table(["写法", ALIAS_NAMES[kind]], rows),
    )


def _card_lines(card: Mapping[str, object]) -> list[str]:
    def listed(part: str) -> list[Mapping[str, object]]:
        return cast(list[Mapping[str, object]], card[part])

    def masked(cell: object) -> str:
        return mask_account(str(cell)) if cell else ""

    return [
        f"{card['name']}  {mask_id(str(card['id_number']))}  {card['sex']}  {card['birth'] or ''}",
        f"{card['village']} {card['group']}  户主：{card['head'] or '（未登记）'}  户编号：{card['household_no'] or ''}",
        "账户：",
        *table(
            ["账号", "户名", "银行", "起", "止"],
            [(masked(a["number"]), a["holder"], a["bank"], a["valid_from"], a["valid_to"]) for a in listed("accounts")],
        ),
        "享受资格：",
        *table(["项目", "期间", "金额", "依据"], [
            (e["program_name"], e["period"] or "长期", yuan_text(Fen(cast(int, e["computed_fen"]))), e["trace"])
            for e in listed("enrolments")
        ]),
        "发放：",
        *table(["批次", "项目", "期间", "金额", "状态", "原因"], [
            (p["batch"], p["program_name"], p["period"], yuan_text(Fen(cast(int, p["owed_fen"]))),
             BUCKET_NAMES[Bucket(str(p["bucket"]))], p["reason"])
            for p in listed("payments")
        ]),
        *(["以前的发放（老表格）：", *table(["项目", "期间", "金额", "日期", "结果"], [
            (p["program_name"], p["period"], yuan_text(Fen(cast(int, p["owed_fen"]))), p["paid_on"],
             "成功" if p["outcome"] == "paid" else f"未成功 {p['reason']}")
            for p in listed("past_payments")
        ])] if listed("past_payments") else []),
        *(f"同一人的另一条记录：{o['name']} {mask_id(str(o['id_number']))}（{o['merged_on']} 合并，{o['reason']}）"
          for o in listed("same_person")),
        *(f"{x['program_name']} {x['starts_on']} 起暂停（{x['reason']}）"
          + (f"，{x['ended_on']} 恢复" if x["ended_on"] else "") for x in listed("suspensions")),
    ]  # fmt: skip


def _register_account(desk: Desk, options: argparse.Namespace) -> Answer:
    done = register_account(
        desk, person_id=find_person(desk.store, options.person), number=options.number, bank=options.bank,
        medium=options.medium, holder=options.holder, checked=options.checked, reason=options.reason,
    ).answer  # fmt: skip
    old = "，原账户今天停用" if done["changed"] else ""
    return Answer(done, [f"{done['name']} 的账户已登记{old}。"])


def _add_villages(desk: Desk, options: argparse.Namespace) -> Answer:
    done = add_villages(desk, names=options.names)
    return Answer(done.answer, [f"已登记 {len(options.names)} 个村（社区）。"])


def _alias(desk: Desk, options: argparse.Namespace) -> Answer:
    done = name_village_alias(desk, alias=options.alias, village=options.village)
    return Answer(done.answer, [f"已记住：“{options.alias}”就是“{options.village}”。"])


def _list_villages(desk: Desk, options: argparse.Namespace) -> Answer:
    rows = desk.store.rows("SELECT id, code, name FROM village ORDER BY id")
    return Answer(
        {"villages": [{"village": row[0], "code": row[1], "name": row[2]} for row in rows]},
        table(["编号", "区划代码", "名称"], rows),
    )
