-- Keeps how far somebody is who answers a check-in in direct messages.
--   KEYS  1 input claim, 2 the member's talk, 3 turns of the occurrence
--   ARGV  1 time, 2 input, 3 expected version, 4 what it is about, 5 member,
--         6 occurrence ('' for none), 7 its partial answer ('' removes it), 8 until when it is
--         kept, in ms
-- Returns {version}, or {} if it is another one, the input has had its effect, or
-- they have answered.
if redis.call('EXISTS', KEYS[1]) == 1 or (redis.call('HGET', KEYS[2], 'v') or '0') ~= ARGV[3] then return {} end
local occurrence = ARGV[6]
if occurrence ~= '' then
  local state = string.match(redis.call('HGET', KEYS[3], ARGV[5]) or '', '^(%S+)')
  if ARGV[7] == '' then
    redis.call('HDEL', KEYS[2], 'd/' .. occurrence, 'aside/' .. occurrence)
  elseif state == 'answered' or state == 'skipped' then
    return {}
  else
    redis.call('HSET', KEYS[2], 'd/' .. occurrence, ARGV[7])
  end
end
redis.call('HSET', KEYS[2], 'about', ARGV[4])
local version = redis.call('HINCRBY', KEYS[2], 'v', 1)
redis.call('PEXPIRE', KEYS[2], int(math.max(1, tonumber(ARGV[8]) - now_ms(ARGV[1]), redis.call('PTTL', KEYS[2]))))
redis.call('SET', KEYS[1], '1', 'EX', 86400)
return { int(version) }
