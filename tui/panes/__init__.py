"""What stands side by side on the main screen."""
