"""Requests and answers of agents as messages of NLIP."""
