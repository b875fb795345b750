"""How long it will still take: learnt from the courses of past cases, told as a distribution, tested on the past."""
