"""Turning markup into plain text: what a reader would see, with an empty line between paragraphs."""

import re
from html.parser import HTMLParser

MAX_MARKUP = 200_000
"""Characters of one text that are looked at."""

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "ul",
    ]
)
_LINES = frozenset({"br", "li", "tr"})
_UNSEEN = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg"})
_MARKUP = re.compile(r"<[/!?a-zA-Z]|&[#a-zA-Z]")
_SPACES = re.compile(r"[ \t\r\f\v\u00a0]+")
_AROUND_LINE = re.compile(r" *\n *")
_MANY_LINES = re.compile(r"\n{3,}")


def plain_text(markup: str) -> str:
    """Return what a reader would see of a piece of HTML."""
    markup = markup[:MAX_MARKUP]
    if not _MARKUP.search(markup):
        return _tidy(markup)
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return _tidy("".join(reader.parts))


def plain_line(markup: str) -> str:
    """Return the same as one line: for titles."""
    return " ".join(plain_text(markup).split())


def _tidy(text: str) -> str:
    return _MANY_LINES.sub("\n\n", _AROUND_LINE.sub("\n", _SPACES.sub(" ", text))).strip()


class _Reader(HTMLParser):
    """Keeps the text between the tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        if tag in _UNSEEN:
            self._unseen.append(tag)
        self._break(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        del attrs
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unseen:
            del self._unseen[self._unseen.index(tag) :]
        if tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            # Line ends in the source are spaces to a reader.
            self.parts.append(data.replace("\n", " "))

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n\n")
        elif tag in _LINES:
            self.parts.append("\n")
