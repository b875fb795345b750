"""The findings that the rules of the policy report."""
