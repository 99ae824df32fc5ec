"""Scripts that keep the house: what they read are its own files, never data."""
