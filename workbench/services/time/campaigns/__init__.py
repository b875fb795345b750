"""Campaigns: re-reviews of passed cases after a change of policy, a limited number each working day."""
