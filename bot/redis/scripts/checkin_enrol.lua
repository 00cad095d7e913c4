-- Lets people take part in a check-in who were found by a list, and those who were
-- not no longer.
--   KEYS  1 jobs, 2 due, 3 lease, 4 next, 5 tries, 6 who takes part, 7 their order,
--         8 who was listed, 9 what they know and said, 10… in which a member takes part
--   ARGV  1 time, 2 check-in, 3 the list, 4 effects with jobs, then for each member
--         the ID and what is kept of them ('' to let them go unless they were found)
-- Returns {'ok'}.
local _ = now_ms(ARGV[1])
local K = job_keys(1)
local people, order, listed, said = KEYS[6], KEYS[7], KEYS[8], KEYS[9]
for i = 5, #ARGV, 2 do
  local member, body, joined = ARGV[i], ARGV[i + 1], KEYS[10 + (i - 5) / 2]
  local last = redis.call('HGET', listed, member)
  if body == '' then
    if last and last ~= ARGV[3] and string.sub(last, 1, 1) ~= '-' then
      redis.call('HDEL', people, member)
      redis.call('ZREM', order, member)
      redis.call('SREM', joined, ARGV[2])
      redis.call('HSET', listed, member, '-' .. last)
    end
  elseif redis.call('HGET', said, member) ~= 'left' then
    local fresh = redis.call('HSETNX', people, member, body) == 1
    if fresh then
      redis.call('ZADD', order, 0, member)
      redis.call('SADD', joined, ARGV[2])
    end
    if fresh or last then redis.call('HSET', listed, member, ARGV[3]) end
  end
end
for _, j in ipairs(cjson.decode(ARGV[4]).jobs) do job_put(K, j.id, j.due, j.body) end
return { 'ok' }
