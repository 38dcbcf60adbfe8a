"""English news text into proposals: pure rules over what a language model says about each word."""
