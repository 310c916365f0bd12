-- Executions enter here. The job's row comes first: its counter numbers them, and its lock puts two callers in order.

-- name: to_run
-- What a run by hand needs to know of its job, in one step: the way from here to the program's first instruction is
-- what people feel. The job's row is locked, so that nobody deletes it meanwhile.
SELECT
    job.platform_id, job.name, job.deleted_at IS NOT NULL AS is_deleted,
    platform.archived_at IS NOT NULL AS is_archived, version.id AS version_id, version.number AS version, version.command, package.name AS package, package.sha256, version.runtime,
    version.timeout_s, version.memory_mb, version.cpus
FROM job
JOIN platform ON platform.id = job.platform_id
LEFT JOIN version ON version.id = job.current_version_id
LEFT JOIN package ON package.id = version.package_id
WHERE job.id = %(job_id)s
LOCKED(job)

-- name: number_executions
UPDATE job
SET execution_counter = job.execution_counter + rows.n,
    queued = job.queued + rows.n,
    changed_us = %(now_us)s
FROM ROWS(job_id bigint, n integer)
WHERE job.id = rows.job_id
RETURNING job.id AS job_id, job.execution_counter AS last_number

-- name: insert_executions
INSERT INTO execution (
    platform_id, job_id, number, version_id, state, reason, detail, trigger, triggered_by_id, attempt, retry_of_id,
    alone, variables, snapshot, due_us, not_before_us, queued_us, placement, engine, node, stop_reason, stop_by,
    stop_force
)
SELECT
    rows.platform_id, rows.job_id, rows.number, rows.version_id, 'queued', '', '', rows.trigger, rows.triggered_by_id,
    rows.attempt, rows.retry_of_id, rows.alone = 1, rows.variables, rows.snapshot, rows.due_us, rows.not_before_us,
    %(now_us)s, 0, '', '', '', '', %(no)s
FROM ROWS(
    platform_id bigint, job_id bigint, number integer, version_id bigint, trigger text, triggered_by_id bigint,
    attempt integer, retry_of_id bigint, alone integer, variables jsonb, snapshot jsonb, due_us bigint,
    not_before_us bigint, place integer
)
-- The ids rise with the place in the batch, so the queue keeps its order.
ORDER BY rows.place
RETURNING id, job_id, number

-- name: point_to_last_execution
UPDATE job
SET last_execution_id = rows.execution_id
FROM ROWS(job_id bigint, execution_id bigint)
WHERE job.id = rows.job_id
