"""What may leave? Counts, noise, intervals, synthetic records, thresholds: the only way out of the vault."""
