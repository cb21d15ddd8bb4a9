"""How the program says no.

A `Refusal` is an answer to a person: what is wrong, by how much, what to do next, in one Chinese sentence.
A `WorldError` is a fault of the machine around us (disk full, file open elsewhere) that may pass when tried again.
Anything else that is raised is our own mistake and is never shown as a sentence.
"""

from typing import ClassVar


class _Said(Exception):
    """What is raised to be told to a person, in one sentence.

    Subclasses carry `form`, a Chinese sentence with `{facts}` in braces; they are raised with keyword facts. Where `form`
    sends somebody at a terminal to a command, `in_window` says the same to somebody in the window, who has none.
    """

    form: ClassVar[str]
    in_window: ClassVar[str] = ""

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.form.format(**facts))

    @property
    def sentence(self) -> str:
        """The sentence to show."""
        return str(self)

    @property
    def window_sentence(self) -> str:
        """The sentence to show in the window."""
        return self.in_window.format(**self.facts) if self.in_window else self.sentence


class Refusal(_Said):
    """A no that the clerk can act on; `code` is the class name, for scripts."""

    @property
    def code(self) -> str:
        """The name of this kind of refusal, stable for scripts."""
        return type(self).__name__


class Unreadable(Refusal):
    """A reader could not read a value exactly, so it did not read it at all."""

    form = "无法读出“{written}”。请改正后重试。"


class WorldError(_Said):
    """A fault of the machine, not of the clerk: nothing was lost, and trying again may help."""
