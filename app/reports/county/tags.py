"""Every tag that a county's form may hold: its name, what it means, an example. The list that the clerk reads is this one."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from itertools import chain
from typing import Final

from app.reports.monthly_return import FIELDS

BATCH: Final = "批次"
"""What tags need that speak of one batch."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag; `needs_batch` where it speaks of one batch, which is then chosen on filling."""

    name: str
    meaning: str
    example: str
    needs_batch: bool = False


@dataclass(frozen=True, slots=True)
class RowSet:
    """What a repeated row may be filled with: the tag that marks the row, and the tags that may stand in it."""

    mark: str
    meaning: str
    tags: tuple[Tag, ...]
    needs_batch: bool = False

    @property
    def names(self) -> frozenset[str]:
        """The names of its tags."""
        return frozenset(tag.name for tag in self.tags)


FIGURE_TAGS: Final[Mapping[str, tuple[str, str, str]]] = {
    "should_fen": ("应到位金额", "下达和调整的指标金额", "352600.00"),
    "received_fen": ("到位金额", "实际到账的金额", "352600.00"),
    "owed_households": ("应发户数", "应发的户数，累计为户次", "1208"),
    "owed_people": ("应发人数", "应发的人数，累计为人次", "1352"),
    "owed_fen": ("应发金额", "审批应发的金额，已减停发", "301250.00"),
    "paid_households": ("发放户数", "发放成功的户数，累计为户次", "1196"),
    "paid_people": ("发放人数", "发放成功的人数，累计为人次", "1338"),
    "paid_fen": ("发放金额", "实际发放的金额，含补发，已减退票和追回", "298150.00"),
    "failed_payments": ("失败笔数", "银行退回和退票的笔数", "14"),
    "failed_fen": ("失败金额", "银行退回和退票的金额", "3100.00"),
    "reissued_payments": ("补发笔数", "补发成功的笔数", "9"),
    "reissued_fen": ("补发金额", "补发成功的金额", "2050.00"),
}
"""A return's figures: the tag's name behind 本月, 累计 or 上月累计, its meaning, an example."""

SPANS: Final = {"month": "本月", "before": "上月累计", "year": "累计"}
IN_WORDS: Final = "大写"
_WORDS_OF: Final = ("received_fen", "owed_fen", "paid_fen", "failed_fen")
BALANCE: Final = "结余"


def _figures(*spans: str) -> tuple[Tag, ...]:
    found = [
        Tag(
            f"{SPANS[span]}{FIGURE_TAGS[field][0]}",
            f"{SPANS[span]}{FIGURE_TAGS[field][1]}",
            FIGURE_TAGS[field][2],
        )
        for span in spans
        for field in FIELDS
    ]
    return (*found, Tag(BALANCE, "累计到位减累计发放", "54450.00"))


_WORDS: Final = tuple(
    Tag(f"{SPANS[span]}{FIGURE_TAGS[field][0]}{IN_WORDS}", f"{SPANS[span]}{FIGURE_TAGS[field][0]}的大写", "贰拾玖万捌仟壹佰伍拾元整")
    for span in ("month", "year")
    for field in _WORDS_OF
)  # fmt: skip

SINGLE: Final = (
    Tag("镇名", "乡镇的名称", "云溪镇"),
    Tag("单位", "填报单位：财政所的名称", "云溪镇财政所"),
    Tag("区划代码", "乡镇的行政区划代码", "330624199"),
    Tag("月份", "填报的月份", "2024年6月"),
    Tag("年", "填报月份的年", "2024"),
    Tag("月", "填报月份的月", "6"),
    Tag("填报日期", "填表那天的业务日期", "2024年7月2日"),
    Tag("制表人", "填表的操作员", "经办甲"),
    Tag("月报状态", "这个月的月报到了哪一步", "已上报"),
    Tag("项目数", "月报里有发生额的项目个数", "12"),
    Tag("村数", "村（社区）的个数", "18"),
    Tag("户数", "登记在册的户数", "6210"),
    Tag("人口数", "登记在册的人数", "19844"),
    Tag("专户余额", "代发专户月末账面余额", "61250.00"),
    *_figures("month", "before", "year"),
    *_WORDS,
    Tag("结余大写", "结余的大写", "伍万肆仟肆佰伍拾元整"),
    Tag("批次编号", "所选批次的编号", "2130122-2024-01", needs_batch=True),
    Tag("批次项目", "所选批次的项目名称", "耕地地力保护补贴", needs_batch=True),
    Tag("批次期间", "所选批次的发放期间", "2024年", needs_batch=True),
    Tag("批次文号", "所选批次所依据的政策文号", "浙财农〔2024〕12号", needs_batch=True),
    Tag("批次状态", "所选批次到了哪一步", "已结清", needs_batch=True),
    Tag("批次笔数", "所选批次的笔数，不含停发", "1208", needs_batch=True),
    Tag("批次金额", "所选批次的应发金额，不含停发", "301250.00", needs_batch=True),
    Tag("批次金额大写", "所选批次应发金额的大写", "叁拾万零壹仟贰佰伍拾元整", needs_batch=True),
)
"""Tags that may stand anywhere."""

_SERIAL: Final = Tag("序号", "从 1 起的序号", "1")
_PROGRAM: Final = Tag("项目名称", "补贴项目的名称", "耕地地力保护补贴")
_DEPARTMENT: Final = Tag("主管部门", "项目的主管部门", "农业农村")
_VILLAGE: Final = Tag("村名", "村（社区）的名称", "上溪村")
_BATCH_NUMBER: Final = Tag("批次编号", "批次的编号", "2130122-2024-01")
_OF_PAYMENT: Final = (
    _SERIAL,
    _VILLAGE,
    Tag("组", "村民小组，照登记的写法", "3组"),
    Tag("户主姓名", "户主的姓名", "张三"),
    Tag("户主身份证号", "户主的身份证号", "330624195703145103"),
    Tag("享受人", "享受补贴的人", "张三"),
    Tag("享受人身份证号", "享受人的身份证号", "330624195703145103"),
    Tag("收款人姓名", "收款人的姓名", "张三"),
    Tag("收款人身份证号", "收款人的身份证号", "330624195703145103"),
    Tag("账号", "收款的银行账号", "6217000000000000129"),
    Tag("户名", "账户的户名", "张三"),
    Tag("开户银行", "账户的开户银行", "新昌农商银行"),
    Tag("联系电话", "享受人的电话", "13800000000"),
    Tag("数量", "面积等数量", "2.50"),
    Tag("标准", "补贴标准", "120.55"),
    Tag("金额", "应发金额", "301.38"),
    Tag("去向", "这笔钱现在在哪里", "已发"),
    Tag("原因", "停发、失败、退票的原因", "账户已销户"),
)  # fmt: skip

ROW_SETS: Final = (
    RowSet(
        "每个项目一行",
        "月报里的每个项目",
        (
            _SERIAL, _DEPARTMENT, Tag("项目编码", "补贴项目的编码", "2130122"), _PROGRAM,
            Tag("文号", "资金的文号", "浙财农〔2024〕12号"), Tag("资金级次", "资金来自哪一级", "省"),
            *_figures("month", "before", "year"),
            Tag("发放日期", "本月发放的日期", "06-20"), Tag("备注", "月报的备注", "追回 1 笔 10.00 元"),
        ),
    ),
    RowSet("每个部门一行", "月报里的每个主管部门，各数是小计", (_SERIAL, _DEPARTMENT, *_figures("month", "before", "year"))),
    RowSet(
        "每个村一行",
        "每个村（社区），按本月和本年审批的批次统计，去向按现在的",
        (
            _SERIAL, _VILLAGE, Tag("村编码", "村（社区）的区划代码", "330624199201"),
            Tag("本月应发笔数", "本月审批的应发笔数", "86"), Tag("本月应发户数", "本月审批的应发户数", "80"),
            Tag("本月应发金额", "本月审批的应发金额", "21500.00"), Tag("本月发放笔数", "其中已发的笔数", "84"),
            Tag("本月发放金额", "其中已发的金额，已减追回", "21000.00"), Tag("本月失败笔数", "其中失败、退票还没有补发的笔数", "2"),
            Tag("本月失败金额", "其中失败、退票还没有补发的金额", "500.00"), Tag("累计应发金额", "本年累计审批的应发金额", "128000.00"),
            Tag("累计发放金额", "本年累计已发的金额，已减追回", "126500.00"),
        ),
    ),
    RowSet(
        "每个批次一行",
        "本月审批的每个批次，含补发",
        (
            _SERIAL, _BATCH_NUMBER, _PROGRAM, _DEPARTMENT, Tag("期间", "发放期间", "2024年6月"),
            Tag("种类", "发放或补发", "发放"), Tag("状态", "批次到了哪一步", "已结清"), Tag("审批日期", "审批的日期", "2024-06-18"),
            Tag("应发笔数", "笔数，不含停发", "86"), Tag("应发金额", "金额，不含停发", "21500.00"),
            Tag("发放笔数", "已发的笔数", "84"), Tag("发放金额", "已发的金额，已减追回", "21000.00"),
            Tag("失败笔数", "失败、退票还没有补发的笔数", "2"), Tag("失败金额", "失败、退票还没有补发的金额", "500.00"),
        ),
    ),
    RowSet("每人一行", "所选批次的每一笔，停发的除外", _OF_PAYMENT, needs_batch=True),
    RowSet(
        "每笔失败一行",
        "本月银行退回和退票的每一笔；选了批次时是那个批次的",
        (*_OF_PAYMENT, _PROGRAM, _BATCH_NUMBER, Tag("失败日期", "银行答复、登记退票的日期", "2024-06-20"), Tag("失败原因", "银行所说的原因", "账户已销户")),
    ),
    RowSet(
        "每条指标一行",
        "月末的每条资金指标",
        (
            _SERIAL, _DEPARTMENT, _PROGRAM, Tag("文号", "下达的文号", "浙财农〔2024〕12号"), Tag("资金级次", "资金来自哪一级", "省"),
            Tag("年度", "指标的年度", "2024"), Tag("下达日期", "下达的日期", "2024-05-20"), Tag("指标金额", "指标金额", "352600.00"),
            Tag("到账金额", "实际到账的金额", "352600.00"), Tag("已用金额", "已经用于发放的金额", "298150.00"),
            Tag("可用余额", "指标和到账取小，减已用", "54450.00"),
        ),
    ),
)  # fmt: skip
"""What a repeated row may be, in the order of the list."""

SETS_BY_MARK: Final[Mapping[str, RowSet]] = {one.mark: one for one in ROW_SETS}
SINGLE_NAMES: Final[Mapping[str, Tag]] = {tag.name: tag for tag in SINGLE}


@cache
def tag_key(written: str) -> str:
    """A tag as it is looked up: 实发 is another word for 发放, blanks inside do not count."""
    return "".join(written.split()).replace("实发", "发放")


@cache
def known_names() -> tuple[str, ...]:
    """All names, marks of rows too."""
    within = chain.from_iterable((tag.name for tag in one.tags) for one in ROW_SETS)
    return tuple(dict.fromkeys((*SINGLE_NAMES, *SETS_BY_MARK, *within)))


def nearest(name: str, among: tuple[str, ...] | frozenset[str] | None = None) -> str:
    """The tag most like a name that is none, '' where none is alike."""
    known = list(among if among is not None else known_names())
    close = get_close_matches(tag_key(name), known, n=1, cutoff=0.5)
    return close[0] if close else ""
