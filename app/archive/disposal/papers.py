"""The papers of disposal: destruction list 销毁清册, hand-over list 移交清册, custody list 保管清册, the list of what is due 到期鉴定."""

from collections.abc import Iterable, Sequence
from typing import Final

from app.archive.disposal.queries import DisposalView, disposal_of, due_volumes
from app.archive.shelves.steps import VolumeRow, office_name, volumes_where
from app.reports.sheet_model import Cell, Group, Row, SheetModel
from app.workbook.table_columns import Column, Kind
from models.domain.flows.disposal_flow import DISPOSAL_STATE_NAMES, DisposalKind
from models.domain.flows.volume_flow import VOLUME_STATE_NAMES
from models.store.opening import Store

_VOLUME_COLUMNS: Final = (
    Column("序号", Kind.COUNT, 6, align="center"),
    Column("档号", width=25, wrap=False),
    Column("题名", width=34),
    Column("年度", width=7, align="center"),
    Column("保管期限", width=9, align="center"),
    Column("件数", Kind.COUNT, 7, total=True),
)
_DESTROYABLE: Final = Column("可销毁日期", width=12, align="center")
_SHELF: Final = Column("存放位置", width=12)


def _sheet(
    store: Store,
    name: str,
    title: str,
    volumes: Iterable[tuple[VolumeRow, *tuple[Cell, ...]]],
    columns: Sequence[Column],
    made: str,
    *,
    left: str,
    signatures: Sequence[str],
    preface: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> SheetModel:
    """A list of volumes, each with cells of its own under `columns`; the office stands before the title."""
    papers: dict[int, int] = dict(store.rows("SELECT volume_id, count(*) FROM filing GROUP BY volume_id"))
    rows: list[Row] = [
        (number, one.code, one.title, str(one.year), one.kept, papers.get(one.id, 0), *more)
        for number, (one, *more) in enumerate(volumes, 1)
    ]
    return SheetModel(
        name=name,
        title=office_name(store) + title,
        columns=(*_VOLUME_COLUMNS, *columns),
        groups=(Group(rows),),
        preface=preface,
        left=left,
        right="",
        notes=notes,
        signatures=signatures,
        made=made,
    )


def disposal_sheet(store: Store, disposal: int | str, made: str) -> SheetModel:
    """The destruction or hand-over list, with those who made it and watched. Raises NoSuchDisposal."""
    found = disposal_of(store, disposal)
    if found.kind is DisposalKind.DESTROY:
        return _destruction(store, found, made)
    return _hand_over(store, found, made)


def _people(found: DisposalView, word: str) -> str:
    return "、".join(f"{name}（{day}）" for _, name, day in found.witnesses) or f"（待{word}）"


def _destruction(store: Store, found: DisposalView, made: str) -> SheetModel:
    return _sheet(
        store,
        "销毁清册",
        "会计档案销毁清册",
        (
            (volume, str(volume.destroyable_on or ""), opinion or "同意销毁")
            for volume, opinion in zip(found.volumes, found.opinions, strict=True)
        ),
        (_DESTROYABLE, Column("鉴定意见", width=16)),
        made,
        left=f"编号：{found.number}    {DISPOSAL_STATE_NAMES[found.state]}",
        preface=(f"销毁依据：{found.reason}",),
        notes=(
            f"编制人：{found.operator}（{found.made_on}）    监销人：{_people(found, '监销')}",
            f"销毁日期：{found.done_on or '（未销毁）'}",
        ),
        signatures=("单位负责人：", "档案人员：", "监销人：", "监销人："),
    )


def _hand_over(store: Store, found: DisposalView, made: str) -> SheetModel:
    return _sheet(
        store,
        "移交清册",
        "会计档案移交清册",
        (
            (volume, volume.shelf, opinion)
            for volume, opinion in zip(found.volumes, found.opinions, strict=True)
        ),
        (_SHELF, Column("备注", width=16)),
        made,
        left=f"编号：{found.number}    {DISPOSAL_STATE_NAMES[found.state]}",
        preface=(f"移交原因：{found.reason}", f"接收方：{found.taker}"),
        notes=(
            f"移交人：{found.operator}（{found.made_on}）    监交人：{_people(found, '监交')}",
            f"移交日期：{found.done_on or '（未移交）'}",
        ),
        signatures=("移交人：", "接收人：", "监交人：", "日期："),
    )


def due_sheet(store: Store, day: str, made: str) -> SheetModel:
    """The volumes whose retention is over on `day`, with room for the appraisal's opinion 到期鉴定表."""
    return _sheet(
        store,
        "到期鉴定",
        "到期会计档案鉴定表",
        ((one.volume, one.since, one.held or "无", "") for one in due_volumes(store, day)),
        (_DESTROYABLE, Column("未了结事项", width=24), Column("鉴定意见", width=16)),
        made,
        left=f"截至 {day}",
        signatures=("鉴定小组：", "单位负责人：", "日期："),
    )


def custody_sheet(store: Store, made: str, year: int | None = None) -> SheetModel:
    """Every volume there ever was, of a year or of all, and where it is now 保管清册."""
    return _sheet(
        store,
        "保管清册",
        "会计档案保管清册",
        (
            (one, VOLUME_STATE_NAMES[one.state], one.shelf, one.made_on)
            for one in volumes_where(store, "year = coalesce(?, year)", (year,))
        ),
        (Column("状态", width=9, align="center"), _SHELF, Column("立卷日期", width=12, align="center")),
        made,
        left=f"{year} 年" if year else "全部年度",
        signatures=("档案人员：", "单位负责人："),
    )
