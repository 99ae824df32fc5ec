"""Who may stamp a table as cleared? Only the room `protect`; a contract of the house refuses any other importer."""

from functools import partial

from cauce.standards import cleared

__all__ = ["clear_estimate", "clear_records", "clear_release", "clear_table"]

clear_table = partial(cleared.ClearedTable, seal=cleared.SEAL)
clear_estimate = partial(cleared.ClearedEstimate, seal=cleared.SEAL)
clear_records = partial(cleared.ClearedRecords, seal=cleared.SEAL)
clear_release = partial(cleared.ClearedRelease, seal=cleared.SEAL)
