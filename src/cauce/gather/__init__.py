"""What do the files and the sources say?"""
