"""What could an attacker learn from a release? Attacks that the suite runs against our own gate."""
