"""What the process runs on: clock, database, workflows, scheduler, background worker, replicas, logs."""
