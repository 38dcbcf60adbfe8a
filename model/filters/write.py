"""`Filter` -> text, such that `parse(write(tree)) == tree` for every tree that `parse` makes."""

from model.filters.ast import And, Everything, Filter, Not, Or, Phrase, Term, Word


def write(tree: Filter) -> str:  # noqa: PLR0911 - a case per class
    """Return the filter as the shortest text that reads back as the same tree.

    The text can be longer than the one that the tree was read from (which may have left spaces out), and so, at the
    very limit of `parse.MAX_LENGTH`, too long to be read again.
    """
    match tree:
        case Everything():
            return ""
        case Word():
            return tree.text + "*" * tree.prefix
        case Phrase():
            return _quoted(tree.text)
        case Term():
            return f"{tree.field}:{_value(tree.value)}"
        case Not():
            return f"-{_operand(tree.inner)}"
        case And():
            return " ".join(f"({write(part)})" if isinstance(part, Or) else write(part) for part in tree.parts)
        case Or():
            return " OR ".join(map(write, tree.parts))


def _operand(tree: Filter) -> str:
    return f"({write(tree)})" if isinstance(tree, And | Or) else write(tree)


def _value(value: str) -> str:
    if value and not any(char in '()"' or char.isspace() for char in value):
        return value
    return _quoted(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
