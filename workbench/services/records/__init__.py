"""What leaves the database: dossiers, exports, and what is erased after its retention period."""
