"""What every service is built on: context, log, store."""
