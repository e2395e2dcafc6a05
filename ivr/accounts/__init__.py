"""Insured people, their accounts and their identity: the mock backend on a real database."""
