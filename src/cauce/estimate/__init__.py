"""How many did nobody count; how many moved?"""
