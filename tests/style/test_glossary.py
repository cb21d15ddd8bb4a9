"""resources/glossary.toml against the code: one thing, one name, and no name for two things."""

import ast
import importlib
import pkgutil
import re
import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import pytest

from models.domain import buckets, flows, permission
from tests.style.house import FLOORS, ROOT, sources, tree, where

GLOSSARY = tomllib.loads((ROOT / "resources/glossary.toml").read_text("utf-8"))
TERMS: list[dict[str, Any]] = GLOSSARY["term"]
ALONE: dict[str, list[str]] = GLOSSARY["alone"]
HAN = re.compile(r"[一-鿿]")


def words(identifier: str) -> tuple[str, ...]:
    """An identifier's words: BatchState and batch_state are both (batch, state)."""
    return tuple(
        word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\x00-\x7f]+", identifier)
    )


def holds(identifier: str, phrase: str) -> bool:
    """Whether the phrase's words stand in the identifier, side by side and in order."""
    return f"_{'_'.join(words(phrase))}_" in f"_{'_'.join(words(identifier))}_"


def defined_names(module: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Every name that a file itself gives to something."""
    for node in ast.walk(module):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, node
            case ast.arg(arg=name):
                yield name, node
            case ast.Name(id=name, ctx=ast.Store()):
                yield name, node
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name, node


NAMES = [(name, where(path, node)) for path in sources(*FLOORS) for name, node in defined_names(tree(path))]


def schema_words() -> str:
    """The schema's text, where tables and columns have their names."""
    return " ".join(path.read_text("utf-8") for path in sources("models/store/migrations"))


@pytest.mark.parametrize(
    ("identifier", "phrase", "expected"),
    [
        ("SubsidyBatch", "subsidy_batch", True),
        ("make_subsidy_batches", "subsidy_batch", False),
        ("batch", "subsidy_batch", False),
        ("reissue", "issue", False),
        ("HTTPManager", "manager", True),
        ("USCCNumber", "number", True),
    ],
)
def test_words_are_told_apart(identifier: str, phrase: str, expected: bool) -> None:
    assert holds(identifier, phrase) is expected


def test_every_term_is_whole() -> None:
    for term in TERMS:
        assert set(term) == {"zh", "name", "meaning", "never"}, term
        assert HAN.search(term["zh"]), term
        assert HAN.search(term["meaning"]), term
        assert term["meaning"].endswith("。"), term
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", term["name"]), term
        assert term["never"], term


def test_one_name_one_thing() -> None:
    for key in ("zh", "name"):
        values = [term[key] for term in TERMS]
        assert len(values) == len(set(values)), [value for value in values if values.count(value) > 1]
    names = {term["name"] for term in TERMS}
    assert not [word for term in TERMS for word in term["never"] if word in names]


@pytest.mark.parametrize("term", TERMS, ids=[term["name"] for term in TERMS])
def test_no_forbidden_synonym(term: Mapping[str, Any]) -> None:
    wrong = [
        f"{place}: {name} — say {term['name']} ({term['zh']})"
        for name, place in NAMES
        for synonym in term["never"]
        if holds(name, synonym)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("term", TERMS, ids=[term["name"] for term in TERMS])
def test_every_term_is_in_use(term: Mapping[str, Any]) -> None:
    in_code = any(holds(name, term["name"]) or holds(name, term["name"] + "s") for name, _ in NAMES)
    in_paths = any(
        holds(part, term["name"]) for path in sources(*FLOORS) for part in path.relative_to(ROOT).parts
    )
    assert in_code or in_paths or re.search(rf"\b{term['name']}s?\b", schema_words())


def test_no_empty_word_stands_alone() -> None:
    # a Qt model has a method of that name, whatever one would call it
    qt = {("data", "ui/")}
    wrong = [
        f"{place}: {name}"
        for name, place in NAMES
        if "_".join(words(name)) in ALONE["never"] and (name, place[:3]) not in qt
    ]
    assert not wrong, "\n".join(wrong)


def test_no_class_is_a_manager_of_things() -> None:
    wrong = [
        where(path, node) + f": {node.name}"
        for path in sources(*FLOORS)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and words(node.name)[-1] in ALONE["classes"]
    ]
    assert not wrong, "\n".join(wrong)


def test_no_module_is_a_drawer_for_everything() -> None:
    wrong = [
        where(path)
        for path in sources(*FLOORS, "tests")
        if path.stem in ALONE["modules"] or path.parent.name in ALONE["modules"]
    ]
    assert not wrong, "\n".join(wrong)


FLOWS = [
    importlib.import_module(f"{flows.__name__}.{found.name}")
    for found in pkgutil.iter_modules(flows.__path__)
]
LABELLED = [
    (label_of, module.__name__, name)
    for module in (*FLOWS, buckets, permission)
    for name, label_of in vars(module).items()
    if name.endswith("_NAMES") and isinstance(label_of, Mapping)
]


def named_enums() -> list[type[StrEnum]]:
    """Every StrEnum that a flow, the buckets or the permissions define."""
    return [
        kind
        for module in (*FLOWS, buckets, permission)
        for kind in vars(module).values()
        if isinstance(kind, type)
        and issubclass(kind, StrEnum)
        and kind is not StrEnum
        and kind.__module__ == module.__name__
    ]


@pytest.mark.parametrize("kind", named_enums(), ids=lambda kind: kind.__name__)
def test_every_state_and_step_has_its_chinese_name(kind: type[StrEnum]) -> None:
    labels = [label_of for label_of, _, _ in LABELLED if all(isinstance(key, kind) for key in label_of)]
    assert labels, f"{kind.__name__} has no …_NAMES"
    for label_of in labels:
        assert set(label_of) == set(kind)
        assert all(HAN.search(label) for label in label_of.values())
        assert len(set(label_of.values())) == len(label_of), "two of them look the same to a clerk"


@pytest.mark.parametrize("kind", named_enums(), ids=lambda kind: kind.__name__)
def test_stored_values_are_short_ascii_words(kind: type[StrEnum]) -> None:
    for member in kind:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", member.value), member
        assert len(member.value) <= 20, member
