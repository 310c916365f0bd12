-- What executions are given beside their command: the variables of their platform and their job.

-- name: variables_now
-- Each once, however many executions it is for: a value may be 100 kB.
SELECT v.id, v.platform_id, v.job_id, v.name, v.is_secret, v.value, v.sealed
FROM variable v
WHERE v.ended_us IS NULL AND (
    (v.job_id IS NULL AND v.platform_id IN (SELECT platform_id FROM ROWS(platform_id bigint, job_id bigint)))
    OR v.job_id IN (SELECT job_id FROM ROWS(platform_id bigint, job_id bigint))
)

-- name: set_given
UPDATE execution
SET given = rows.given
FROM ROWS(id bigint, given jsonb)
WHERE execution.id = rows.id

-- name: sealed_variables
-- Of executions after this one, those whose own variables have anything sealed among them: read by the rotation only.
SELECT id, variables FROM execution
WHERE id > %(after)s AND CAST(variables AS text) LIKE '%%"sealed"%%'
ORDER BY id LIMIT %(most)s

-- name: reseal_variables
UPDATE execution
SET variables = rows.variables
FROM ROWS(id bigint, variables jsonb)
WHERE execution.id = rows.id
