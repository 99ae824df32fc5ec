"""Cauce: partners agree; Cauce gathers, harmonises, links, estimates, protects and publishes."""

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("cauce")
