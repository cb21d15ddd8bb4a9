"""Matching what the bank answered with what was sent to it (回盘, DOMAIN §7).

Certain is only what agrees in everything the bank echoes and can mean nothing else; the rest waits for a person.
Nothing is ever taken from a line that does not match: it is kept as it came.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA

from models.domain.money import Fen
from models.domain.person_name import name_key
from models.domain.written import compacted


class Outcome(StrEnum):
    """What the bank says became of a line."""

    PAID = "paid"
    FAILED = "failed"


class SentLine(NamedTuple):
    """A line as it went to the bank. `outcome` None: still in flight; otherwise what an earlier answer said."""

    serial: str
    name: str
    account: str
    fen: Fen
    remark: str
    outcome: Outcome | None = None


class ReturnedLine(NamedTuple):
    """A line as the bank answered it. "" for a serial, None for a remark, that the bank does not echo.

    `fen` None: the amount could not be read, or was not the one sent; then the line always waits for a person.
    """

    serial: str
    name: str
    account: str
    fen: Fen | None
    remark: str | None
    outcome: Outcome


class Waiting(NamedTuple):
    """A returned line that needs a person: its place, the sent lines it may mean, and why it is not certain."""

    returned: int
    candidates: tuple[int, ...]
    why: str


@dataclass(slots=True)
class Matches:
    """Every returned line is in exactly one of the first four; places count from 0 in what was given.

    `certain` and `already` are (sent, returned). `already`: an earlier answer, or an earlier line of this one, said
    the same. `in_flight`: sent lines without an answer yet, which are not listed here, or only as waiting.
    """

    certain: list[tuple[int, int]] = field(default_factory=list)
    already: list[tuple[int, int]] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    in_flight: list[int] = field(default_factory=list)


_MOST_CANDIDATES: Final = 20

_FourKey = tuple[str, str, int | None, str]
_Keys = list[_FourKey]


def match_lines(sent: Sequence[SentLine], returned: Sequence[ReturnedLine]) -> Matches:
    """Match a bank's answer with what was sent.

    By our serial where the bank echoes it and name, account and amount still agree; otherwise by name, account, amount
    and remark, equal twins by count. Three of the four, a serial that contradicts, an answer that contradicts an earlier
    one, and more answers than lines sent all wait for a person. A sent line that is not listed stays in flight.
    """
    matching = _Matching(sent, returned)
    matching.by_serial()
    matching.by_fields()
    matching.by_three()
    return matching.finished()


class _Matching:
    """One matching under way: the compared forms of all lines, and what is still open."""

    def __init__(self, sent: Sequence[SentLine], returned: Sequence[ReturnedLine]) -> None:
        self.sent = sent
        self.returned = returned
        names: dict[str, str] = {}  # names repeat, and so their keys are kept
        self.sent_keys: _Keys = [_key(line, names) for line in sent]
        self.returned_keys: _Keys = [_key(line, names) for line in returned]
        self.matches = Matches()
        self.open = list(range(len(returned)))
        self.answered: dict[int, Outcome] = {
            place: line.outcome for place, line in enumerate(sent) if line.outcome is not None
        }
        self.taken: set[int] = set()  # sent lines that a line of this answer has named

    def by_serial(self) -> None:
        """Match the lines that carry a serial of ours."""
        places = {line.serial: place for place, line in enumerate(self.sent) if line.serial}
        by_sent: defaultdict[int, list[int]] = defaultdict(list)
        left = []
        for at in self.open:
            serial = self.returned[at].serial
            place = places.get(serial) if serial else None
            if place is None:
                left.append(at)
            elif self.sent_keys[place][:3] != self.returned_keys[at][:3]:
                self._wait(
                    at,
                    (place,),
                    "序号相同，但" + _differing(self.sent_keys[place], self.returned_keys[at], 3),
                )
            else:
                by_sent[place].append(at)
        self.open = left
        for place, lines in by_sent.items():
            self._settle_group([place], lines)

    def by_fields(self) -> None:
        """Match the lines that agree with sent ones in everything the bank echoes."""
        groups: defaultdict[_FourKey, list[int]] = defaultdict(list)
        for place, key in enumerate(self.sent_keys):
            if place not in self.taken:
                groups[key].append(place)
        without_remark = self._without_remark(groups)
        answers: defaultdict[_FourKey, list[int]] = defaultdict(list)
        left = []
        for at in self.open:
            key = self.returned_keys[at]
            if self.returned[at].remark is None:
                possible = without_remark.get(key[:3], ())
                if len(possible) > 1:
                    places = tuple(place for other in possible for place in groups[other])
                    self._wait(at, places, "银行没有返回摘要，户名、账号、金额相同的有几笔不同摘要的款项")
                    continue
                key = possible[0] if possible else key
            if key in groups:
                answers[key].append(at)
            else:
                left.append(at)
        self.open = left
        for key, lines in answers.items():
            self._settle_group(groups[key], lines)

    def _without_remark(
        self, groups: Mapping[_FourKey, list[int]]
    ) -> dict[tuple[str, str, int | None], list[_FourKey]]:
        """Give the groups by their first three fields, where some answers come without a remark."""
        found: defaultdict[tuple[str, str, int | None], list[_FourKey]] = defaultdict(list)
        if any(self.returned[at].remark is None for at in self.open):
            for key in groups:
                found[key[:3]].append(key)
        return found

    def by_three(self) -> None:
        """Propose sent lines for what agrees in three of the four fields; a person decides."""
        if not self.open:
            return
        by_three: list[defaultdict[tuple[object, ...], list[int]]] = [defaultdict(list) for _ in range(4)]
        for place, key in enumerate(self.sent_keys):
            if place not in self.taken and place not in self.answered:
                for missing, index in enumerate(by_three):
                    index[key[:missing] + key[missing + 1 :]].append(place)
        for at in self.open:
            key = self.returned_keys[at]
            candidates = {
                place: None
                for missing, index in enumerate(by_three)
                for place in index.get(key[:missing] + key[missing + 1 :], ())
            }
            if candidates:
                # The likeliest slip first: the account that differs least.
                places = sorted(candidates, key=lambda place: OSA.distance(self.sent_keys[place][1], key[1]))
                self._wait(at, tuple(places), _differing(self.sent_keys[places[0]], key, 4))
            else:
                self.matches.unknown.append(at)
        self.open = []

    def finished(self) -> Matches:
        """Give the matches, all in the order of the returned file."""
        matches = self.matches
        answered_now = {place for place, _ in matches.certain}
        matches.in_flight = [
            place
            for place in range(len(self.sent))
            if place not in self.answered and place not in answered_now
        ]
        matches.certain.sort(key=lambda pair: pair[1])
        matches.already.sort(key=lambda pair: pair[1])
        matches.waiting.sort()
        matches.unknown.sort()
        return matches

    def _settle_group(self, places: list[int], lines: list[int]) -> None:
        """Give equal sent lines their answers: any answer may go to any of them, for they are interchangeable."""
        self.taken.update(places)
        if len(places) == len(lines) == 1 and places[0] not in self.answered:
            self.matches.certain.append((places[0], lines[0]))  # the ordinary line
            return
        before = [place for place in places if place in self.answered]
        fresh = [place for place in places if place not in self.answered]
        if before:
            lines = self._told_before(before, fresh, lines)
        outcomes = {self.returned[at].outcome for at in lines}
        if not fresh:
            for at in lines:
                self._wait(at, tuple(places), "银行返回的笔数多于报盘的笔数")
            return
        if len(lines) <= len(fresh) or len(outcomes) == 1:
            matched = list(zip(fresh, lines, strict=False))
            self.matches.certain.extend(matched)
            for at in lines[len(matched) :]:
                # One sent line named twice with one answer is a repetition; more twins than were sent is not.
                if len(places) == 1:
                    self.matches.already.append((places[0], at))
                else:
                    self._wait(at, tuple(places), "银行返回的笔数多于报盘的笔数")
            return
        for at in lines:
            self._wait(at, tuple(places), "同一笔款项银行返回了不同的结果")

    def _told_before(self, before: list[int], fresh: list[int], lines: list[int]) -> list[int]:
        """Take out the answers that say again what is known; give those that are left for the fresh lines.

        With some of the twins answered and some not, an answer may be old or new: only a file that lists all of them
        shows which, so a shorter one waits.
        """
        if fresh and len(lines) < len(before) + len(fresh):
            for at in lines:
                self._wait(at, tuple(before + fresh), "几笔相同的款项已有部分回盘，无法确定这是哪一笔")
            return []
        left = []
        twins = len(before) + len(fresh) > 1
        for at in lines:
            same = next(
                (place for place in before if self.answered[place] == self.returned[at].outcome), None
            )
            if same is not None:
                if twins:
                    before.remove(same)
                self.matches.already.append((same, at))
            else:
                left.append(at)
        if before:
            for at in left:
                self._wait(at, tuple(before), "与以前的回盘结果不同，请核对是否为退票")
            return []
        return left

    def _wait(self, at: int, candidates: tuple[int, ...], why: str) -> None:
        self.matches.waiting.append(Waiting(at, candidates[:_MOST_CANDIDATES], why))


def _key(line: SentLine | ReturnedLine, names: dict[str, str]) -> _FourKey:
    """Give a line's four fields as they are compared; the keys of names are kept, for names repeat."""
    name = names.get(line.name)
    if name is None:
        name = names[line.name] = name_key(line.name)
    account = line.account
    return name, account if account.isdigit() else compacted(account), line.fen, (line.remark or "").strip()


_FIELD_NAMES: Final = ("户名", "账号", "金额", "摘要")


def _differing(sent: _FourKey, returned: _FourKey, fields: int) -> str:
    """Name the fields in which two lines differ."""
    different = [
        name
        for name, ours, theirs in zip(_FIELD_NAMES[:fields], sent[:fields], returned[:fields], strict=True)
        if ours != theirs
    ]
    return "、".join(different) + "不同"


# why a payment failed --------------------------------------------------------------------------------------


class ReasonClass(StrEnum):
    """Why the bank did not pay."""

    NAME_MISMATCH = "name_mismatch"
    NO_ACCOUNT = "no_account"
    CLOSED = "closed"
    LOST = "lost"
    FROZEN = "frozen"
    DORMANT = "dormant"
    INACTIVE = "inactive"
    LIMIT = "limit"
    ID_EXPIRED = "id_expired"
    ABNORMAL = "abnormal"
    OTHER = "other"


REASON_NAMES: Final = {
    ReasonClass.NAME_MISMATCH: "户名不符",
    ReasonClass.NO_ACCOUNT: "无此账号",
    ReasonClass.CLOSED: "已销户",
    ReasonClass.LOST: "挂失",
    ReasonClass.FROZEN: "冻结止付",
    ReasonClass.DORMANT: "睡眠户",
    ReasonClass.INACTIVE: "未激活",
    ReasonClass.LIMIT: "账户限额",
    ReasonClass.ID_EXPIRED: "证件过期",
    ReasonClass.ABNORMAL: "状态异常",
    ReasonClass.OTHER: "其他原因",
}

NEW_ACCOUNT_NEEDED: Final = (
    ReasonClass.NAME_MISMATCH,
    ReasonClass.NO_ACCOUNT,
    ReasonClass.CLOSED,
    ReasonClass.LOST,
)
"""What fails again under the same name on the same number; what a bank lifts by itself is not among them."""

_WHAT_TO_DO: Final = {
    ReasonClass.NAME_MISMATCH: "请与银行核对户名，并与户籍底册对照，改正后补发。",
    ReasonClass.NO_ACCOUNT: "请向本人核实账号，更新账户后补发。",
    ReasonClass.CLOSED: "请让本人提供新的账户，更新后补发。",
    ReasonClass.LOST: "请通知本人到银行补办卡折，更新账户后补发。",
    ReasonClass.FROZEN: "请通知本人到银行了解冻结原因，解除或更换账户后补发。",
    ReasonClass.DORMANT: "请通知本人带证件到银行激活账户，激活后补发。",
    ReasonClass.INACTIVE: "请通知本人到银行激活社保卡金融账户，激活后补发。",
    ReasonClass.LIMIT: "请通知本人到银行升级为一类户或调整限额，再补发。",
    ReasonClass.ID_EXPIRED: "请通知本人到银行更新证件，更新后补发。",
    ReasonClass.ABNORMAL: "请向银行查明账户状态，恢复正常或更换账户后补发。",
    ReasonClass.OTHER: "请向银行查明失败原因，处理后补发。",
}

# The first class with a word in the text wins: what is said precisely stands before what is said loosely.
_REASON_WORDS: Final[tuple[tuple[ReasonClass, tuple[str, ...]], ...]] = (
    (ReasonClass.NAME_MISMATCH, ("户名不", "户名与", "户名错", "姓名不", "姓名与", "姓名错", "名称不符")),
    (ReasonClass.CLOSED, ("销户", "注销", "已结清", "已销", "已清户", "已关闭")),
    (ReasonClass.LOST, ("挂失",)),
    (ReasonClass.FROZEN, ("冻结", "止付", "只收不付", "不收不付", "质押", "控制")),
    (ReasonClass.DORMANT, ("睡眠", "久悬", "不动户", "长期不动", "休眠")),
    (ReasonClass.INACTIVE, ("未激活", "未启用", "没有激活", "未开通")),
    (ReasonClass.LIMIT, ("限额", "超限", "二类", "三类", "II类", "III类")),
    (
        ReasonClass.ID_EXPIRED,
        ("证件过期", "证件已过期", "证过期", "证已过期", "证件失效", "证件到期", "证件有效期"),
    ),
    (
        ReasonClass.NO_ACCOUNT,
        ("无此", "账号错", "账户错", "不存在", "账号不", "卡号错", "卡号不", "账号有误", "查无", "账号与"),
    ),
    (ReasonClass.ABNORMAL, ("异常", "不正常", "非正常")),
)
_REASON_CODES: Final = {
    "201": ReasonClass.NO_ACCOUNT,
    "202": ReasonClass.CLOSED,
    "203": ReasonClass.FROZEN,
}


def reason_class(text: str) -> ReasonClass:
    """Give the class of a bank's reason by its words, or by one of the codes seen (DOMAIN §7); other where none fits."""
    cleaned = compacted(text).replace("Ⅱ", "II").replace("Ⅲ", "III").replace("帐", "账")
    if cleaned in _REASON_CODES:
        return _REASON_CODES[cleaned]
    for reason, words in _REASON_WORDS:
        if any(word in cleaned for word in words):
            return reason
    return ReasonClass.OTHER


def what_to_do(reason: ReasonClass) -> str:
    """Give the sentence that says what a clerk does next."""
    return _WHAT_TO_DO[reason]
