"""A new data key 换密钥 after a leak: the database and every kept file are written anew under it, then switched in one step.

Everything new is made in a folder inside the office's (`rekey.part`), the new key file last. From the moment that lies
there the switch is decided: whoever opens the office next finishes it, needing no key. Before, the old office is untouched.
"""

import os
import shutil
from pathlib import Path
from typing import Final

from models.store.durable import sync_folder, world_error

PART_NAME: Final = "rekey.part"
_DATABASE, _KEYSLOTS, _FILES, _OLD_FILES = "office.db", "keyslots.json", "files", "files.old"


def finish_rekey(folder: Path) -> None:
    """Finish a switch that was decided, or take away what was not; each step may be done again after a cut.

    Raises the WorldErrors of writing.
    """
    part = folder / PART_NAME
    if not part.exists() and not (folder / _OLD_FILES).exists():
        return
    try:
        if (part / _KEYSLOTS).exists():
            _switch(folder, part)
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(folder / _OLD_FILES, ignore_errors=True)
    except OSError as error:
        raise world_error(error, folder / _DATABASE) from error


def _switch(folder: Path, part: Path) -> None:
    if (part / _DATABASE).exists():
        for beside in ("-wal", "-shm"):  # they belong to the database that goes
            (folder / (_DATABASE + beside)).unlink(missing_ok=True)
        os.replace(part / _DATABASE, folder / _DATABASE)
        sync_folder(folder)
    if (part / _FILES).exists():
        if (folder / _FILES).exists():
            shutil.rmtree(folder / _OLD_FILES, ignore_errors=True)
            os.replace(folder / _FILES, folder / _OLD_FILES)
        os.replace(part / _FILES, folder / _FILES)
        sync_folder(folder)
    os.replace(part / _KEYSLOTS, folder / _KEYSLOTS)
    sync_folder(folder)
