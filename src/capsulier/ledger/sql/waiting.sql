-- Why executions wait in the queue.

-- name: waiting
-- `ahead` counts what stands before each in the queue of its job, by one walk through that queue; null for one whose
-- delay is not over.
SELECT e.id, e.job_id, e.platform_id, e.not_before_us, e.trigger, e.alone, place.ahead,
    job.pending + job.running AS of_job, job.max_running AS most_of_job, platform.max_running AS most_of_platform,
    platform.min_free_mb
FROM ROWS(id bigint)
JOIN execution e ON e.id = rows.id AND e.state = 'queued'
JOIN job ON job.id = e.job_id
JOIN platform ON platform.id = e.platform_id
LEFT JOIN (
    SELECT q.id, ROW_NUMBER() OVER (PARTITION BY q.job_id ORDER BY q.id) - 1 AS ahead
    FROM execution q INDEXED(execution_queue)
    WHERE q.state = 'queued' AND q.not_before_us <= %(now_us)s AND q.job_id IN (
        SELECT asked.job_id FROM ROWS(id bigint) JOIN execution asked ON asked.id = rows.id AND asked.state = 'queued'
    )
) AS place ON place.id = e.id

-- name: first_in_queue
-- Of each job the execution that leaves its queue next; where all of them wait out a delay, the one whose is over first.
SELECT COALESCE(
    (
        SELECT e.id FROM execution e INDEXED(execution_queue)
        WHERE e.job_id = rows.job_id AND e.state = 'queued' AND e.not_before_us <= %(now_us)s ORDER BY e.id LIMIT 1
    ),
    (
        SELECT e.id FROM execution e INDEXED(execution_queue)
        WHERE e.job_id = rows.job_id AND e.state = 'queued' ORDER BY e.not_before_us LIMIT 1
    )
) AS id
FROM ROWS(job_id bigint)

-- name: led_until
SELECT until_us FROM lease WHERE name = %(name)s
