"""Where is it kept, and where does it come from?"""
