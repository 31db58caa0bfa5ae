"""Driving a real browser through the steps of one attempt."""
