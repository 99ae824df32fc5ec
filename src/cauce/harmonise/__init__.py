"""What do the values mean in shared codes?"""
