"""The acts on a case other than verdicts: their list, the letters, and replies of the applicant."""
