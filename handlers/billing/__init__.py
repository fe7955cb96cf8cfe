"""Balances, bills, prices, payment and invoices."""
