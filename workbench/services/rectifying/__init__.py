"""Services about what an applicant has to rectify: what came, the lapse, and deadlines that a late letter moves."""
