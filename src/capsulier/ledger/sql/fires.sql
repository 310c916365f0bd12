-- A fire is written before it is acted on, in one transaction with its execution.

-- name: due_schedules
-- Each job is locked before its schedule: the order that every writer keeps. The schedules are locked too, so that what
-- was edited or paused while we waited is seen as it is now.
SELECT
    s.id, s.job_id, s.repeat, s.cron, s.timezone, s.until, s.paused, s.started, s.accounted_us, s.next_fire_us,
    job.platform_id, job.name, job.overlap, job.catch_up, job.current_version_id AS version_id,
    job.alert_emails, job.alert_channels,
    job.queued + job.pending + job.running AS live,
    (SELECT MAX(fire.due_us) FROM fire WHERE fire.job_id = job.id AND fire.due_us <= %(now_us)s) AS last_due_us
FROM schedule s
JOIN job ON job.id = s.job_id
JOIN platform ON platform.id = job.platform_id
WHERE s.next_fire_us <= %(now_us)s AND NOT s.paused AND job.deleted_at IS NULL AND platform.archived_at IS NULL
ORDER BY job.id
LIMIT %(limit)s
LOCKED(job, s)

-- name: lock_schedule
SELECT
    s.id, s.job_id, s.repeat, s.cron, s.timezone, s.until, s.paused, s.started, s.accounted_us, s.next_fire_us,
    job.platform_id, job.name, job.overlap, job.catch_up, job.current_version_id AS version_id,
    job.alert_emails, job.alert_channels,
    job.queued + job.pending + job.running AS live,
    (SELECT MAX(fire.due_us) FROM fire WHERE fire.job_id = job.id AND fire.due_us <= %(now_us)s) AS last_due_us
FROM schedule s
JOIN job ON job.id = s.job_id
WHERE s.job_id = %(job_id)s
LOCKED(job)

-- name: next_due
SELECT s.next_fire_us AS at_us
FROM schedule s
JOIN job ON job.id = s.job_id
JOIN platform ON platform.id = job.platform_id
WHERE s.next_fire_us IS NOT NULL AND NOT s.paused AND job.deleted_at IS NULL AND platform.archived_at IS NULL
ORDER BY s.next_fire_us
LIMIT 1

-- name: insert_fires
INSERT INTO fire (platform_id, job_id, due_us, until_us, count, outcome, why, detail, execution_id, decided_us)
SELECT rows.platform_id, rows.job_id, rows.due_us, rows.until_us, rows.count, rows.outcome, rows.why,
    rows.detail, rows.execution_id, %(now_us)s
FROM ROWS(
    platform_id bigint, job_id bigint, due_us bigint, until_us bigint, count integer, outcome text, why text,
    detail text, execution_id bigint
)

-- name: advance_schedules
UPDATE schedule
SET accounted_us = rows.accounted_us, next_fire_us = rows.next_fire_us, started = schedule.started + rows.started
FROM ROWS(id bigint, accounted_us bigint, next_fire_us bigint, started integer)
WHERE schedule.id = rows.id

-- name: show_next_fires
-- What the job's row says of its schedule: the next fire, or none while it is paused.
UPDATE job
SET next_fire_us = rows.next_fire_us, changed_us = %(now_us)s
FROM ROWS(job_id bigint, next_fire_us bigint)
WHERE job.id = rows.job_id
