-- name: note_overruns
-- Written once for each execution, whoever looks. What somebody else has locked is noted at the next look.
UPDATE execution SET warned_us = %(now_us)s
WHERE execution.state = 'running' AND execution.warned_us IS NULL AND execution.id IN (
    SELECT e.id
    FROM job INDEXED(job_with_warning)
    JOIN execution e INDEXED(execution_at_work)
        ON e.platform_id = job.platform_id AND e.job_id = job.id AND e.state IN ('pending', 'running')
    WHERE job.warn_after_s IS NOT NULL AND job.running > 0 AND e.warned_us IS NULL
        AND e.started_us < %(now_us)s - CAST(job.warn_after_s AS bigint) * 1000000
    FREE(e)
)
RETURNING execution.id AS id, execution.job_id AS job_id
