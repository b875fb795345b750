"""The acts on a case that are no verdict: their list, the letters, and what the applicant says."""
