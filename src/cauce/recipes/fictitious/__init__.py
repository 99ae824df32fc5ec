"""The fictitious country of `cauce demo`: who lives there, what each partner wrote down, and the sealed truth."""
