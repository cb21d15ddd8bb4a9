"""疑点清单: whom a list of deaths, payroll, relocations or cadres may mean, and what the pre-flight checks asked about."""

import json
from collections.abc import Mapping
from typing import Final

from app.batches.sheet import LEVEL_NAMES
from app.intake.listings import LIST_NAMES
from app.registry.list_hits import DECISION_NAMES
from app.registry.lists import paid_since
from app.reports.catalogue import looks, parameters
from app.reports.catalogue.report import Asked, Report
from app.reports.sheet_model import SUBTOTAL, Group, Row, SheetModel
from app.workbook.table_columns import Column

_HOW: Final = {
    "exact": "证件号相同", "one_digit": "证件号差一位", "name_and_birth": "姓名和出生日期相同", "name_and_village": "姓名和村相同",
    "alike": "相近",
}  # fmt: skip
_STATES: Final = (parameters.Choice("all", "全部"), parameters.Choice("open", "还没核实的"))
_STATE_NAMES: Final[Mapping[str, str]] = {"open": "待核实"} | {
    str(one): words for one, words in DECISION_NAMES.items()
}
_STATE: Final = parameters.Parameter(
    "state", "范围", lambda _store, written: parameters.one_of(written, _STATES, "范围"), lambda _store, _day: "all",
    lambda _store: _STATES,
)  # fmt: skip

COLUMNS: Final = (
    looks.SERIAL, Column("疑点", width=16, align="center"), looks.BATCH, looks.VILLAGE, looks.NAME, looks.ID_NUMBER,
    Column("说明", width=40), looks.money("涉及金额", 13), Column("核实情况", width=22),
)  # fmt: skip

_HITS: Final = """
    SELECT e.kind, v.name, p.name, p.id_number, h.how, h.why, coalesce(e.happened_on, ''), e.source, h.state, h.reason, p.id
      FROM comparison_hit h JOIN comparison_entry e ON e.id = h.entry_id JOIN import_run r ON r.id = e.run_id
      JOIN person p ON p.id = h.person_id JOIN household d ON d.id = p.household_id JOIN village v ON v.id = d.village_id
     WHERE (?1 = 'all' OR h.state = 'open') AND substr(r.business_date, 1, 7) BETWEEN ?2 AND ?3
     ORDER BY e.kind, v.id, p.id"""
# the last sheet that was frozen for a batch: at approval, else at submission
_SHEETS: Final = """
    SELECT b.number, s.body FROM check_sheet s JOIN batch b ON b.id = s.batch_id
     WHERE s.id = (SELECT max(id) FROM check_sheet WHERE batch_id = b.id) AND substr(s.made_on, 1, 7) BETWEEN ? AND ?
     ORDER BY b.id"""


def _doubts(asked: Asked) -> list[SheetModel]:
    lists, checks = _from_lists(asked), _from_checks(asked) if asked["state"] == "all" else []
    return [
        SheetModel(
            name="疑点清单",
            title=f"{asked.township}补贴发放疑点清单（{looks.span_text(asked['from'], asked['until'])}）",
            columns=COLUMNS,
            groups=[
                Group(rows, title, SUBTOTAL)
                for rows, title in ((lists, "一、名单比对"), (checks, "二、发放前体检"))
                if rows
            ],
            left=asked.office,
            notes=[
                "死亡人员的涉及金额，是死亡次月起仍发到本人名下的款；体检的疑点按批次封存的体检表列示，证件号已遮盖。"
            ],
            signatures=("纪检监督：", *looks.FOUR_SIGNATURES),
            made=asked.made,
            frozen_columns=2,
        )
    ]


def _from_lists(asked: Asked) -> list[Row]:
    rows: list[Row] = []
    for kind, village, name, id_number, how, why, day, source, state, reason, person in asked.store.rows(
        _HITS, (asked["state"], asked["from"], asked["until"])
    ):
        said = [
            _HOW[how],
            why,
            f"{day} " + ("死亡" if kind == "deaths" else "") if day else "",
            f"来源：{source}" if source else "",
        ]
        fen = 0
        if kind == "deaths" and day:
            periods, fen = paid_since(asked.store, person, day)
            said.append(f"死亡后仍发 {len(periods)} 期" if periods else "")
        verdict = "：".join(filter(None, [_STATE_NAMES[state], reason]))
        rows.append(
            [
                len(rows) + 1,
                LIST_NAMES[kind],
                "",
                village,
                name,
                id_number,
                "，".join(filter(None, map(str.strip, said))),
                fen,
                verdict,
            ]
        )
    return rows  # fmt: skip


def _from_checks(asked: Asked) -> list[Row]:
    rows: list[Row] = []
    for number, body in asked.store.rows(_SHEETS, (asked["from"], asked["until"])):
        for result in json.loads(body)["checks"]:
            for one in result["rows"]:
                verdict = (
                    f"{LEVEL_NAMES[result['level']]}：{result['reason']}"
                    if result["reason"]
                    else LEVEL_NAMES[result["level"]]
                )
                rows.append(
                    [
                        len(rows) + 1,
                        result["name"],
                        number,
                        "",
                        one["name"],
                        one["id_masked"],
                        one["sentence"],
                        0,
                        verdict,
                    ]
                )
    return rows


DOUBTS: Final = Report(
    name="doubts",
    title="疑点清单",
    about="名单比对出来的人和发放前体检查出的疑点，核实了没有、涉及多少钱。",
    parameters=(parameters.FIRST, parameters.LAST, _STATE),
    sheets=_doubts,
    columns=COLUMNS,
    grouping="先名单比对，后发放前体检",
)
