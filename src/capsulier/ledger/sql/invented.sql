-- An invented past: see `ledger.invented`.

-- name: invented
FROM (
    SELECT
        n, job_id, trigger, %(begin_us)s + n * %(step_us)s AS queued_us,
        ROW_NUMBER() OVER (PARTITION BY job_id ORDER BY n) AS number
    FROM (
        SELECT
            n, CASE WHEN n %% 49 = 1 OR n %% 10 = 0 THEN 'manual' ELSE 'schedule' END AS trigger,
            %(first_job)s + CASE
                WHEN n %% 49 = 1 THEN 0
                WHEN n %% 10 = 0 THEN %(first_other)s + n / 10 %% %(others)s
                ELSE n %% %(schedules)s END AS job_id
        FROM (
            WITH RECURSIVE series(n) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT n + 1 FROM series WHERE n < %(count)s)
            SELECT n FROM series
        ) AS numbers
    ) AS placed
) AS invented
ORDER BY n

-- name: count_invented
-- What the ledger would have kept on the jobs' rows.
UPDATE job
SET execution_counter = counted.n, successes = counted.successes, failures = counted.failures, kills = counted.kills,
    last_execution_id = counted.last_id, last_outcome = execution.state, last_ended_us = execution.ended_us,
    changed_us = %(now_us)s
FROM (
    SELECT
        job_id, COUNT(*) AS n, MAX(id) AS last_id, COUNT(CASE WHEN state = 'success' THEN 1 END) AS successes,
        COUNT(CASE WHEN state = 'failed' THEN 1 END) AS failures, COUNT(CASE WHEN state = 'killed' THEN 1 END) AS kills
    FROM execution GROUP BY job_id
) AS counted
JOIN execution ON execution.id = counted.last_id
WHERE job.id = counted.job_id
