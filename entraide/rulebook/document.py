"""A rule file as plain values: the one form that YAML packs and stored JSON share.

YAML is read with its safe loader and made stricter: no alias, no key twice (YAML keeps the last
and says nothing), no octal, no float, no instant. Days become ISO text, so that a document read
from YAML and the same document stored as JSON are equal, and hash alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from entraide.core.errors import Finding, Refusal, RefusedRows

MAXIMUM_BYTES = 1_000_000
MAXIMUM_DEPTH = 20
_DEEPEST_READ = 100  # nested values; what builds them calls itself once for each level
# Five times as fast where the library was built with its parser in C.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"-?(0|[1-9][0-9_]*)")


def read_document(path: Path) -> Any:
    """The content of one YAML file as plain values; see :func:`document_of`."""
    try:
        content = path.read_bytes()
    except OSError:
        raise Refusal("RULE_FILE_UNREADABLE", place=path.name) from None
    return document_of(content, name=path.name)


def document_of(content: bytes, *, name: str = "") -> Any:
    """Text, integers, booleans, lists and mappings of a YAML document; days as ISO text.

    Refused with ``RULE_FILE_TOO_LARGE``, ``RULE_FILE_UNREADABLE``, ``YAML_UNREADABLE``,
    ``YAML_ALIAS``, ``YAML_KEY_TWICE`` or ``YAML_INTEGER_FORM`` (with the line), or with every
    fault of value at once, as in :func:`plain`.
    """
    if len(content) > MAXIMUM_BYTES:
        raise Refusal("RULE_FILE_TOO_LARGE", place=name, maximum_bytes=MAXIMUM_BYTES)
    try:
        text = content.decode("utf-8")
        _refuse_depth(text, name)
        loader = _LOADER(text)
        node = loader.get_single_node()
        _refuse_traps(node, set(), name)
        value = loader.construct_document(node) if node is not None else None
    except (UnicodeDecodeError, RecursionError):
        raise Refusal("RULE_FILE_UNREADABLE", place=name) from None
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a day such as 2024-02-30
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 0
        raise Refusal("YAML_UNREADABLE", place=name, line=line) from None
    return plain(value)


def lines_of(content: bytes) -> dict[str, int]:
    """The line of each key path of a YAML document, from 1; empty for what cannot be read."""
    try:
        node = _LOADER(content.decode("utf-8")).get_single_node()
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        return {}
    return dict(_placed(node, "", 0)) if node is not None else {}


def line_of(lines: Mapping[str, int], place: str) -> int:
    """The line of a key path, or of the nearest part of the document that holds it; 0 for none."""
    while place and place not in lines:
        cut = max(place.rfind("."), place.rfind("["))
        place = place[:cut] if cut > 0 else ""
    return lines.get(place, 0)


def _placed(node: Any, place: str, depth: int) -> Iterator[tuple[str, int]]:
    if depth > MAXIMUM_DEPTH:
        return
    if isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            at = f"{place}.{key.value}".lstrip(".")
            yield at, key.start_mark.line + 1
            yield from _placed(child, at, depth + 1)
    elif isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            at = f"{place}[{index}]"
            yield at, child.start_mark.line + 1
            yield from _placed(child, at, depth + 1)


def _refuse_depth(text: str, name: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST_READ:
                raise Refusal("RULE_FILE_UNREADABLE", place=name)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _refuse_traps(node: Any, seen: set[int], name: str) -> None:
    """Refuse what YAML accepts in silence and a reader would not see.

    An alias may hide a rule, or a million; a key twice loses the first; ``012000`` is octal and
    ``12:30`` is 750.
    """
    if node is None:
        return
    if id(node) in seen:
        line = node.start_mark.line + 1
        raise Refusal("YAML_ALIAS", place=name, line=line)
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        keys: set[str] = set()
        for key, child in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in keys:
                    line = key.start_mark.line + 1
                    raise Refusal("YAML_KEY_TWICE", place=name, key=key.value, line=line)
                keys.add(key.value)
            _refuse_traps(key, seen, name)
            _refuse_traps(child, seen, name)
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            _refuse_traps(child, seen, name)
    elif node.tag == "tag:yaml.org,2002:int" and not _INTEGER.fullmatch(node.value):
        line = node.start_mark.line + 1
        raise Refusal("YAML_INTEGER_FORM", place=name, value=node.value, line=line)


def plain(value: Any) -> Any:
    """The value with days as ISO text, or all that no rule file may hold, at once.

    ``RULE_FLOAT`` (a rate is quoted text), ``RULE_INSTANT``, ``RULE_EMPTY_VALUE`` (null is
    allowed as a dated ``value`` only: there it means *none from now on*), ``RULE_KEY_TEXT``,
    ``RULE_VALUE_TYPE``, ``RULE_TOO_DEEP``.
    """
    findings: list[Finding] = []
    result = _plain(value, "", findings, 0)
    if findings:
        raise RefusedRows(tuple(findings))
    return result


def _plain(value: Any, place: str, findings: list[Finding], depth: int) -> Any:
    if depth > MAXIMUM_DEPTH:
        findings.append(Finding("RULE_TOO_DEEP", place=place))
    elif isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                findings.append(Finding("RULE_KEY_TEXT", place=place, data={"key": str(key)}))
        return {
            key: _plain(child, f"{place}.{key}".lstrip("."), findings, depth + 1)
            for key, child in value.items()
        }
    elif isinstance(value, list):
        return [
            _plain(child, f"{place}[{index}]", findings, depth + 1)
            for index, child in enumerate(value)
        ]
    elif isinstance(value, float):
        findings.append(Finding("RULE_FLOAT", place=place, data={"value": str(value)}))
    elif isinstance(value, datetime):
        findings.append(Finding("RULE_INSTANT", place=place, data={"value": str(value)}))
    elif isinstance(value, date):
        return value.isoformat()
    elif value is None and not place.endswith("].value"):
        findings.append(Finding("RULE_EMPTY_VALUE", place=place))
    elif value is not None and not isinstance(value, (str, int)):
        findings.append(
            Finding("RULE_VALUE_TYPE", place=place, data={"type": type(value).__name__})
        )
    return value


def canonical_text(document: Any) -> str:
    """The document as JSON text in one form only: keys sorted, no blanks."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def checksum_of(document: Any) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    return sha256(canonical_text(document).encode("utf-8")).hexdigest()
