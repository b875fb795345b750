"""Files, decides and checks appeals, and says who may do so."""
