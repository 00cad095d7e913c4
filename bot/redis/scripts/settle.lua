-- Says what becomes of a held job.
--   KEYS  1 jobs, 2 due, 3 lease, 4 next, 5 tries, 6 aside
--   ARGV  1 time, 2 job, 3 token, 4 what: complete, retry, aside, extend,
--         5 delay in ms, 6 failed ('1'), 7 what to keep aside
-- Returns whether it was held ('0' or '1'), when the community's next job is due
-- ('' for none), whether this one is due again, and whether any job is due by now
-- ('0' or '1').
local K = job_keys(1)
local id, what = ARGV[2], ARGV[4]
if redis.call('HGET', K.lease, id) ~= ARGV[3] then return { '0', '', '0', '0' } end
local now = now_ms(ARGV[1])
local at = int(now + tonumber(ARGV[5]))
if what == 'extend' then
  redis.call('ZADD', K.due, at, id)
  return { '1', '', '0', '0' }
end
if what == 'aside' then redis.call('HSET', KEYS[6], id, ARGV[7]) end
local again = '1'
if not job_renew(K, id, at) then
  if what == 'retry' then
    redis.call('HDEL', K.lease, id)
    redis.call('ZADD', K.due, at, id)
    job_returned(K, id, int(now), ARGV[6] == '1')
  else
    job_drop(K, id)
    again = '0'
  end
end
local first = redis.call('ZRANGE', K.due, 0, 0, 'WITHSCORES')
local next = first[2] or ''
return { '1', next, again, next ~= '' and tonumber(next) <= now and '1' or '0' }
