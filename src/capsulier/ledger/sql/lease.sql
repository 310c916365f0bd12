-- name: take_lease
-- Free, run out, or ours already. A new holder begins a new epoch. One that holds for longer than anybody may was
-- written before the clock was set back: it would keep everybody standing by until then.
UPDATE lease
SET holder = %(holder)s, until_us = %(until_us)s,
    epoch = CASE WHEN holder = %(holder)s THEN epoch ELSE epoch + 1 END
WHERE name = %(name)s AND (
    holder = %(holder)s OR until_us < %(now_us)s OR until_us > %(unbelievable_us)s
)
RETURNING epoch

-- name: release_lease
UPDATE lease SET holder = '', until_us = 0 WHERE name = %(name)s AND holder = %(holder)s

-- name: epoch
-- Locked, so that nobody takes over in the middle of a leader's transaction: one that is frozen there has lost its
-- locks, and with them all that it wrote, before another leads.
SELECT lease.epoch FROM lease WHERE name = %(name)s
LOCKED(lease)
