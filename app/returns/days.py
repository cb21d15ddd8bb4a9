"""On which day money came back, and on which day it went on its way again: SQL over an attempt `a` of a payment `p`.

One meaning for every list that has such a day: the register 历年退回, the failures of a month, the county's forms.
"""

from typing import Final

CAME_BACK_SQL: Final = """CASE a.state WHEN 'failed' THEN a.answered_on ELSE coalesce((SELECT min(t.business_date) FROM batch_act t
    WHERE t.batch_id = p.batch_id AND t.step = 'bounce' AND t.opinion LIKE '第 ' || p.line || ' 行：%'), p.changed_on) END"""
"""A failure has the day of the bank's answer, a bounce the day on which it was written down."""

WENT_ON_SQL: Final = """CASE p.bucket WHEN 'closed_unpaid' THEN p.changed_on WHEN 'reissued' THEN (SELECT min(again.made_on)
    FROM payment later JOIN attempt again_sent ON again_sent.payment_id = later.id
    JOIN bank_file again ON again.id = again_sent.bank_file_id WHERE later.source_id = p.id AND later.bucket <> 'stopped') END"""
"""A reissue takes the money out of 退回待处理 when it is sent, not when it is made; NULL while it lies there."""
