"""The notice on paper: one village after another, each on pages of its own, in type that is read standing."""

from collections.abc import Sequence
from html import escape

from app.notices.steps import Posted, VillageList
from models.domain.money import yuan_text
from models.domain.period import period_text


def notice_letter(posted: Posted, villages: Sequence[VillageList]) -> str:
    """The pages as HTML; what they show is what `village_lists` masked and checked."""
    pages = []
    for place, village in enumerate(villages):
        new_page = " style='page-break-before: always'" if place else ""
        pages.append(f"<h2 align='center'{new_page}>{_title(posted)}</h2>{_village(posted, village)}")
    return "".join(pages)


def _title(posted: Posted) -> str:
    return escape(f"{posted.township}{posted.program}{period_text(posted.batch.period)}发放公示")


def _village(posted: Posted, village: VillageList) -> str:
    policy, office = posted.policy, escape(f"{posted.township}财政所")
    by_number = policy.listing == "number"
    who = "公示编号" if by_number else "户主姓名" if policy.target == "household" else "姓名"
    unit = f"（{escape(policy.unit)}）" if policy.unit else ""
    columns = [("序号", "number", "center"), (who, "name", "center")]
    columns += [] if by_number else [("身份证号", "id_masked", "center")]
    columns += [
        (heading, field, side)
        for heading, field, side in (
            ("组", "group", "center"),
            (f"数量{unit}", "quantity", "right"),
            ("标准（元）", "rate", "right"),
        )
        if any(getattr(line, field) for line in village.lines)
    ]
    head = "".join(f"<th>{heading}</th>" for heading, _, _ in columns)
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td align='{side}'>{escape(str(getattr(line, field)))}</td>" for _, field, side in columns
        )
        + f"<td align='right'>{yuan_text(line.fen)}</td></tr>"
        for line in village.lines
    )
    empty = "<td></td>" * (len(columns) - 1)
    return (
        f"<p>根据{escape(policy.document)}，现将{escape(posted.program)}（{period_text(posted.batch.period)}）的发放对象和金额公示如下。</p>"
        f"<p>村（社区）：{escape(village.village)}</p>"
        f"<table border='1' cellspacing='0' cellpadding='3' width='100%' style='border-collapse: collapse; border-style: solid; border-color: black'><thead><tr>{head}<th>金额（元）</th></tr></thead>"
        f"<tbody>{rows}<tr><td align='center'>合计</td>{empty}<td align='right'>{yuan_text(village.fen)}</td></tr></tbody></table>"
        f"<p>公示时间：{posted.first_day} 至 {posted.last_day}<br>"
        f"对公示内容有异议的，请在公示期内向{office}反映。异议电话：{escape(posted.phone) or '＿＿＿＿＿＿＿＿＿＿'}</p>"
        f"<p align='right'>公示单位：{office}（盖章）<br>张贴日期：{posted.posted_on}</p>"
    )
