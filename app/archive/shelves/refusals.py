"""The noes of the shelves."""

from models.domain.refusal import Refusal


class TitleMissing(Refusal):
    """A paper or a volume without a title."""

    form = "没有填写题名。请写明这份材料是什么，例如“关于下达 2024 年耕地地力保护补贴资金的通知”。"


class DatedInFuture(Refusal):
    """A paper dated after today."""

    form = "文件日期 {day} 晚于今天的业务日期 {today}。请照文件上的日期填写。"


class AlreadyFiled(Refusal):
    """The very same file lies in the archive already."""

    form = "文件“{name}”已经归档过：{title}（{dated}，{where}）。同一份文件不用再归一次。"


class NothingInFile(Refusal):
    """A file without a byte in it."""

    form = "文件“{name}”是空的，没有归档。请核对扫描或复制是否成功。"


class NotOpen(Refusal):
    """A volume that is bound takes nothing in and lets nothing out."""

    form = "案卷 {code} 现在是“{state}”，不能再增减材料。已成卷的可以先拆卷。"


class AnotherVolume(Refusal):
    """A paper that lies in a volume already."""

    form = "“{title}”已经在案卷 {code} 里。请先从那里取出。"


class DoesNotBelong(Refusal):
    """A paper of another class or year than the volume."""

    form = "“{title}”是 {year} 年的“{kind}”，不能装进案卷 {code}。请放进同年度、同门类的案卷。"


class NothingInside(Refusal):
    """An empty volume cannot be bound."""

    form = "案卷 {code} 里还没有材料，不能成卷。请先把材料装进去。"


class TooShort(Refusal):
    """A retention below what the rules ask."""

    form = "“{name}”至少保管 {least}，不能改成 {years}。"


class ClassNameMissing(Refusal):
    """A new class without a name, or a code of other signs."""

    form = "门类的代码只能是大写字母，名称不能空着。现在是“{code}”“{name}”。"


class UnbindReasonMissing(Refusal):
    """A bound volume opened without a word."""

    form = "拆卷必须写明原因。请填写后重试。"


class NothingToBind(Refusal):
    """No vouchers and no archived batch of that year without a volume."""

    form = "{year} 年没有要自动组卷的凭证和批次案卷：没有新的凭证，已归档的批次都已装卷。"
