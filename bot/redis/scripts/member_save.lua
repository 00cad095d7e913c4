-- Replaces what is kept of a member who exists, if the version is the expected one.
--   KEYS  1 jobs, 2 due, 3 lease, 4 next, 5 tries, 6 members, 7 members:v
--   ARGV  1 member id, 2 member, 3 expected version (0: never changed), 4 effects with
--         jobs
-- Returns {'ok'}, {'gone'} or {'conflict'}.
local K = job_keys(1)
if redis.call('HEXISTS', KEYS[6], ARGV[1]) == 0 then return { 'gone' } end
if (redis.call('HGET', KEYS[7], ARGV[1]) or '0') ~= ARGV[3] then return { 'conflict' } end
redis.call('HSET', KEYS[6], ARGV[1], ARGV[2])
redis.call('HINCRBY', KEYS[7], ARGV[1], 1)
for _, j in ipairs(cjson.decode(ARGV[4]).jobs) do job_put(K, j.id, j.due, j.body) end
return { 'ok' }
