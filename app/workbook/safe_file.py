"""Files that the program writes: whole or not at all, and never over what somebody handed in."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from models.domain.refusal import Refusal
from models.store import durable


class WouldOverwriteInput(Refusal):
    """The file to be written is one that was handed in."""

    form = "“{name}”就是交来的原件，不能写在它上面。请换一个文件名或文件夹后重试。"


def refuse_overwriting(target: Path, inputs: Iterable[Path]) -> None:
    """Refuse to write over a file that was handed in, by whatever path it is named. Raises WouldOverwriteInput."""
    for handed_in in inputs:
        if _is_same_file(target, handed_in):
            raise WouldOverwriteInput(name=target.name)


@contextmanager
def replacing(target: Path, inputs: Iterable[Path] = ()) -> Iterator[Path]:
    """Give a `.part` path beside `target`; on leaving well it is synced to disk and takes the target's place.

    On any failure the part is removed and the target is what it was. Raises WouldOverwriteInput for a target among
    `inputs`, and the WorldError of models.store.durable (DiskFull, CannotWrite) where the disk or its rights fail.
    """
    refuse_overwriting(target, inputs)
    with durable.replacing(target) as part:
        yield part


def _is_same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there, so nothing can be overwritten through another name of it
        return one.absolute() == other.absolute()
