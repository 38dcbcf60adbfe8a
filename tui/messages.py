"""Messages that more than one widget knows."""

from textual.message import Message

from model.query import Revision


class StoreChanged(Message, bubble=False):
    """The store holds something newer than this screen shows. It says what is newest, never what changed."""

    def __init__(self, revision: Revision) -> None:
        super().__init__()
        self.revision = revision

    def can_replace(self, message: Message) -> bool:
        """Let the newest stand for all that wait."""
        return isinstance(message, StoreChanged)
