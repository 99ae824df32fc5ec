"""Can a stranger who knows everybody's names say whose record an encoded record is?"""
