"""The floor: concepts, codelists, contracts of tables, units, messages and errors that every room shares."""
