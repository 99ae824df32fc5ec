"""The rules of the house: what STYLE.md asks of every file, kept by a machine."""
