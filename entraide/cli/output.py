"""What a command says: its answer on standard output, messages on standard error."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from entraide.cli.json_text import decimal_text, exact_text, write_json
from entraide.core.errors import Finding, Refusal, RefusedRows
from entraide.messages import fill, sentence, translate


class Output:
    """The two streams of one run. With ``as_json``, standard output holds one JSON document."""

    def __init__(self, *, as_json: bool, language: str) -> None:
        self.as_json = as_json
        self.language = language

    def text(self, english: str, **data: Any) -> str:
        """A text of the interface in the reader's language, its placeholders filled."""
        return fill(translate(english, self.language), data, self.language)

    def answer(self, document: Any, *lines: str, is_exact: bool = False) -> None:
        """The result: the document as JSON, or the lines that a person reads instead.

        Decimals are rounded to two places unless ``is_exact``.
        """
        if self.as_json or not lines:
            number = exact_text if is_exact else decimal_text
            self._write(write_json(document, number=number))
        else:
            self._write("\n".join(lines))

    def line(self, text: str) -> None:
        """A line for a person; nothing when the answer is JSON."""
        if not self.as_json:
            self._write(text)

    def note(self, text: str) -> None:
        """A message beside the answer: progress, a warning."""
        print(text, file=sys.stderr, flush=True)

    def refuse(self, refusal: Refusal) -> None:
        """Say why nothing was done: the sentences to the person, the codes to the program."""
        findings = refusal.findings if isinstance(refusal, RefusedRows) else ()
        if self.as_json:
            self._write(write_json(self._refused(refusal, findings), number=exact_text))
        self.note(self._sentence(refusal.as_finding()))
        for finding in findings:
            self.note(f"  • {self._sentence(finding)}")

    def _refused(self, refusal: Refusal, findings: tuple[Finding, ...]) -> dict[str, Any]:
        document: dict[str, Any] = {"error": self._described(refusal.as_finding())}
        if findings:
            document["findings"] = [self._described(finding) for finding in findings]
        return document

    def _described(self, finding: Finding) -> dict[str, Any]:
        details = {key: _plain(value) for key, value in finding.data.items()}
        described: dict[str, Any] = {"code": finding.code, "message": self._sentence(finding)}
        if finding.place:
            described["path"] = finding.place
            details["path"] = finding.place
        if "row" in details:
            described["row"] = details["row"]
        return {**described, "details": details}

    def _sentence(self, finding: Finding) -> str:
        return sentence(finding.code, finding.data, self.language, finding.place)

    def _write(self, text: str) -> None:
        print(text, flush=True)


def _plain(value: Any) -> Any:
    """A detail that JSON can hold; an unusual value becomes its text, never a fault of its own."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return str(value)
    try:
        write_json(value)
    except TypeError:
        return str(value)
    return value
