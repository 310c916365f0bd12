-- A stop is a fact beside the state: whatever ends afterwards ends killed.

-- name: live_of_job
-- By the two indexes of what lives: a job may have a million executions behind it.
SELECT e.id FROM execution e
WHERE e.state IN ('queued', 'pending', 'running') AND e.id IN (
    SELECT id FROM execution INDEXED(execution_queue) WHERE job_id = %(job_id)s AND state = 'queued'
    UNION ALL
    SELECT w.id FROM job JOIN execution w INDEXED(execution_at_work)
        ON w.platform_id = job.platform_id AND w.job_id = job.id AND w.state IN ('pending', 'running')
    WHERE job.id = %(job_id)s
)
ORDER BY e.id
LOCKED(e)

-- name: replaceable
-- The same while their job is locked. What somebody else has locked is being stopped, ended or placed by them; they wait
-- for the job, and so nobody may wait for them. (Those locked before the job are ours already, and here, too.)
SELECT e.id FROM execution e
WHERE e.state IN ('queued', 'pending', 'running') AND e.id IN (
    SELECT id FROM execution INDEXED(execution_queue) WHERE job_id = %(job_id)s AND state = 'queued'
    UNION ALL
    SELECT w.id FROM job JOIN execution w INDEXED(execution_at_work)
        ON w.platform_id = job.platform_id AND w.job_id = job.id AND w.state IN ('pending', 'running')
    WHERE job.id = %(job_id)s
)
ORDER BY e.id
FREE(e)

-- name: queue_of_job
-- One that somebody places while we wait for its lock is in the queue no more, and left out.
SELECT e.id FROM execution e INDEXED(execution_queue)
WHERE e.job_id = %(job_id)s AND e.state = 'queued'
ORDER BY e.id
LOCKED(e)

-- name: ask_to_stop
-- A second request changes nothing, but for the wish to use force.
UPDATE execution
SET stop_us = COALESCE(execution.stop_us, %(now_us)s),
    stop_reason = CASE WHEN execution.stop_us IS NULL THEN %(reason)s ELSE execution.stop_reason END,
    stop_by = CASE WHEN execution.stop_us IS NULL THEN %(by)s ELSE execution.stop_by END,
    stop_force = execution.stop_force OR %(force)s
FROM ROWS(id bigint)
WHERE execution.id = rows.id AND execution.state IN ('queued', 'pending', 'running')
RETURNING execution.id AS id, execution.job_id AS job_id, execution.state AS state

-- name: stops_to_do
SELECT id, placement, handle, stop_force FROM execution
WHERE state IN ('pending', 'running') AND stop_us IS NOT NULL AND engine = %(engine)s AND node = %(node)s

-- name: forced_elsewhere
SELECT id FROM execution
WHERE state IN ('pending', 'running') AND stop_us IS NOT NULL AND stop_force AND engine = %(engine)s AND node <> %(node)s

-- name: touch_jobs
UPDATE job SET changed_us = %(now_us)s FROM ROWS(job_id bigint) WHERE job.id = rows.job_id
