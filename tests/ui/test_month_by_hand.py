"""A whole month in the window by clicks and keys only, from no office at all to the monthly return, by three people.

The same workbooks and the same bank then go through the commands in another office; read by the commands, both are one.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.demo_bank import answer_bank_file
from models.domain.permission import Post
from tests.builders import card_number, id_number
from tests.conftest import found
from tests.flow.test_commands import Terminal, reasons
from tests.sheets import workbook
from tests.ui.hands import Hands
from ui.window.entrance import Entrance

CLERK, REVIEWER, APPROVER = "沈会计", "柳复核", "韩所长"
LAND = "2130122"
SEATS = {CLERK: [Post.CLERK], REVIEWER: [Post.REVIEWER], APPROVER: [Post.APPROVER]}
SECRET = "yunxi-2024"  # a password field takes no input method
RATE = 100.58
NAMES = ("沈阿大", "沈阿二", "柳树根", "柳水生", "韩梅", "韩春生", "郑小满")
AREAS = (2.5, 3.57, 0.8, 12.0, 4.6, 1.25, 7.0)
FAILED = {2: "账户已销户", 4: "户名不符"}
_WITH_CLOCKS = (
    "ui.window.entrance",
    "ui.window.frame",
    "ui.office",
    "ui.screens.access.lock",
    "ui.screens.access.set_up",
)


class Wall:
    """The clock on the wall; days pass when nobody looks."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.moment = datetime(2024, 6, 3, 9, 0)
        wall = self

        class Clock(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
                return wall.moment

        for module in _WITH_CLOCKS:
            patch.setattr(f"{module}.datetime", Clock)

    def pass_days(self, days: int) -> None:
        self.moment += timedelta(days=days)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    return Wall(monkeypatch)


# -- what comes from outside --------------------------------------------------------------------------------------


def amount(area: float) -> float:
    return round(area * RATE + 1e-9, 2)


def files_in(folder: Path) -> dict[str, Path]:
    """People, accounts and rosters as the villages send them; the first roster has two bad rows, the second has them mended."""
    folder.mkdir()
    ids = [id_number(serial, "19620405") for serial in range(11, 11 + len(NAMES))]
    villages = ["上溪村"] * 4 + ["下溪村"] * 3
    people = [["户编号", "村", "组", "姓名", "与户主关系", "身份证号码"]]
    people += [[f"H{n:03d}", villages[n], "2组", name, "户主", ids[n]] for n, name in enumerate(NAMES)]
    accounts = [["姓名", "身份证号码", "开户银行", "账号"]]
    accounts += [[name, ids[n], "新昌农商银行", card_number(700 + n)] for n, name in enumerate(NAMES)]
    head = ["序号", "户主姓名", "身份证号", "面积（亩）", "补贴标准（元/亩）", "补贴金额（元）"]
    lines: list[list[object]] = [
        [n + 1, name, ids[n], AREAS[n], RATE, amount(AREAS[n])] for n, name in enumerate(NAMES)
    ]
    bad = [list(line) for line in lines]
    bad[1][2] = ids[1][:-1] + ("0" if ids[1][-1] != "0" else "1")  # 校验码
    bad[5][5] = 999.99  # an amount that the policy does not give
    again = [["姓名", "身份证号码", "开户银行", "账号"]]
    again += [[NAMES[n - 1], ids[n - 1], "新昌农商银行", card_number(800 + n)] for n in FAILED]
    return {
        "people": workbook(folder / "户籍底册.xlsx", ("户籍", people)),
        "accounts": workbook(folder / "账户清册.xlsx", ("账户", accounts)),
        "roster": workbook(folder / "花名册.xlsx", ("花名册", [head, *bad])),
        "mended": workbook(folder / "花名册改好.xlsx", ("花名册", [head, lines[1], lines[5]])),
        "new accounts": workbook(folder / "新账户.xlsx", ("账户", again)),
    }


POLICY = f"""
[[policy]]
program = "{LAND}"
document = "新农〔2024〕3号"
from = 2024-01-01
frequency = "year"
target = "household"
family = "per_unit"
unit = "亩"
rate = "{RATE}"
publicity = "before"
publicity_days = 3
publicity_kind = "calendar"
"""


# -- by hand ------------------------------------------------------------------------------------------------------


def set_up(hands: Hands, office: Path) -> None:
    """Welcome, four pages."""
    hands.press("Return")  # 新建办公点
    hands.type("云溪镇")
    hands.press("Return")
    hands.type("330624199")
    hands.press("Return")
    hands.write(str(office))
    hands.press("Alt+V")
    hands.type("上溪村")
    hands.press("Return")
    hands.type("下溪村")
    hands.press("Alt+N")
    hands.type(SECRET)
    hands.press("Tab")
    hands.type(SECRET)
    for name in (CLERK, REVIEWER, APPROVER):
        hands.press("Tab")
        hands.type(name)
        hands.press("Tab", "Tab")
        hands.type(SECRET)
    hands.press("Alt+N")
    hands.sees("只有恢复码能打开办公点")
    paper = next(line for line in hands.text().splitlines() if line.count("-") >= 3)
    hands.type(paper)
    hands.press("Return")
    hands.sees("备份要放在另一块盘上")
    hands.type(str(office.parent / "U盘"))
    hands.press("Return")


def log_in(hands: Hands, name: str) -> None:
    hands.type(name)
    hands.press("Return")
    hands.type(SECRET)
    hands.press("Return")
    hands.sees(name)


def change_seats(hands: Hands, name: str) -> None:
    """换人登录."""
    hands.press("Ctrl+U")
    log_in(hands, name)


def take_in(hands: Hands, path: Path, kind: str, period: str = "") -> None:
    """One workbook by the guided page: its kind, the file, F8, F9, yes."""
    hands.press("Ctrl+6", "Alt+K")
    hands.pick(kind)
    if period:
        hands.press("Alt+P")
        hands.pick(f"耕地地力保护补贴（{LAND}）")
        hands.press("Alt+D")
        hands.write(period)
    with hands.naming(path):
        hands.press("Ctrl+O")
    hands.press("F8", "F9", "Return")


def register_policy(hands: Hands) -> None:
    hands.press("Ctrl+3", "Ctrl+F")
    hands.type("耕地地力保护补贴")
    hands.press("Return", "Ctrl+N")
    hands.type("新农〔2024〕3号")
    hands.press("Tab")
    hands.type("2024-01-01")
    for words, choice in (("发放频次", "按年"), ("发放对象", "到户"), ("计算方式", "按数量")):
        hands.until(words)
        hands.pick(choice)
    hands.until("计量单位")
    hands.type("亩")
    hands.until("补贴标准")
    hands.type(str(RATE))
    hands.click("公示")
    hands.until("公示方式")
    hands.pick("发放前")
    hands.until("公示天数")
    hands.write("3")
    hands.until("天数按")
    hands.pick("自然日")
    hands.press("F9")
    hands.sees("的新政策已登记")


def fund(hands: Hands) -> None:
    """An allotment and its money."""
    hands.press("Ctrl+5", "Ctrl+N")
    hands.pick(f"耕地地力保护补贴（{LAND}）")
    hands.press("Alt+W")
    hands.type("新财〔2024〕5号")
    hands.press("Alt+M")
    hands.type("5000")
    hands.press("Ctrl+Return")
    hands.sees("已登记指标")
    hands.press("Ctrl+R", "Alt+M")
    hands.type("4000")
    hands.press("Ctrl+Return")
    hands.sees("已登记到账 4,000.00 元")


def go_on(hands: Hands, said: str) -> None:
    """F9 on the batch that is open, a reason for whatever the check found, and the yes."""
    hands.press("F9")
    while "没有说明" in hands.text():
        hands.type("已逐户核实")
        hands.press("F9")
    assert hands.window is not hands.frame, hands.text()
    hands.press("Ctrl+Return")
    hands.sees(said)


def open_due(hands: Hands, words: str) -> None:
    """首页待办: the line that says this, by the arrow keys."""
    hands.press("Ctrl+1", "Home")
    for _ in range(30):
        hands.press("Return")
        if words in hands.frame.crumb.whole():
            return
        hands.press("Ctrl+1", "Down")
    raise AssertionError(f"nothing due says {words!r}")


def to_the_bank(hands: Hands, stick: Path) -> None:
    """报盘 onto a stick."""
    hands.press("F9", "Alt+P")
    hands.pick("农")
    hands.press("Alt+W")
    hands.write(str(stick))
    hands.press("F9", "Return")
    hands.sees("已生成并写到")


def by_hand(hands: Hands, wall: Wall, folder: Path, files: dict[str, Path]) -> None:
    """The month."""
    set_up(hands, folder / "办公点")
    log_in(hands, CLERK)
    take_in(hands, files["people"], "户籍底册")
    hands.sees("入库 7 行")
    take_in(hands, files["accounts"], "账户清册")
    register_policy(hands)
    fund(hands)
    take_in(hands, files["roster"], "花名册", "2024")
    hands.sees("入库 5 行，退回 2 行")
    take_in(hands, files["mended"], "花名册", "2024")
    hands.sees("入库 2 行，退回 0 行")

    hands.press("Ctrl+7", "Ctrl+N")
    hands.pick(f"耕地地力保护补贴（{LAND}）")
    hands.press("Tab")
    hands.write("2024")
    hands.press("Return")
    hands.sees("编制完成：7 笔")
    hands.sees("零差异")
    go_on(hands, "已提交复核：7 笔")
    change_seats(hands, REVIEWER)
    open_due(hands, f"{LAND}-2024-01")
    go_on(hands, "已复核：7 笔")
    change_seats(hands, CLERK)
    open_due(hands, f"{LAND}-2024-01")
    go_on(hands, "公示：7 笔")
    wall.pass_days(5)
    change_seats(hands, APPROVER)
    open_due(hands, f"{LAND}-2024-01")
    go_on(hands, "已审批：7 笔")
    change_seats(hands, CLERK)
    open_due(hands, f"{LAND}-2024-01")
    to_the_bank(hands, folder / "U盘")
    wall.pass_days(1)
    change_seats(hands, CLERK)
    open_due(hands, "银行报盘与回盘")
    with hands.naming(bank_answers(folder / "U盘", folder / "回盘一.xlsx", FAILED)):
        hands.press("Ctrl+O")
    hands.sees("成功 5 笔，失败 2 笔")

    take_in(hands, files["new accounts"], "账户清册")
    hands.press("Ctrl+9")
    hands.click("失败与退票")
    hands.press("Ctrl+A", "F9", "Ctrl+Return")
    go_on(hands, "已提交复核：2 笔")
    change_seats(hands, REVIEWER)
    open_due(hands, f"{LAND}-2024-02")
    go_on(hands, "已复核：2 笔")
    change_seats(hands, APPROVER)
    open_due(hands, f"{LAND}-2024-02")
    go_on(hands, "已审批：2 笔")
    change_seats(hands, CLERK)
    open_due(hands, f"{LAND}-2024-02")
    to_the_bank(hands, folder / "U盘二")
    wall.pass_days(1)
    change_seats(hands, CLERK)
    open_due(hands, "银行报盘与回盘")
    with hands.naming(bank_answers(folder / "U盘二", folder / "回盘二.xlsx", {})):
        hands.press("Ctrl+O")
    hands.sees("成功 2 笔，失败 0 笔")
    wall.pass_days(30)
    change_seats(hands, CLERK)
    hands.press("Alt+2", "F9", "Ctrl+Return")
    hands.sees("2024-06 月报已上报")


def bank_answers(stick: Path, out: Path, failures: dict[int, str]) -> Path:
    (sent,) = [one for one in stick.iterdir() if one.suffix == ".xlsx" and "控制" not in one.name]
    return answer_bank_file(sent, out, profile="rural_bank", failures=failures)


# -- by commands --------------------------------------------------------------------------------------------------


def by_commands(folder: Path, files: dict[str, Path]) -> None:
    """The same month, the same days, the same bank."""
    folder.mkdir()
    found(folder / "办公点", villages=("上溪村", "下溪村"), people=SEATS, password=SECRET).store.close()
    here = Terminal(folder / "办公点")
    here.environment |= {"XIANGCAI_PASSWORD": SECRET}
    (folder / "policy.toml").write_text(POLICY, "utf-8")
    here.day = "2024-06-03"
    do = partial(here.ask, by=CLERK)
    do("import", "people", files["people"])
    do("import", "accounts", files["accounts"])
    do("policy", "add", folder / "policy.toml")
    do(
        "allotment",
        "add",
        "--program",
        LAND,
        "--document",
        "新财〔2024〕5号",
        "--yuan",
        "5000",
        "--level",
        "县",
    )
    do("receipt", "add", 1, "--yuan", "4000")
    do("import", "roster", files["roster"], "--program", LAND, "--period", "2024", code=1)
    do("import", "roster", files["mended"], "--program", LAND, "--period", "2024")
    do("batch", "create", "--program", LAND, "--period", "2024")
    pass_on(here, 1, "submit", CLERK)
    pass_on(here, 1, "review", REVIEWER)
    do("batch", "publicize", 1)
    here.day = "2024-06-08"
    pass_on(here, 1, "approve", APPROVER)
    do("bank-file", 1, "--profile", "rural_bank", "--out", folder / "U盘")
    here.day = "2024-06-09"
    do("bank-return", bank_answers(folder / "U盘", folder / "回盘一.xlsx", FAILED))
    do("import", "accounts", files["new accounts"])
    do("reissue", 1)
    for step, who in (("submit", CLERK), ("review", REVIEWER), ("approve", APPROVER)):
        pass_on(here, 2, step, who)
    do("bank-file", 2, "--profile", "rural_bank", "--out", folder / "U盘二")
    here.day = "2024-06-10"
    do("bank-return", bank_answers(folder / "U盘二", folder / "回盘二.xlsx", {}))
    here.day = "2024-07-10"
    do("report", "submit", "2024-06")


def pass_on(here: Terminal, batch: int, step: str, who: str) -> None:
    """One desk, with a reason for each warning of its check."""
    why = reasons(here, batch, step, by=who) if step != "review" else []
    here.ask("batch", step, batch, *why, by=who)


def figures(here: Terminal) -> dict[str, Any]:
    """What an office says of its month, without what only says when and in which file."""
    here.environment |= {"XIANGCAI_PASSWORD": SECRET}
    ask = partial(here.ask, by=CLERK)
    batches = [ask("batch", "show", one) for one in (1, 2)]
    kept = ("number", "state", "payments", "owed_fen", "buckets")
    return {
        "batches": [{name: one[name] for name in kept} for one in batches],
        "lines": [
            [(line["name"], line["owed_fen"], line["bucket"]) for line in one["lines"]] for one in batches
        ],
        "trial": ask("trial-balance"),
        "reports": [(one["month"], one["state"]) for one in ask("report", "list")["reports"]],
        "doctor": ask("doctor"),
    }


@pytest.fixture
def hands(qtbot: QtBot, wall: Wall) -> Iterator[Hands]:
    made = Hands(qtbot, Entrance())
    yield made
    made.close()


@pytest.mark.usefixtures("cheap_keys")
def test_a_month_by_hand_is_the_month_by_commands(hands: Hands, wall: Wall, tmp_path: Path) -> None:
    files = files_in(tmp_path / "收到的表")
    by_hand(hands, wall, tmp_path, files)
    hands.close()
    by_commands(tmp_path / "命令", files)
    window = figures(Terminal(tmp_path / "办公点"))
    commands = figures(Terminal(tmp_path / "命令" / "办公点"))
    assert window == commands
    assert window["batches"][0]["owed_fen"] == sum(round(amount(area) * 100) for area in AREAS)
    assert window["doctor"]["ok"]
