"""What files hold, read into typed rows: call records, event logs, import files and sheets of resellers."""
