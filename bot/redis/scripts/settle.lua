-- Says what becomes of a held job.
--   KEYS  1 jobs, 2 due, 3 lease, 4 next, 5 tries, 6 aside
--   ARGV  1 time, 2 job, 3 token, 4 what: complete, retry, aside, extend,
--         5 delay in ms, 6 failed ('1'), 7 what to keep aside
-- Returns {held ('0' or '1'), when the community's next job is due ('' for none)}.
local K = job_keys(1)
local id, what = ARGV[2], ARGV[4]
if redis.call('HGET', K.lease, id) ~= ARGV[3] then return { '0', '' } end
local at = int(now_ms(ARGV[1]) + tonumber(ARGV[5]))
if what == 'extend' then
  redis.call('ZADD', K.due, at, id)
  return { '1', '' }
end
if what == 'aside' then redis.call('HSET', KEYS[6], id, ARGV[7]) end
if not job_renew(K, id, at) then
  if what == 'retry' then
    redis.call('HDEL', K.lease, id)
    redis.call('ZADD', K.due, at, id)
    if ARGV[6] == '1' then redis.call('HINCRBY', K.tries, id, 1) end
  else
    job_drop(K, id)
  end
end
local first = redis.call('ZRANGE', K.due, 0, 0, 'WITHSCORES')
return { '1', first[2] or '' }
