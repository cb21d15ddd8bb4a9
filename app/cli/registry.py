"""person FIND, village add/alias/list."""

import argparse
from collections.abc import Mapping
from typing import cast

from app.cli.frame import Answer, Commands, table
from app.desk import Desk
from app.registry.queries import find_person, person_card
from app.registry.use_cases import add_villages, name_village_alias
from models.domain.buckets import BUCKET_NAMES, Bucket
from models.domain.masking import mask_account, mask_id
from models.domain.money import Fen, yuan_text


def add_commands(commands: Commands) -> None:
    """The registry's commands."""
    person = commands.add("person", _person, "一个人的全部情况")
    person.add_argument("find", metavar="FIND", help="身份证号、姓名、身份证或账号尾号")
    village = commands.add("village add", _add_villages, "添加村（社区）")
    village.add_argument("names", nargs="+", metavar="NAME")
    alias = commands.add("village alias", _alias, "确认一个别名是哪个村")
    alias.add_argument("alias", metavar="ALIAS")
    alias.add_argument("village", metavar="VILLAGE")
    commands.add("village list", _list_villages, "村（社区）一览")


def _person(desk: Desk, options: argparse.Namespace) -> Answer:
    card = person_card(desk.store, find_person(desk.store, options.find))
    return Answer(card, _card_lines(card))


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
    ]  # fmt: skip


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
