"""Jobs that really run: each node of each attempt is a process on this machine.

Requests and one thread share the work. A request changes what is asked for (`requests`); the thread
(`engine`) lets jobs go on, places them on machines (`scheduling`, `fleets`), starts their processes
(`starting`, `processes`), passes their output on (`logs`) and judges their ends (`endings`). Whoever
touches a job holds the server's turn (`modelyard_sandbox.turn`); processes are started and waited for
without it.

Sources: AWS Batch user guide, "Job states", "Automated job retries", "Job timeouts", "Array jobs", "Job
dependencies", "Multi-node parallel jobs", "Job environment variables", "Jobs stuck in a RUNNABLE status";
AWS Batch API reference, JobDetail, AttemptDetail, EvaluateOnExit; 2026-11. What else, the modules say.
"""
