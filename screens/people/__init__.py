"""The people screen: who there is, who is away, what each may take, and their duties."""
