"""Cauce: partners agree; Cauce gathers, harmonises, links, estimates, protects and publishes."""
