"""Workbooks in the many layouts of DOMAIN §6, drawn at random: what `tests.townships` writes its lines into."""

import csv
import html
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random

import xlsxwriter

Cell = str | int | float | date | None

NOTES: tuple[tuple[Cell, ...], ...] = (
    ("填表人：张三", None, "审核人：李四", None, "2024年6月30日"),
    ("注：本表一式三份，村、镇、县各存一份。",),
    ("单位（盖章）：云溪镇人民政府", None, None, "负责人签字："),
    ("制表：王五", "复核：赵六"),
    ("说明：1.数据截至2024年6月30日。",),
    (None, "2024年6月30日"),
    ("以上情况属实。",),
    ("村书记（签字）：", None, "村主任（签字）："),
    ("第1页，共1页",),
    ("备注：金额四舍五入到分。",),
)

ENCODINGS = ("gb18030", "gbk", "utf-8", "utf-8-sig", "utf-16")

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")

HEADINGS: dict[str, tuple[str, ...]] = {
    "serial": ("序号", "编号"),
    "village": ("村", "行政村", "村（社区）", "村名", "所在村"),
    "group": ("组", "村民小组", "小组", "组别"),
    "household_no": ("户编号", "户号", "户编码"),
    "head": ("户主姓名", "户主", "农户姓名"),
    "head_id": ("户主身份证号",),
    "name": ("姓名", "家庭成员姓名", "享受对象姓名", "对象姓名"),
    "relation": ("与户主关系", "家庭关系"),
    "sex": ("性别",),
    "id_number": ("身份证号", "身份证号码", "公民身份号码", "证件号码", "证件号"),
    "birth": ("出生日期", "出生年月日"),
    "phone": ("联系电话", "手机号", "电话"),
    "account": ("账号", "银行账号", "社保卡账号", "社保卡金融账号", "一卡通账号", "一卡通账（卡）号"),
    "holder": ("户名",),
    "bank": ("开户银行", "开户行", "代发银行"),
    "medium": ("介质", "账户类型", "卡折标志"),
    "quantity": ("面积（亩）", "补贴面积（亩）", "公益林面积（亩）"),
    "rate": ("补贴标准（元/亩）", "补偿标准（元/亩）"),
    "amount": ("补贴金额（元）", "应发金额(元)", "金额", "实发金额"),
    "heads": ("保障人数",),
    "grade": ("残疾等级",),
    "care_level": ("护理等级",),
    "age": ("年龄",),
    "cost": ("改造费用（元）",),
    "died_on": ("死亡日期",),
    "payee_name": ("收款人姓名",),
    "payee_id": ("收款人身份证号",),
    "remark": ("备注", "说明"),
    "unknown": ("文化程度", "民族", "政治面貌"),
}


class Layout:
    """How one workbook is laid out, drawn at random: `kind` xlsx or csv, titles, heading levels, order, extras."""

    def __init__(self, rng: Random, fields: Sequence[str], *, by_village: bool, kind: str = "") -> None:
        self.rng = rng
        self.kind = kind or rng.choice(("xlsx", "xlsx", "xlsx", "csv"))
        self.by_village = by_village and self.kind in ("xlsx", "ods")
        self.encoding = ""
        self.merges = True
        self.footer = ""
        self.titles = rng.randrange(4)
        self.has_gap = rng.random() < 0.2
        self.has_cover = rng.random() < 0.2
        self.has_formulas = rng.random() < 0.3
        self.has_phantoms = rng.random() < 0.3
        self.hides = rng.random() < 0.2
        self.levels = rng.choice((1, 1, 1, 2, 2, 3))
        self.left = rng.choice((0, 0, 1))
        self.repeat_every = rng.choice((0, 0, 17))
        self.blank_every = rng.choice((0, 0, 13))
        self.notes = rng.random() < 0.6
        self.scale = 1
        order = [*fields, *(["unknown"] if rng.random() < 0.5 else [])]
        if rng.random() < 0.7:
            rng.shuffle(order)
        self.order = order
        self.headings = {name: rng.choice(HEADINGS[name]) for name in order}

    def noisy(self, text: str) -> str:
        """The same digits or name as people type them: blanks, full-width digits, apostrophes, unseen characters."""
        rng = self.rng
        if rng.random() < 0.85:
            return text
        return rng.choice(
            (
                lambda: f" {text}  ",
                lambda: f"{text}\u00a0",
                lambda: f"\u200b{text}",
                lambda: f"'{text}",
                lambda: text.translate(FULL_WIDTH) if text.isascii() else text,
                text.lower,
                lambda: f"{text[:6]} {text[6:]}" if text.isascii() else f"{text[:1]}\u3000{text[1:]}",
            )
        )()

    def day(self, day: date) -> Cell:
        """A date in one of the forms offices write."""
        forms: tuple[Callable[[], Cell], ...] = (
            day.isoformat,
            lambda: f"{day:%Y%m%d}",
            lambda: f"{day.year}.{day.month}.{day.day}",
            lambda: f"{day.year}/{day.month:02d}/{day.day:02d}",
            lambda: f"{day.year}年{day.month}月{day.day}日",
            lambda: day,
            lambda: (day - date(1899, 12, 30)).days,
            lambda: int(f"{day:%Y%m%d}"),
        )
        return self.rng.choice(forms)()

    def money(self, fen: Fraction) -> Cell:
        """An amount as a number or as text of a number; `fen` may hold parts of a fen."""
        yuan = fen / 100 / self.scale
        number = float(yuan)
        if self.scale != 1 or self.rng.random() < 0.8:
            return number
        text = f"{number:,.2f}" if self.rng.random() < 0.5 else f"¥{number:.2f}"
        return text if Fraction(f"{number:.2f}") == yuan else number


class Book:
    """A workbook being written: rows of cells by sheet, and merges."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.sheets: dict[str, list[list[Cell]]] = {}
        self.merges: list[tuple[str, int, int, int]] = []

    def begin(self, sheet: str, title: str) -> list[list[Cell]]:
        """A sheet with its titles and headings."""
        layout = self.layout
        rows = self.sheets.setdefault(sheet, [])
        unit = "单位：万元" if layout.scale != 1 else "填报单位（盖章）：云溪镇人民政府"
        titles: list[str] = [title, unit, "2024年6月"][: layout.titles]
        if layout.scale != 1 and layout.titles < 2:
            titles = [title, unit]
        rows += [self.placed([text]) for text in titles]
        if layout.has_gap:
            rows.append([])
        self.heading(rows)
        return rows

    def placed(self, cells: Sequence[Cell]) -> list[Cell]:
        """A row's cells from the layout's first column on."""
        return [None] * self.layout.left + list(cells)

    def heading(self, rows: list[list[Cell]]) -> None:
        """The heading, of one to three levels: groups over runs of columns, every other heading merged downwards."""
        layout = self.layout
        leaves: list[Cell] = [layout.headings[name] for name in layout.order]
        if layout.levels == 1 or len(leaves) < 5:
            rows.append(self.placed(leaves))
            return
        top: list[Cell] = list(leaves)
        below: list[Cell] = [None] * len(leaves)
        for start, group in ((1, "基本信息"), (len(leaves) - 2, "发放情况")):
            for place in (start, start + 1):
                below[place], top[place] = leaves[place], group if place == start else None
        if layout.levels == 3:
            over: list[Cell] = [leaves[0], "对象情况", *([None] * (len(leaves) - 2))]
            top[0] = None
            rows.append(self.placed(over))
        rows += [self.placed(top), self.placed(below)]

    def add(self, sheet: str, cells: Mapping[str, Cell]) -> int:
        """A row of data; gives its Excel number."""
        rows = self.sheets[sheet]
        rows.append(self.placed([cells.get(name) for name in self.layout.order]))
        return len(rows)

    def pause(self, sheet: str, count: int) -> None:
        """Between two rows: sometimes a blank row, sometimes the heading again as on a new page."""
        layout, rows = self.layout, self.sheets[sheet]
        if layout.blank_every and count % layout.blank_every == 0:
            rows.append(self.placed([layout.rng.choice((None, "  "))]))
        if layout.repeat_every and count % layout.repeat_every == 0:
            self.heading(rows)

    def close(self, sheet: str) -> None:
        """Notes and signatures under the rows."""
        layout, rows = self.layout, self.sheets[sheet]
        if layout.notes:
            rows += [self.placed(note) for note in layout.rng.sample(NOTES, 3)]

    def merge(self, sheet: str, name: str, first: int, last: int) -> None:
        """Merge a field's cells over Excel rows; in a text table the lower ones are left empty, as an export does."""
        if name not in self.layout.order:
            return
        column = self.layout.left + self.layout.order.index(name)
        for row in self.sheets[sheet][first:last]:
            row[column] = None
        self.merges.append((sheet, first, last, column))

    def write(self, path: Path) -> Path:
        """Write the file; gives its path with the ending."""
        if self.layout.kind in ("csv", "txt"):
            return self._write_text(path.with_suffix(f".{self.layout.kind}"))
        if self.layout.kind == "html":
            return self._write_page(path.with_suffix(".xls"))
        if self.layout.kind == "ods":
            return self._write_open_document(path.with_suffix(".ods"))
        path = path.with_suffix(".xlsx")
        book = xlsxwriter.Workbook(str(path))
        day_form = book.add_format({"num_format": "yyyy-mm-dd"})
        bordered = book.add_format({"border": 1})
        if self.layout.has_cover:
            cover = book.add_worksheet("说明")
            cover.write_column(0, 0, ["填表说明", "一、身份证号请按文本填写。", "二、金额保留两位小数。"])
            book.add_worksheet("空表")
        for name, rows in self.sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(number, column, cell)
                    elif isinstance(cell, date):
                        sheet.write_datetime(number, column, cell, day_form)
                    elif cell is not None and self.layout.has_formulas and abs(cell) < 10**9:
                        sheet.write_formula(number, column, f"={cell!r}*1", None, cell)
                    elif cell is not None:
                        sheet.write_number(number, column, cell)
                if self.layout.hides and number % 7 == 6:
                    sheet.set_row(number, None, None, {"hidden": True})
            if self.layout.has_phantoms:
                for number in range(len(rows), len(rows) + 30):
                    for column in range(self.layout.left + len(self.layout.order) + 3):
                        sheet.write_blank(number, column, None, bordered)
            for of_sheet, first, last, column in self.merges:
                if of_sheet == name and last > first:
                    cell = rows[first - 1][column]
                    sheet.merge_range(first - 1, column, last - 1, column, "")
                    if isinstance(cell, str):
                        sheet.write_string(first - 1, column, cell)
                    elif isinstance(cell, (int, float)):
                        sheet.write_number(first - 1, column, cell)
        book.close()
        return path

    def _write_text(self, path: Path) -> Path:
        (rows,) = self.sheets.values()
        encoding = self.layout.encoding or self.layout.rng.choice(("gb18030", "utf-8-sig"))
        with open(path, "w", encoding=self._able(encoding), newline="") as stream:
            writer = csv.writer(stream, delimiter="\t" if self.layout.kind == "txt" else ",")
            for row in rows:
                writer.writerow(["" if cell is None else _in_text(cell) for cell in row])
        return path

    def _able(self, encoding: str) -> str:
        """The encoding, or one that can write what GBK cannot."""
        texts = [
            cell for rows in self.sheets.values() for row in rows for cell in row if isinstance(cell, str)
        ]
        try:
            "".join(texts).encode(encoding)
        except UnicodeEncodeError:
            return "gb18030"
        return encoding

    def _spans(self, sheet: str) -> dict[tuple[int, int], int]:
        """(row, column) from 0 of each merge's first cell → how many rows it spans."""
        return {
            (first - 1, column): last - first + 1
            for of_sheet, first, last, column in self.merges
            if of_sheet == sheet and last > first
        }

    def _cells(self, sheet: str) -> list[list[tuple[Cell, int, bool]]]:
        """Each cell with how many rows it spans, and whether it lies under a merge."""
        rows, spans = self.sheets[sheet], self._spans(sheet)
        under = {(row + down, column) for (row, column), count in spans.items() for down in range(1, count)}
        width = max(map(len, rows), default=0)
        return [
            [
                (
                    row[column] if column < len(row) else None,
                    spans.get((number, column), 1),
                    (number, column) in under,
                )
                for column in range(width)
            ]
            for number, row in enumerate(rows)
        ]

    def _write_page(self, path: Path) -> Path:
        """A web page that calls itself .xls, as government sites export them."""
        (sheet,) = self.sheets
        encoding = self._able(self.layout.encoding or "utf-8")
        lines = [
            "<tr>"
            + "".join(
                f"<td{f' rowspan={span}' if span > 1 else ''}>{'' if cell is None else html.escape(_in_text(cell))}</td>"
                for cell, span, is_under in row
                if not is_under
            )
            + "</tr>"
            for row in self._cells(sheet)
        ]
        page = f'<html><head><meta charset="{encoding}"></head><body><table>{"".join(lines)}</table></body></html>'
        path.write_bytes(page.encode(encoding))
        return path

    def _write_open_document(self, path: Path) -> Path:
        tables = [
            f'<table:table table:name="{html.escape(name)}">'
            + "".join(
                f"<table:table-row>{''.join(map(_open_cell, row)) or '<table:table-cell/>'}</table:table-row>"
                for row in self._cells(name)
            )
            + "</table:table>"
            for name in self.sheets
        ]
        spaces = " ".join(
            f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
            for prefix in ("office", "table", "text")
        )
        content = (
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2"><office:body>'
            f"<office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body></office:document-content>"
        )
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(
                "mimetype", "application/vnd.oasis.opendocument.spreadsheet", compress_type=zipfile.ZIP_STORED
            )
            archive.writestr("content.xml", content)
            archive.writestr(
                "META-INF/manifest.xml",
                '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry'
                ' manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
                "</manifest:manifest>",
            )
        return path


def _open_cell(cell_and_merge: tuple[Cell, int, bool]) -> str:
    cell, span, is_under = cell_and_merge
    if is_under:
        return "<table:covered-table-cell/>"
    spanned = f' table:number-rows-spanned="{span}" table:number-columns-spanned="1"' if span > 1 else ""
    if cell is None:
        return f"<table:table-cell{spanned}/>"
    if isinstance(cell, str):
        kind = 'office:value-type="string"'
    elif isinstance(cell, date):
        kind = f'office:value-type="date" office:date-value="{cell.isoformat()}"'
    else:
        kind = f'office:value-type="float" office:value="{cell!r}"'
    return (
        f"<table:table-cell {kind}{spanned}><text:p>{html.escape(_in_text(cell))}</text:p></table:table-cell>"
    )


def _in_text(cell: Cell) -> str:
    if isinstance(cell, date):
        return cell.isoformat()
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell)
