"""The durable engine behind a few names: `flow`, `step`, `start_once`. What was started is finished once.

A flow that Slack asks to wait, or that cannot reach Slack or the database, ends its turn and comes back later under
the same key with the attempt's number; its steps first check what is already done, so they are idempotent. No
thread waits meanwhile. Waiting never ends a flow; failing does, after `MOST_FAILURES`, and then it is given up
until it is restarted or dropped by hand.
"""

from bot.runtime.workflows.declaring import Backoff, flow, step, waiting_flow
from bot.runtime.workflows.engine import FLOWS_AT_ONCE, MOST_FAILURES, Flows

__all__ = ["FLOWS_AT_ONCE", "MOST_FAILURES", "Backoff", "Flows", "flow", "step", "waiting_flow"]
