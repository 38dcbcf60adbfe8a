"""The screen. The only room with Textual and Rich."""
