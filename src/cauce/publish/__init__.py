"""How does the public see it?"""
