-- What is left of executions that have ended. Their states are not touched any more.

-- name: past_of_job
-- From the newest to the oldest, page by page along `execution_number_once`.
SELECT
    id, number, state, ended_us, started_us, placement, log_bytes, work_bytes, packed_us, work_gone_us, files_gone_us
FROM execution
WHERE job_id = %(job_id)s AND number < %(before)s
ORDER BY number DESC
LIMIT %(limit)s

-- name: unsettled
-- One of a job's past that has not been measured yet, or that by its age is to go or to be packed: asked before the rows
-- are fetched one by one.
SELECT id FROM execution
WHERE job_id = %(job_id)s AND ended_us IS NOT NULL AND (
    log_bytes IS NULL OR work_bytes IS NULL
    OR ended_us < %(all_before_us)s
    OR (log_bytes + work_bytes > 0 AND (files_gone_us IS NOT NULL OR ended_us < %(files_before_us)s))
    OR (work_bytes > 0 AND (work_gone_us IS NOT NULL OR ended_us < %(work_before_us)s))
    OR (log_bytes >= %(worth_packing)s AND packed_us IS NULL AND ended_us < %(packed_before_us)s)
)
LIMIT 1

-- name: note_files
UPDATE execution
SET log_bytes = rows.log_bytes, work_bytes = rows.work_bytes, packed_us = rows.packed_us,
    work_gone_us = rows.work_gone_us, files_gone_us = rows.files_gone_us
FROM ROWS(
    id bigint, log_bytes bigint, work_bytes bigint, packed_us bigint, work_gone_us bigint, files_gone_us bigint
)
WHERE execution.id = rows.id AND execution.ended_us IS NOT NULL
