"""What is shipped may be shipped: every runtime library's licence, by pip-licenses."""

import json
import re
import subprocess
import sys
from functools import cache

import pytest

from tests.style.house import ROOT

ALLOWED = re.compile(
    r"(MIT|BSD|Apache|ISC|Python Software Foundation|PSF|zlib|LGPL|Lesser General Public|MPL|Mozilla Public"
    # a program made with PyInstaller may carry its starter under any licence
    r"|OpenSSL|Unicode-3|bzip2|Bootloader-exception)",
    re.IGNORECASE,
)
# Packages that name no licence in their metadata carry its text.
TEXTS = {
    "MIT": "Permission is hereby granted, free of charge, to any person obtaining a copy",
    "zlib": "This software is provided 'as-is', without any express or implied warranty",
}
# Qt is offered under the LGPL or bought; the offer stands beside the other.
BESIDE_LGPL = "Other/Proprietary License"


def is_allowed(licence: str) -> bool:
    """Whether we may ship under it. “OR” offers a choice; a list with “;” must be allowed as a whole."""
    if " OR " in licence:
        return any(is_allowed(offered) for offered in licence.split(" OR "))
    listed = [part.strip() for part in licence.split(";")]
    if any("LGPL" in part for part in listed):
        listed = [part for part in listed if part != BESIDE_LGPL]
    return all(ALLOWED.search(part) for part in listed)


@cache
def licences() -> dict[str, str]:
    """Installed package (normalized name) → its licence as pip-licenses finds it, or as its text says."""
    found = subprocess.run(
        [
            sys.executable, "-m", "piplicenses", "--format=json", "--from=mixed", "--with-system",
            "--with-license-file", "--no-license-path",
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )  # fmt: skip
    return {
        normal(entry["Name"]): entry["License"]
        if entry["License"] != "UNKNOWN"
        else licence_of(entry["LicenseText"])
        for entry in json.loads(found.stdout)
    }


def licence_of(text: str) -> str:
    """The licence whose words these are, or “UNKNOWN”."""
    plain = " ".join(text.split())
    return next((name for name, wording in TEXTS.items() if wording in plain), "UNKNOWN")


def normal(name: str) -> str:
    """A package's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def runtime_packages() -> list[str]:
    """What the runtime lock ships on this platform."""
    lock = (ROOT / "requirements/runtime.txt").read_text("utf-8")
    return [normal(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE)]


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ("MIT License", True),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only", True),
        ("GNU General Public License v3 (GPLv3)", False),
        ("GPL-3.0-or-later", False),
        ("AGPL-3.0-only", False),
        ("UNKNOWN", False),
        ("MIT License; GNU General Public License v3 (GPLv3)", False),
        ("Other/Proprietary License", False),
        ("Apache-2.0 OR BSD-3-Clause", True),
    ],
)
def test_licences_are_told_apart(licence: str, expected: bool) -> None:
    assert is_allowed(licence) is expected


@pytest.mark.parametrize("package", runtime_packages())
def test_a_shipped_library_may_be_shipped(package: str) -> None:
    assert package in licences(), "not installed: the environment is not the lock's"
    assert is_allowed(licences()[package]), licences()[package]
