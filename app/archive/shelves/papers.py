"""The papers of a volume: cover 案卷封面, contents 卷内目录, note 备考表, spine 脊背; and a month's vouchers as one book."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.archive.shelves.queries import VolumeView, volume_view
from app.archive.shelves.steps import office_name
from app.ledger.queries import lines_of, vouchers
from app.reports.sheet_model import Group, Row, SheetModel
from app.workbook.table_columns import Column, Kind
from models.store.opening import Store

_FACTS: Final = (Column("项目", width=16, align="center"), Column("内容", width=62))


@dataclass(frozen=True, slots=True)
class BoxLabel:
    """What stands on a box and on a spine 脊背: plain texts, for the printing of labels."""

    code: str
    fonds: str
    year: str
    retention: str
    class_name: str
    title: str
    office: str
    span: str


def box_label(store: Store, volume: int | str) -> BoxLabel:
    """The label of a volume. Raises NoSuchVolume."""
    found = volume_view(store, volume)
    row = found.volume
    return BoxLabel(
        row.code,
        row.fonds,
        str(row.year),
        row.kept,
        found.class_name,
        row.title,
        office_name(store),
        _span(found),
    )


def volume_papers(store: Store, volume: int | str, made: str) -> list[SheetModel]:
    """Cover, contents, note and spine of a volume; `made` is the line at the foot. Raises NoSuchVolume."""
    found = volume_view(store, volume)
    office = office_name(store)
    return [
        cover_sheet(found, office, made),
        contents_sheet(found, made),
        note_sheet(found, made),
        spine_sheet(found, office, made),
    ]


def _span(found: VolumeView) -> str:
    first, last = found.span
    return f"{first} 至 {last}" if first != last else first


def _facts(name: str, title: str, facts: list[tuple[str, str]], made: str, **more: object) -> SheetModel:
    return SheetModel(
        name=name,
        title=title,
        columns=_FACTS,
        groups=(Group(facts),),
        right="",
        total_label="",
        made=made,
        landscape=False,
        **more,  # type: ignore[arg-type]  # what a sheet has beside
    )


def cover_sheet(found: VolumeView, office: str, made: str) -> SheetModel:
    """The cover 案卷封面."""
    row = found.volume
    return _facts(
        "案卷封面",
        "案卷封面",
        [
            ("档号", row.code),
            ("题名", row.title),
            ("立档单位", office),
            ("责任者", row.responsible),
            ("门类", found.class_name),
            ("年度", str(row.year)),
            ("起止日期", _span(found)),
            ("保管期限", row.kept),
            ("件数", f"{len(found.papers)} 件"),
            ("页数", f"{found.pages} 页"),
            ("存放位置", row.shelf),
        ],
        made,
    )


def contents_sheet(found: VolumeView, made: str) -> SheetModel:
    """The contents 卷内目录: 顺序号 文号 责任者 题名 日期 页号 备注 (DOMAIN §11)."""
    rows: list[Row] = []
    page = 1
    for paper in found.papers:
        last = page + paper.pages - 1
        span = str(page) if last == page else f"{page}-{last}"
        day = date.fromisoformat(paper.dated)
        rows.append((paper.place, paper.document, paper.responsible, paper.title, day, span, paper.remark))
        page = last + 1
    return SheetModel(
        name="卷内目录",
        title="卷内目录",
        columns=(
            Column("顺序号", Kind.COUNT, 6, align="center"),
            Column("文号", width=18),
            Column("责任者", width=14),
            Column("题名", width=34),
            Column("日期", Kind.DATE, 11),
            Column("页号", width=8, align="center"),
            Column("备注", width=12),
        ),
        groups=(Group(rows),),
        left=f"档号：{found.volume.code}",
        right="",
        total_label="",
        made=made,
        landscape=False,
    )


def note_sheet(found: VolumeView, made: str) -> SheetModel:
    """The note at the end 备考表: what is in it, what happened to it, who bound it."""
    row = found.volume
    return _facts(
        "备考表",
        "卷内备考表",
        [
            ("档号", row.code),
            (
                "本卷情况说明",
                row.note or f"本卷共 {len(found.papers)} 件、{found.pages} 页，完整，无缺损。",
            ),
            ("未了结事项", row.held_for or "无"),
            ("立卷日期", row.bound_on or ""),
            ("存放位置", row.shelf),
        ],
        made,
        signatures=("立卷人：", "检查人：　　　　　　　　日期："),
    )


def spine_sheet(found: VolumeView, office: str, made: str) -> SheetModel:
    """The spine 脊背, to be cut out."""
    row = found.volume
    return _facts(
        "脊背",
        "案卷脊背",
        [
            ("全宗号", row.fonds),
            ("年度", str(row.year)),
            ("保管期限", row.kept),
            ("档号", row.code),
            ("题名", row.title),
            ("起止日期", _span(found)),
            ("立档单位", office),
        ],
        made,
    )


def voucher_book(store: Store, month: str, first: int, last: int) -> SheetModel:
    """The vouchers of a month from one number to another, every line of them."""
    rows: list[Row] = []
    for one in vouchers(store, month):
        if first <= one.number <= last:
            rows += [
                (
                    one.name, date.fromisoformat(one.posted_on), one.event_name, one.summary, line.ledger_name, line.debit_fen or None,
                    line.credit_fen or None, line.document, line.batch, one.attachments, one.operator,
                )
                for line in lines_of(store, one.id)
            ]  # fmt: skip
    return SheetModel(
        name=f"{month} 记账凭证",
        title=f"{store.value('SELECT township FROM office')}记账凭证（{month}）",
        columns=(
            Column("凭证", width=9, align="center", wrap=False),
            Column("日期", Kind.DATE, 11),
            Column("业务", width=10),
            Column("摘要", width=28),
            Column("科目", width=16),
            Column("借方（元）", Kind.MONEY, 14, total=True),
            Column("贷方（元）", Kind.MONEY, 14, total=True),
            Column("文号", width=18),
            Column("批次", width=16, wrap=False),
            Column("附件", Kind.COUNT, 6),
            Column("制单", width=8),
        ),
        groups=(Group(rows),),
    )
