"""The command line: each file parses one family of commands, calls one recipe and shows its answer."""
