"""Campaigns: re-reviews of passed cases after a change of policy, some each working day."""
