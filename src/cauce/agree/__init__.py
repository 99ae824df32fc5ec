"""May this column, of this partner, be used so, today?"""
