"""The metadata of a year's package as XML, with the element names of DA/T 48 封装包 and DA/T 94 电子会计档案元数据."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from app.archive.shelves.queries import FilingView
from app.archive.shelves.steps import VolumeRow

NAME: Final = "元数据.xml"
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML may hold, in whatever way it came into a title."""


@dataclass(frozen=True, slots=True)
class PackedPaper:
    """A paper of the package: what it is, where in the package, how large, its hash; '' for paper alone."""

    paper: FilingView
    volume: VolumeRow | None
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PackageHead:
    """What the package says of itself."""

    office: str
    fonds: str
    year: int
    made_at: str
    made_by: str


def _put(parent: Element, name: str, text: object = "") -> Element:
    made = SubElement(parent, name)
    made.text = _NOT_IN_XML.sub("", str(text))
    return made


def metadata(head: PackageHead, papers: Iterable[PackedPaper]) -> bytes:
    """The whole of it, UTF-8, indented so that a person can read it as well."""
    root = Element("电子文件封装包")
    _put(
        root,
        "封装包格式描述",
        "本封装包按 DA/T 48 的元素组织，内容文件与本文件并列存放，见各“计算机文件名”。",
    )
    _put(root, "版本", "1")
    body = SubElement(root, "被签名对象")
    _put(body, "封装包类型", "年度电子会计档案")
    _put(body, "封装包创建时间", head.made_at)
    _put(body, "封装包创建单位", head.office)
    _put(body, "创建人", head.made_by)
    content = SubElement(body, "封装内容")
    source = SubElement(content, "来源")
    for name, text in (
        ("全宗名称", head.office),
        ("立档单位名称", head.office),
        ("全宗号", head.fonds),
        ("年度", head.year),
    ):
        _put(source, name, text)
    by_volume: dict[int | None, Element] = {}
    for one in papers:
        parent = by_volume.get(one.paper.volume_id)
        if parent is None:
            parent = by_volume[one.paper.volume_id] = _volume(content, one)
        _paper(parent, one)
    indent(root, "  ")
    written: str = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{written}\n'.encode()


def _volume(content: Element, one: PackedPaper) -> Element:
    """The volume's own element, at its first paper."""
    made = SubElement(content, "案卷")
    volume = one.volume
    if volume is None:
        _put(made, "题名", "未装卷")
        return made
    code = SubElement(made, "档号信息")
    for name, text in (
        ("档号", volume.code),
        ("全宗号", volume.fonds),
        ("年度", volume.year),
        ("保管期限", volume.kept),
        ("门类代码", volume.class_code),
        ("案卷号", volume.number),
    ):
        _put(code, name, text)
    _put(made, "题名", volume.title)
    _put(made, "责任者", volume.responsible)
    _put(made, "备考表", volume.note)
    return made


def _paper(parent: Element, one: PackedPaper) -> None:
    paper = one.paper
    block = SubElement(parent, "文件实体块")
    entity = SubElement(block, "文件实体")
    _put(entity, "聚合层次", "文件")
    _put(entity, "档号", paper.code)
    _put(entity, "顺序号", paper.place or "")
    told = SubElement(entity, "内容描述")
    for name, text in (
        ("题名", paper.title),
        ("文件编号", paper.document),
        ("责任者", paper.responsible),
        ("日期", paper.dated),
        ("附注", paper.remark),
        ("批次", paper.batch),
    ):
        _put(told, name, text)
    form = SubElement(entity, "形式特征")
    _put(form, "页数", paper.pages)
    _put(form, "载体", "电子" if one.name else "纸质")
    electronic = SubElement(entity, "电子属性")
    _put(electronic, "计算机文件名", one.name)
    _put(electronic, "原文件名", paper.file_name)
    _put(electronic, "计算机文件大小", one.size if one.name else "")
    _put(electronic, "数字摘要算法", "SHA-256" if one.name else "")
    _put(electronic, "数字摘要值", one.sha256)
