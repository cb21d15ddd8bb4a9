"""A filter in the office's words, for the line above a table and for paper."""

from app.pages import Between, Chosen, Filter, Listing, shown

_MOST_NAMED = 4


def words_of(listing: Listing, one: Filter) -> str:
    """“村（社区）＝上溪村、下溪村等 5 个”, “金额 100.00 到 200.00”."""
    column = listing.column(one.column)
    if isinstance(one, Chosen):
        names = [shown(column, value) or "空" for value in one.values[:_MOST_NAMED]]
        more = f"等 {len(one.values)} 个" if len(one.values) > _MOST_NAMED else ""
        return f"{column.heading}＝{'、'.join(names)}{more}" if names else f"{column.heading}一个也没选"
    if isinstance(one, Between):
        low = f"从 {shown(column, one.low)}" if one.low is not None else ""
        high = f"到 {shown(column, one.high)}" if one.high is not None else ""
        return f"{column.heading} {' '.join(filter(None, (low, high)))}"
    return f"{column.heading}含“{one.text}”"
