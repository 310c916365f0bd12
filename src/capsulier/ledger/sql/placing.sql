-- What the dispatcher chooses from.

-- name: work_per_platform
SELECT platform.id AS platform_id, platform.max_running - COUNT(execution.id) AS room, platform.min_free_mb
FROM platform
LEFT JOIN execution INDEXED(execution_at_work) ON execution.platform_id = platform.id AND execution.state IN ('pending', 'running')
GROUP BY platform.id, platform.max_running, platform.min_free_mb

-- name: queue_heads sqlite
-- Jobs that cannot start anything now, for their platform's limit or because all of theirs wait out a retry's delay,
-- must not take the places of those that can.
-- The first executions in each job's queue, however long the queue: each is one step into the index `execution_queue`,
-- which SQLite would leave aside for that of the job's executions, ended ones and all.
SELECT job.id AS job_id, job.platform_id, job.pending + job.running AS at_work, job.max_running, head.value AS id,
    (SELECT alone FROM execution WHERE id = head.value) AS alone
FROM (
    SELECT * FROM job INDEXED(job_with_queue)
    WHERE queued > 0 AND (max_running IS NULL OR pending + running < max_running)
        AND platform_id IN (SELECT platform_id FROM ROWS(platform_id bigint))
        AND EXISTS (
            SELECT 1 FROM execution INDEXED(execution_queue)
            WHERE job_id = job.id AND state = 'queued' AND not_before_us <= %(now_us)s
        )
    ORDER BY pending + running, id LIMIT 2000
) AS job
JOIN json_each((
    SELECT json_group_array(id) FROM (
        SELECT id FROM execution INDEXED(execution_queue)
        WHERE job_id = job.id AND state = 'queued' AND not_before_us <= %(now_us)s
        ORDER BY id LIMIT %(depth)s
    )
)) AS head

-- name: queue_heads postgresql
SELECT job.id AS job_id, job.platform_id, job.pending + job.running AS at_work, job.max_running, head.id, head.alone
FROM (
    SELECT * FROM job
    WHERE queued > 0 AND (max_running IS NULL OR pending + running < max_running)
        AND platform_id IN (SELECT platform_id FROM ROWS(platform_id bigint))
        AND EXISTS (
            SELECT 1 FROM execution WHERE job_id = job.id AND state = 'queued' AND not_before_us <= %(now_us)s
        )
    ORDER BY pending + running, id LIMIT 2000
) AS job
CROSS JOIN LATERAL (
    SELECT id, alone FROM execution
    WHERE job_id = job.id AND state = 'queued' AND not_before_us <= %(now_us)s
    ORDER BY id LIMIT %(depth)s
) AS head

-- name: next_in_queue
-- When the first delayed execution may leave the queue.
SELECT MIN(not_before_us) AS at_us FROM execution WHERE state = 'queued' AND not_before_us > %(now_us)s

-- name: placed
-- All that a launch is compiled from.
SELECT
    e.id, e.platform_id, e.job_id, e.number, e.placement, e.attempt, e.trigger, e.due_us, e.not_before_us, e.variables,
    job.name AS job_name, job.capsule, platform.name AS platform, platform.max_log_mb, platform.run_as,
    version.number AS version, version.command, version.runtime, version.timeout_s, version.memory_mb, version.cpus,
    package.name AS package_name, package.sha256, package.size_bytes
FROM ROWS(id bigint)
JOIN execution e ON e.id = rows.id
JOIN job ON job.id = e.job_id
JOIN platform ON platform.id = e.platform_id
JOIN version ON version.id = e.version_id
LEFT JOIN package ON package.id = version.package_id
ORDER BY e.id

-- name: at_work
-- What a new leader asks its engine about.
SELECT id, handle, state FROM execution INDEXED(execution_at_work)
WHERE state IN ('pending', 'running') AND engine = %(engine)s AND node = %(node)s
ORDER BY id
