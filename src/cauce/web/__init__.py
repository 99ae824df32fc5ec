"""The web door: the portal of a hub's releases."""
