-- The life of an execution between the queue and its end. Executions are locked before their jobs, always.

-- name: lock_executions
-- With what its end needs to know: who asked for a stop, what its job wants done about a failure.
SELECT
    e.id, e.job_id, e.platform_id, e.number, e.version_id, e.state, e.placement, e.attempt, e.trigger, e.due_us,
    e.alone, e.started_us, e.stop_us, e.stop_reason, e.stop_by, e.variables, e.snapshot,
    job.retries, job.retry_delay_s, job.retry_growth, job.retry_cap_s, job.alert_emails, job.alert_channels, job.deleted_at,
    job.overlap
FROM ROWS(id bigint)
JOIN execution e ON e.id = rows.id
JOIN job ON job.id = e.job_id
ORDER BY e.id
LOCKED(e)

-- name: lock_moved sqlite
-- There is nothing to lock: one writes at a time.
SELECT 0 AS id WHERE false

-- name: lock_moved postgresql
-- In the order of their ids, before any of them is moved: as told, a beginning would be locked before an earlier end.
SELECT e.id FROM ROWS(id bigint)
JOIN execution e ON e.id = rows.id
ORDER BY e.id
FOR UPDATE OF e

-- name: set_pending
-- LOCKED would wait for whoever holds one of them, with the jobs locked that have just been counted: what somebody stops
-- right now is left out instead. They wake us when they are done.
UPDATE execution
SET state = 'pending', pending_us = %(now_us)s, placement = placement + 1, engine = %(engine)s, node = %(node)s,
    handle = NULL
WHERE execution.id IN (
    SELECT e.id FROM ROWS(id bigint) JOIN execution e ON e.id = rows.id
    WHERE e.state IN BEFORE(pending) AND e.stop_us IS NULL
    FREE(e)
)
RETURNING execution.id AS id, execution.job_id AS job_id

-- name: set_engine
-- Of what has just been placed: another one than the first.
UPDATE execution
SET engine = rows.engine, node = rows.node
FROM ROWS(id bigint, engine text, node text)
WHERE execution.id = rows.id AND execution.state = 'pending'

-- name: set_waiting
-- Why an engine has not begun it yet, in the engine's words.
UPDATE execution
SET detail = rows.words
FROM ROWS(id bigint, placement integer, words text)
WHERE execution.id = rows.id AND execution.placement = rows.placement AND execution.state = 'pending'
RETURNING execution.id AS id, execution.job_id AS job_id

-- name: set_running
UPDATE execution
SET state = 'running', started_us = rows.started_us, handle = rows.handle, detail = ''
FROM ROWS(id bigint, placement integer, started_us bigint, handle jsonb)
WHERE execution.id = rows.id AND execution.placement = rows.placement AND execution.state IN BEFORE(running)
RETURNING execution.id AS id, execution.job_id AS job_id

-- name: set_queued
-- Given back: the engine lost the placement before anything ran.
UPDATE execution
SET state = 'queued', pending_us = NULL, handle = NULL, detail = ''
FROM ROWS(id bigint, placement integer)
WHERE execution.id = rows.id AND execution.placement = rows.placement AND execution.state IN BEFORE(queued)
RETURNING execution.id AS id, execution.job_id AS job_id, execution.stop_us AS stop_us

-- name: set_ended
UPDATE execution
SET state = rows.state, reason = rows.reason, detail = rows.detail, exit_code = rows.exit_code, signal = rows.signal,
    started_us = COALESCE(execution.started_us, rows.started_us), ended_us = rows.ended_us, cpu_us = rows.cpu_us,
    peak_bytes = rows.peak_bytes, handle = COALESCE(rows.handle, execution.handle)
FROM ROWS(
    id bigint, before text, state text, reason text, detail text, exit_code integer, signal integer, started_us bigint,
    ended_us bigint, cpu_us bigint, peak_bytes bigint, handle jsonb
)
WHERE execution.id = rows.id AND execution.state = rows.before
RETURNING execution.id AS id

-- name: count_moves
-- The facts of the jobs concerned, by how much each has changed.
UPDATE job
SET queued = job.queued + rows.queued, pending = job.pending + rows.pending, running = job.running + rows.running,
    successes = job.successes + rows.success, failures = job.failures + rows.failed, kills = job.kills + rows.killed,
    -- News can be late: an end before the last one known does not become the last outcome.
    last_outcome = CASE
        WHEN rows.last_ended_us >= COALESCE(job.last_ended_us, 0) THEN rows.last_outcome ELSE job.last_outcome END,
    last_ended_us = CASE
        WHEN rows.last_ended_us >= COALESCE(job.last_ended_us, 0) THEN rows.last_ended_us ELSE job.last_ended_us END,
    changed_us = %(now_us)s
FROM ROWS(
    job_id bigint, queued integer, pending integer, running integer, success integer, failed integer, killed integer,
    last_outcome text, last_ended_us bigint
)
WHERE job.id = rows.job_id

-- name: insert_occasions
-- Of what somebody may want to hear: in the transaction in which it happens, so that none is lost. Once for each event.
INSERT INTO occasion (event, kind, job_id, execution_id, due_us, count, words, at_us, is_open)
SELECT rows.event, rows.kind, rows.job_id, rows.execution_id, rows.due_us, rows.count, rows.words, %(now_us)s, %(yes)s
FROM ROWS(
    event text, kind text, job_id bigint, execution_id bigint, due_us bigint, count integer, words text
)
WHERE true
ON CONFLICT (event) DO NOTHING
