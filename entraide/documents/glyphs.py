"""What no font at hand can draw: a paper shows a box for it, and never leaves it out unsaid.

A name with an emoji, or in an alphabet that this machine has no font for, would lose those signs
on paper, where nobody sees that something is missing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

import typst

BOX = "\u25a1"  # in the fonts that Typst carries
# Latin letters and the marks of French typography, which the carried fonts draw: no need to ask.
_RARE = re.compile("[^\u0000-\u024f\u2010-\u203a\u20a0-\u20bf\u2122\u2190-\u2193\u2212\u25a1]+")
_ASK = b"#sys.inputs.asked"


def drawn(content: Any) -> Any:
    """A content of a paper, in each of its texts a box for what no font draws."""
    if isinstance(content, str):
        return _RARE.sub(lambda found: _run_drawn(found.group()), content)
    if isinstance(content, dict):
        return {key: drawn(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [drawn(each) for each in content]
    return content


@lru_cache(maxsize=4096)
def _run_drawn(run: str) -> str:
    if _is_drawn(run):
        return run
    kept, is_lost = [], False
    for sign in run:
        # Marks, joiners and variants belong to the sign before them, and go with it.
        is_part = unicodedata.category(sign) in ("Mn", "Me", "Cf", "Sk")
        if is_part and is_lost:
            continue
        is_lost = not _is_drawn(sign)
        kept.append(BOX if is_lost else sign)
    return "".join(kept)


@lru_cache(maxsize=4096)
def _is_drawn(text: str) -> bool:
    """Whether fonts draw the whole of a text: the archive form of PDF refuses what they do not."""
    try:
        typst.compile(_ASK, format="pdf", sys_inputs={"asked": text}, pdf_standards="a-2u")
    except typst.TypstError:
        return False
    return True
