"""Archive codes 档号 by an office's own template (DOMAIN §11): {fonds}-KU·{year}-{retention}-{class}-{no:4} → Z109-KU·2024-D30-PZ-0001.

A clerk writes the places in Chinese, {{全宗号}}-KU·{{年度}}-{{保管期限}}-{{门类}}-{{顺序号:4}}; both ways are read, the short one is kept.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from models.domain.refusal import Refusal
from models.domain.retention import retention_code

DEFAULT_TEMPLATE: Final = "{fonds}-KU·{year}-{retention}-{class}-{no:4}"
_TOKEN: Final = re.compile(r"\{([^{}]*)\}")
_VALUES: Final = {
    "fonds": "[A-Z0-9]+",
    "year": "[0-9]{4}",
    "retention": "Y|D[1-9][0-9]*",
    "class": "[A-Z]+",
}
_NUMBER: Final = re.compile(r"no:([1-9])")
# no value has such a sign, so that a code is cut in one way only; codes also name folders
_SEPARATES: Final = re.compile(r"[^A-Za-z0-9]|[^A-Za-z0-9].*[^A-Za-z0-9]", re.DOTALL)
_NOT_IN_NAMES: Final = re.compile(r'[{}\x00-\x1f<>:"/\\|?*]')
_WORDS: Final = {
    "fonds": "全宗号",
    "year": "年度",
    "retention": "保管期限",
    "class": "门类",
    "no": "顺序号",
}
_NAMES: Final = {words: name for name, words in _WORDS.items()}
_MARK: Final = re.compile(r"\{\{([^{}:]*)(?::([1-9]))?\}\}")
_WIDE: Final = str.maketrans("｛｝：", "{}:")
_USUAL_WIDTH: Final = "4"


def _shown(template: str) -> str:
    """A template with its places in Chinese."""

    def mark(token: re.Match[str]) -> str:
        name, colon, width = token[1].partition(":")
        return f"{{{{{_WORDS[name]}{colon}{width}}}}}"

    return _TOKEN.sub(mark, template)


class WrongTemplate(Refusal):
    """A template that could give one code to two volumes, or one that cannot be read back."""

    form = (
        "档号格式“{template}”不能用：{fault}。可以照这个写："
        + _shown(DEFAULT_TEMPLATE).replace("{", "{{").replace("}", "}}")
        + "。"
    )


class NotFonds(Refusal):
    """A fonds number of other signs."""

    form = "全宗号“{fonds}”不对，只能有大写字母和数字，如 {example}。请照档案馆给的号填写。"


class NotArchiveCode(Refusal):
    """A text that the template did not make."""

    form = "“{code}”不是本单位的档号，应当像 {example} 这样。请核对后重新输入。"


class ArchiveCode(NamedTuple):
    """What a code says: fonds 全宗号, year, retention in years (None: 永久), class 门类, running number."""

    fonds: str
    year: int
    years: int | None
    kind: str
    number: int


@dataclass(frozen=True)
class CodeTemplate:
    """A template that was checked: made and read back, a code is the same. Make one with `code_template`."""

    text: str

    @property
    def shown(self) -> str:
        """The template as a clerk writes it."""
        return _shown(self.text)

    def code(self, parts: ArchiveCode) -> str:
        """The code of these parts; a number with more digits than its place is written in full."""
        values = {
            "fonds": parts.fonds,
            "year": f"{parts.year:04d}",
            "retention": retention_code(parts.years),
            "class": parts.kind,
        }

        def value(token: re.Match[str]) -> str:
            width = _NUMBER.fullmatch(token[1])
            return f"{parts.number:0{width[1]}d}" if width else values[token[1]]

        return _TOKEN.sub(value, self.text)

    def read(self, code: str) -> ArchiveCode:
        """The parts of a code that this template made. Raises NotArchiveCode."""
        found = self._pattern.fullmatch(code)
        parts = None
        if found is not None:
            said = found["retention"]
            parts = ArchiveCode(
                found["fonds"],
                int(found["year"]),
                None if said == "Y" else int(said[1:]),
                found["class"],
                int(found["no"]),
            )
        if parts is None or self.code(parts) != code:
            raise NotArchiveCode(code=code, example=self.code(_EXAMPLE))
        return parts

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        pattern, end = "", 0
        for token in _TOKEN.finditer(self.text):
            name = token[1].partition(":")[0]
            pattern += re.escape(self.text[end : token.start()])
            pattern += f"(?P<{name}>{_VALUES.get(name, '[0-9]+')})"
            end = token.end()
        return re.compile(pattern + re.escape(self.text[end:]))


_EXAMPLE: Final = ArchiveCode("Z109", 2024, 30, "PZ", 1)


def code_template(text: str) -> CodeTemplate:
    """Check a template: every place once, a sign that no value has between two of them. Raises WrongTemplate."""
    written = text.strip()
    text = _kept(written)
    tokens = [token[1] for token in _TOKEN.finditer(text)]
    names = [name.partition(":")[0] for name in tokens]
    for name, token in zip(names, tokens, strict=True):
        if not (token in _VALUES or _NUMBER.fullmatch(token)):
            raise WrongTemplate(template=written, fault=f"不认识“{{{token}}}”")
        if names.count(name) > 1:
            raise WrongTemplate(template=written, fault=f"“{_WORDS[name]}”写了两次")
    for name, words in _WORDS.items():
        if name not in names:
            raise WrongTemplate(template=written, fault=f"缺少“{words}”，两个案卷会得到同一个档号")
    between = _TOKEN.split(text)[::2]
    if not all(_SEPARATES.fullmatch(part) for part in between[1:-1]):
        raise WrongTemplate(template=written, fault="两项之间要用短横、圆点这样的符号隔开")
    if _NOT_IN_NAMES.search("".join(between)):
        raise WrongTemplate(template=written, fault="有不能用在档号里的符号")
    return CodeTemplate(text)


def _kept(text: str) -> str:
    """A template with its Chinese places as they are kept; a running number without a width has the usual one."""

    def token(mark: re.Match[str]) -> str:
        name = _NAMES.get(mark[1].strip())
        if name is None or (mark[2] and name != "no"):
            raise WrongTemplate(template=text, fault=f"不认识“{mark[0]}”")
        return f"{{no:{mark[2] or _USUAL_WIDTH}}}" if name == "no" else f"{{{name}}}"

    return _MARK.sub(token, text.translate(_WIDE))


def fonds_of(text: str) -> str:
    """A fonds number 全宗号 as typed, in capitals. Raises NotFonds."""
    fonds = text.strip().upper()
    if not re.fullmatch(r"[A-Z0-9]{1,12}", fonds, re.ASCII):
        raise NotFonds(fonds=text.strip(), example=_EXAMPLE.fonds)
    return fonds
