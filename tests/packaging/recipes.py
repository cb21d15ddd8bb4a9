"""The recipes are scripts, not packages: the tests load them from their files."""

import importlib.util
import sys
from types import ModuleType

from tests.style.house import ROOT

PACKAGING = ROOT / "packaging"
LINUX, COMMON = PACKAGING / "linux", PACKAGING / "common"


def recipe(place: str) -> ModuleType:
    """The script `common/elf_gate` as a module."""
    spec = importlib.util.spec_from_file_location(
        f"packaging_{place.replace('/', '_')}", PACKAGING / f"{place}.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # a dataclass looks its own module up
    spec.loader.exec_module(module)
    return module
