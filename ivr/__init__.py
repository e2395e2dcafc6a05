"""A simulator of the 12333 medical-insurance hotline."""
