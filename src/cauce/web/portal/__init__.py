"""The portal: the pages of the newest release, as they were released."""
