"""The four checks 四性检测 of a year's archive: 真实性 完整性 可用性 安全性, each one with how much was looked at and what is wrong."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.archive.shelves.queries import FilingView, loose_filings, volume_view, volumes
from app.archive.yearly.formats import look_into
from app.audit.queries import seal_problems, trail_problems
from app.reports.sheet_model import Group, SheetModel
from app.workbook.table_columns import Column, Kind
from app.yearend.queries import moved_balances
from models.domain.flows.volume_flow import VolumeState
from models.domain.refusal import Refusal
from models.store.opening import Store

AUTHENTIC: Final = "真实性"
COMPLETE: Final = "完整性"
USABLE: Final = "可用性"
SAFE: Final = "安全性"
_NAMED: Final = 5
_COVERED: Final = re.compile(r"记-(\d+)至记-(\d+)")


@dataclass(frozen=True, slots=True)
class QualityCheck:
    """One one: its quality, what is asked, how many things were looked at, what is wrong with which."""

    quality: str
    name: str
    looked_at: int
    faults: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Nothing is wrong."""
        return not self.faults

    @property
    def words(self) -> str:
        """The faults in one line, the first ones by name."""
        more = f"；等 {len(self.faults)} 处" if len(self.faults) > _NAMED else ""
        return "；".join(self.faults[:_NAMED]) + more


def kept_filings(store: Store, year: int) -> list[FilingView]:
    """Everything of the year that is still here, bound or loose, in the order of the shelves."""
    bound = [
        paper
        for volume in volumes(store, year)
        if volume.state in (VolumeState.OPEN, VolumeState.BOUND)
        for paper in volume_view(store, volume.id).papers
    ]
    return [*bound, *loose_filings(store, year)]


def check_year(store: Store, year: int) -> list[QualityCheck]:
    """All checks of a year, quality by quality; reads every file of it."""
    papers = kept_filings(store, year)
    changed, unusable, unsafe = [], [], []
    filed = [paper for paper in papers if paper.file_sha256]
    for paper in filed:
        label = f"“{paper.title}”（{paper.file_name}）"
        try:
            body = store.files.read(paper.file_sha256, paper.file_name)
        except Refusal as no:
            changed.append(no.sentence)
            continue
        found = look_into(paper.file_name, body)
        if found.unusable:
            unusable.append(f"{label}{found.unusable}")
        if found.unsafe:
            unsafe.append(f"{label}{found.unsafe}")
    plain = [
        f"“{paper.title}”没有加密存放" for paper in filed if not store.files.is_encrypted(paper.file_sha256)
    ]
    return [
        QualityCheck(AUTHENTIC, "每个文件与收存时的校验值一致", len(filed), tuple(changed)),
        QualityCheck(AUTHENTIC, "操作日志前后相连，没有改动和缺失", _count(store, "audit_line"), tuple(trail_problems(store))),
        QualityCheck(AUTHENTIC, "账、批次、款项的封签完好", _count(store, "seal"), tuple(seal_problems(store))),
        QualityCheck(AUTHENTIC, "结账以后账面没有变动", 1, tuple(_moved(store, year))),
        *_complete(store, year, papers),
        QualityCheck(USABLE, "每个文件都打得开，是长期保存的格式", len(filed), tuple(unusable)),
        QualityCheck(SAFE, "没有程序、宏和会运行的内容", len(filed), tuple(unsafe)),
        QualityCheck(SAFE, "在本单位加密存放", len(filed), tuple(plain)),
    ]  # fmt: skip


def _count(store: Store, table: str) -> int:
    return int(store.value(f"SELECT count(*) FROM {table}"))


def _moved(store: Store, year: int) -> Iterator[str]:
    for closed, one, _ in moved_balances(store):
        if closed == year:
            yield f"“{one.ledger_name}”{one.document}与结账时不同"


def _complete(store: Store, year: int, papers: list[FilingView]) -> Iterator[QualityCheck]:
    rows = store.rows(
        "SELECT month, count(*), max(number) FROM voucher WHERE substr(month, 1, 4) = ? GROUP BY month ORDER BY month",
        (str(year),),
    )
    yield QualityCheck(
        COMPLETE, "凭证号连续，全部组卷", sum(row[1] for row in rows), tuple(_vouchers(store, rows))
    )
    batches = store.rows(
        "SELECT b.number, b.state, EXISTS (SELECT 1 FROM filing f JOIN dossier d ON d.sha256 IN (f.file_sha256, f.was_sha256)"
        " WHERE d.batch_id = b.id AND f.volume_id IS NOT NULL) FROM batch b WHERE substr(b.settled_on, 1, 4) = ?"
        " AND b.state <> 'cancelled' ORDER BY b.number",
        (str(year),),
    )
    yield QualityCheck(
        COMPLETE, "当年结清的批次都已归档并组卷", len(batches),
        tuple(f"批次 {number}{'已归档，没有装卷' if state == 'archived' else '还没有归档'}" for number, state, filed in batches if not filed),
    )  # fmt: skip
    months = store.rows(
        "SELECT m.month, r.file_sha256 FROM (SELECT DISTINCT month FROM month_tally UNION SELECT month FROM monthly_return) m"
        " LEFT JOIN monthly_return r ON r.month = m.month WHERE substr(m.month, 1, 4) = ? ORDER BY 1",
        (str(year),),
    )
    yield QualityCheck(
        COMPLETE, "有业务的月份都有月报", len(months), tuple(f"{month} 没有上报的月报" for month, sha256 in months if not sha256)
    )  # fmt: skip
    there = volumes(store, year)
    yield QualityCheck(
        COMPLETE, "案卷都已成卷，卷内顺序号连续", len(there),
        tuple(f"案卷 {one.code} 还没有成卷" for one in there if one.state is VolumeState.OPEN) + tuple(_gaps(store, year)),
    )  # fmt: skip
    yield QualityCheck(
        COMPLETE, "材料都已装卷", len(papers), tuple(f"“{paper.title}”还没有装卷" for paper in papers if not paper.place)
    )  # fmt: skip
    yield QualityCheck(
        COMPLETE, "题名、责任者、日期著录齐全", len(papers),
        tuple(f"“{paper.title}”没有责任者" for paper in papers if not paper.responsible),
    )  # fmt: skip


def _vouchers(store: Store, rows: list[tuple[str, int, int]]) -> Iterator[str]:
    for month, count, last in rows:
        if count != last:
            yield f"{month} 的凭证号不连续"
        remarks = store.rows(
            "SELECT f.file_name FROM filing f JOIN volume v ON v.id = f.volume_id WHERE v.filled_from = 'vouchers' AND v.subject = ?",
            (month,),
        )
        covered = max((int(found[2]) for (text,) in remarks if (found := _COVERED.search(text))), default=0)
        if covered < last:
            yield f"{month} 的凭证从记-{covered + 1:04d} 起没有组卷"


def _gaps(store: Store, year: int) -> Iterator[str]:
    for (code,) in store.rows(
        "SELECT v.code FROM volume v JOIN filing f ON f.volume_id = v.id WHERE v.year = ? GROUP BY v.id"
        " HAVING count(*) <> max(f.place) ORDER BY v.code",
        (year,),
    ):
        yield f"案卷 {code} 的顺序号不连续"


def check_sheet(office: str, year: int, checks: list[QualityCheck], made: str) -> SheetModel:
    """The result sheet 四性检测结果表."""
    bad = sum(not one.passed for one in checks)
    return SheetModel(
        name="四性检测",
        title=f"{office}{year}年度电子会计档案四性检测结果表",
        columns=(
            Column("序号", Kind.COUNT, 6, align="center"),
            Column("检测类别", width=10, align="center"),
            Column("检测项目", width=36),
            Column("检测数量", Kind.COUNT, 10),
            Column("结果", width=9, align="center"),
            Column("说明", width=46),
        ),
        groups=(
            Group(
                [
                    (
                        number,
                        one.quality,
                        one.name,
                        one.looked_at,
                        "通过" if one.passed else "不通过",
                        one.words,
                    )
                    for number, one in enumerate(checks, 1)
                ]
            ),
        ),
        right="",
        total_label="",
        notes=("检测结论：" + ("全部通过。" if not bad else f"有 {bad} 项不通过，见说明。"),),
        signatures=("检测人：", "复核人：", "日期："),
        made=made,
    )
