-- A fire is written before it is acted on, in one transaction with its execution.

-- name: lock_to_replace sqlite
-- There is nothing to lock: one writes at a time.
SELECT 0 AS id WHERE false

-- name: lock_to_replace postgresql
-- What the fires that are due may stop: executions are locked before their jobs, always.
SELECT e.id FROM schedule s
JOIN job ON job.id = s.job_id
JOIN execution e ON e.job_id = job.id AND e.platform_id = job.platform_id
WHERE s.next_fire_us <= %(now_us)s AND NOT s.paused AND job.overlap = 'replace' AND job.deleted_at IS NULL
    AND job.queued + job.pending + job.running > 0 AND e.state IN ('queued', 'pending', 'running')
ORDER BY e.id
FOR UPDATE OF e

-- name: due_schedules
-- Each job is locked before its schedule: the order that every writer keeps. The schedules are locked too, so that what
-- was edited or paused while we waited is seen as it is now.
SELECT
    s.id, s.job_id, s.repeat, s.cron, s.timezone, s.until, s.paused, s.started, s.accounted_us, s.next_fire_us,
    job.platform_id, job.name, job.overlap, job.catch_up, job.current_version_id AS version_id,
    job.alert_emails, job.alert_channels,
    job.queued + job.pending + job.running AS live,
    (
        -- But for what a pause that goes on has noted: it is decided when the schedule is resumed.
        SELECT MAX(fire.due_us) FROM fire WHERE fire.job_id = job.id AND fire.due_us <= %(now_us)s
        AND NOT (fire.due_us > s.accounted_us AND fire.outcome = 'missed' AND fire.why = 'paused')
    ) AS last_due_us
FROM schedule s INDEXED(schedule_due)
JOIN job ON job.id = s.job_id
JOIN platform ON platform.id = job.platform_id
WHERE s.next_fire_us <= %(now_us)s AND job.deleted_at IS NULL AND platform.archived_at IS NULL
ORDER BY job.id
LIMIT %(limit)s
LOCKED(job, s)

-- name: lock_schedule
SELECT
    s.id, s.job_id, s.repeat, s.cron, s.timezone, s.until, s.paused, s.started, s.accounted_us, s.next_fire_us,
    job.platform_id, job.name, job.overlap, job.catch_up, job.current_version_id AS version_id,
    job.alert_emails, job.alert_channels,
    job.queued + job.pending + job.running AS live,
    (
        -- But for what a pause that goes on has noted: it is decided when the schedule is resumed.
        SELECT MAX(fire.due_us) FROM fire WHERE fire.job_id = job.id AND fire.due_us <= %(now_us)s
        AND NOT (fire.due_us > s.accounted_us AND fire.outcome = 'missed' AND fire.why = 'paused')
    ) AS last_due_us
FROM schedule s
JOIN job ON job.id = s.job_id
WHERE s.job_id = %(job_id)s
LOCKED(job)

-- name: next_due
SELECT s.next_fire_us AS at_us
FROM schedule s INDEXED(schedule_due)
JOIN job ON job.id = s.job_id
JOIN platform ON platform.id = job.platform_id
WHERE s.next_fire_us IS NOT NULL AND job.deleted_at IS NULL AND platform.archived_at IS NULL
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

-- name: note_pauses
-- A stretch of instants that nobody fires while a schedule is paused is one record, which grows. It lies after what the
-- schedule has accounted for, and is decided when it is resumed.
UPDATE fire
SET until_us = rows.until_us, count = fire.count + rows.count, decided_us = %(now_us)s
FROM ROWS(job_id bigint, accounted_us bigint, until_us bigint, count integer)
WHERE fire.job_id = rows.job_id AND fire.due_us > rows.accounted_us
    AND fire.outcome = 'missed' AND fire.why = 'paused'
RETURNING fire.job_id AS job_id

-- name: move_paused
UPDATE schedule SET next_fire_us = rows.next_fire_us
FROM ROWS(id bigint, next_fire_us bigint)
WHERE schedule.id = rows.id

-- name: drop_noted_pauses
-- They give way to what is decided now.
DELETE FROM fire WHERE id IN (
    SELECT noted.id FROM ROWS(id bigint)
    JOIN schedule s ON s.id = rows.id
    JOIN fire noted ON noted.job_id = s.job_id AND noted.due_us > s.accounted_us
    WHERE noted.outcome = 'missed' AND noted.why = 'paused'
)
