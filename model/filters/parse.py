r"""Text -> `Filter`: a tokenizer and a recursive descent over this grammar.

    filter  = [ either ]
    either  = both { "OR" both }
    both    = one { one }
    one     = "-" one | "(" either ")" | field ":" value | phrase | word [ "*" ]
    value   = bare | phrase
    phrase  = '"' { character | '\"' | '\\' } '"'

Spaces separate and mean nothing else. A bare word or value ends before a space, a quote or a parenthesis.
"""

import enum
from dataclasses import dataclass

from model.errors import FilterError, InputRefused
from model.filters.ast import And, Everything, Field, Filter, Not, Or, Phrase, Term, Word
from model.filters.terms import check_value, examples, nearest_first
from model.text import fold

MAX_LENGTH = 1_000
"""Characters of a filter."""

MAX_DEPTH = 50
"""Nested parentheses and minus signs."""

_BEGINNINGS = ("a word", '"a phrase"', "field:value", "-", "(")


def parse(text: str) -> Filter:
    """Read a filter; an empty or blank one is `Everything`.

    Returns:
        The tree in normal form: no `And` directly in an `And`, no `Or` in an `Or`, each of two parts or more.

    Raises:
        FilterError: the text is not a filter; says at which column, and what would be valid there.
    """
    if len(text) > MAX_LENGTH:
        raise FilterError(text, MAX_LENGTH, f"a filter has at most {MAX_LENGTH:,} characters")
    tokens = _Tokenizer(text).tokens()
    return Everything() if len(tokens) == 1 else _Parser(text, tokens).filter()


class _Sign(enum.Enum):
    OPEN = enum.auto()
    CLOSE = enum.auto()
    MINUS = enum.auto()
    OR = enum.auto()
    END = enum.auto()


@dataclass(frozen=True, slots=True)
class _Token:
    what: _Sign | Word | Phrase | Term
    column: int


class _Tokenizer:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def tokens(self) -> list[_Token]:
        """Return the tokens, the last of them `END`."""
        found = []
        while True:
            self._skip_spaces()
            column = self._at
            found.append(_Token(self._next(), column))
            if found[-1].what is _Sign.END:
                return found

    def _skip_spaces(self) -> None:
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1

    def _next(self) -> _Sign | Word | Phrase | Term:  # noqa: PLR0911 - a case per beginning
        char = self._text[self._at : self._at + 1]
        if char == "":
            return _Sign.END
        if char in "()":
            self._at += 1
            return _Sign.OPEN if char == "(" else _Sign.CLOSE
        if char == "-":
            self._at += 1
            if self._text[self._at : self._at + 1].strip() in ("", ")"):
                raise FilterError(self._text, self._at, "there is nothing right after the minus sign", _BEGINNINGS)
            return _Sign.MINUS
        if char == '"':
            return self._phrase()
        column = self._at
        bare = self._bare()
        if bare == "OR":
            return _Sign.OR
        if ":" in bare:
            return self._term(column, bare)
        return self._word(column, bare)

    def _bare(self) -> str:
        begin = self._at
        while self._at < len(self._text) and not _ends_bare(self._text[self._at]):
            self._at += 1
        return self._text[begin : self._at]

    def _quoted(self) -> str:
        begin = self._at
        kept: list[str] = []
        self._at += 1
        while self._at < len(self._text):
            char = self._text[self._at]
            if char == '"':
                self._at += 1
                return "".join(kept)
            if char == "\\" and self._text[self._at + 1 : self._at + 2] in ("\\", '"'):
                self._at += 1
                char = self._text[self._at]
            kept.append(char)
            self._at += 1
        raise FilterError(self._text, begin, "this quotation mark is not closed", ('"',))

    def _phrase(self) -> Phrase:
        column = self._at
        phrase = Phrase(self._quoted())
        self._must_be_searchable(column, phrase.text)
        return phrase

    def _word(self, column: int, bare: str) -> Word:
        word = Word(bare.removesuffix("*"), prefix=bare.endswith("*"))
        if "*" in word.text:
            where = column + word.text.index("*")
            raise FilterError(self._text, where, "a * can only be at the end of a word", ("conv*",))
        self._must_be_searchable(column, word.text)
        return word

    def _must_be_searchable(self, column: int, text: str) -> None:
        if not fold(text):
            reason = f"{text[:40]!r} has no letter or digit to look for"
            raise FilterError(self._text, column, reason, _BEGINNINGS)

    def _term(self, column: int, bare: str) -> Term:
        name, _, value = bare.partition(":")
        try:
            field = Field(name.lower())
        except ValueError:
            reason = f"no field is called {name[:40]!r}; put quotation marks around text with a colon in it"
            known = tuple(f"{one}:" for one in nearest_first(name, Field))
            raise FilterError(self._text, column, reason, known) from None
        value_column = column + len(name) + 1
        if value == "" and self._text[self._at : self._at + 1] == '"':
            value = self._quoted()
        try:
            check_value(field, value)
        except InputRefused as error:
            raise FilterError(self._text, value_column, str(error), nearest_first(value, examples(field))) from None
        return Term(field, value, value_column)


def _ends_bare(char: str) -> bool:
    return char in '()"' or char.isspace()


class _Parser:
    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self._text = text
        self._tokens = tokens
        self._index = 0

    def filter(self) -> Filter:
        """Read all tokens as one filter."""
        tree = self._either(0)
        if self._here.what is _Sign.CLOSE:
            raise self._error("this parenthesis does not close any", ("OR", *_BEGINNINGS))
        return tree

    @property
    def _here(self) -> _Token:
        return self._tokens[self._index]

    def _either(self, depth: int) -> Filter:
        parts = [self._both(depth)]
        while self._here.what is _Sign.OR:
            self._index += 1
            parts.append(self._both(depth))
        flat = [inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,))]
        return flat[0] if len(flat) == 1 else Or(tuple(flat))

    def _both(self, depth: int) -> Filter:
        parts = [self._one(depth)]
        while self._here.what not in (_Sign.OR, _Sign.CLOSE, _Sign.END):
            parts.append(self._one(depth))
        flat = [inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,))]
        return flat[0] if len(flat) == 1 else And(tuple(flat))

    def _one(self, depth: int) -> Filter:
        what = self._here.what
        if not isinstance(what, _Sign):
            self._index += 1
            return what
        if what in (_Sign.OPEN, _Sign.MINUS) and depth >= MAX_DEPTH:
            raise self._error(f"more than {MAX_DEPTH} nested parentheses and minus signs", ())
        if what is _Sign.MINUS:
            self._index += 1
            return Not(self._one(depth + 1))
        if what is _Sign.OPEN:
            return self._group(depth + 1)
        reasons = {
            _Sign.OR: "there is nothing before this OR",
            _Sign.CLOSE: "there is nothing before this parenthesis",
            _Sign.END: "the filter is incomplete",
        }
        raise self._error(reasons[what], _BEGINNINGS)

    def _group(self, depth: int) -> Filter:
        opening = self._here.column
        self._index += 1
        inner = self._either(depth)
        if self._here.what is not _Sign.CLOSE:
            raise FilterError(self._text, opening, "this parenthesis is not closed", (")",))
        self._index += 1
        return inner

    def _error(self, reason: str, expected: tuple[str, ...]) -> FilterError:
        return FilterError(self._text, self._here.column, reason, expected)
