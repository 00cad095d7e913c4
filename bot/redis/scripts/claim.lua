-- Takes jobs that are due and holds them.
--   KEYS  1 jobs, 2 due, 3 lease, 4 next, 5 tries
--   ARGV  1 time, 2 most jobs, 3 lease in ms, 4 token
-- Returns the time, the next due time ('' for none), then for each job its id,
-- due time, body, failures and when it was first given back ('' for never).
local now = now_ms(ARGV[1])
local K = job_keys(1)
local out = { int(now), '' }
local found = redis.call('ZRANGEBYSCORE', K.due, '-inf', int(now), 'WITHSCORES', 'LIMIT', 0, ARGV[2])
for i = 1, #found, 2 do
  local id, due = found[i], found[i + 1]
  local wanted = true
  if redis.call('HEXISTS', K.lease, id) == 1 then
    -- Its worker died, maybe after it had scheduled the job anew.
    local renewed = job_renew(K, id, int(now))
    if renewed then
      due = renewed
      wanted = tonumber(renewed) <= now
    end
  end
  local body = redis.call('HGET', K.jobs, id)
  if not body then
    job_drop(K, id)
  elseif wanted then
    redis.call('HSET', K.lease, id, ARGV[4])
    redis.call('ZADD', K.due, int(now + tonumber(ARGV[3])), id)
    out[#out + 1] = id
    out[#out + 1] = due
    out[#out + 1] = body
    local failures, since = job_tries(K, id)
    out[#out + 1] = failures
    out[#out + 1] = since
  end
end
local first = redis.call('ZRANGE', K.due, 0, 0, 'WITHSCORES')
if #first > 0 then out[2] = first[2] end
return out
