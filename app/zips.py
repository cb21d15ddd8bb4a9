"""What reading a zip raises that is not whole: the library tells damage in as many ways as there are bytes to damage."""

import struct
import zipfile
import zlib
from lzma import LZMAError
from typing import Final

ZIP_DAMAGE: Final = (
    zipfile.BadZipFile, zlib.error, LZMAError, struct.error, EOFError, RuntimeError, ValueError, KeyError, OverflowError,
    NotImplementedError,  # zipfile's answer to a compression or version number that no zip we know bears: a flipped byte
)  # fmt: skip
"""Damage alone; a device that fails is OSError, which bz2 raises for damage too: add it where nothing else can raise it."""
