-- name: take_lease
-- Free, run out, or ours already. A new holder begins a new epoch.
UPDATE lease
SET holder = %(holder)s, until_us = %(until_us)s,
    epoch = CASE WHEN holder = %(holder)s THEN epoch ELSE epoch + 1 END
WHERE name = %(name)s AND (holder = %(holder)s OR until_us < %(now_us)s)
RETURNING epoch

-- name: release_lease
UPDATE lease SET holder = '', until_us = 0 WHERE name = %(name)s AND holder = %(holder)s

-- name: epoch
SELECT epoch FROM lease WHERE name = %(name)s
