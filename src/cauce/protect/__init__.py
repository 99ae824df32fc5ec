"""What may leave?"""
