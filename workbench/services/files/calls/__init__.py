"""Call records: immutable Parquet files of the store, and what is computed from them."""
