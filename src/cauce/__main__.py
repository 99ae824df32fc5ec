"""Lets `python -m cauce` answer as the command `cauce` does."""

from cauce.cli.main import main

if __name__ == "__main__":
    main()
