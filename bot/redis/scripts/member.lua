-- Finds the member of an account, or makes one.
--   KEYS  1 accounts, 2 members, 3 membernumbers, 4 numbers, 5 members:v, 6 left
--   ARGV  1 account, 2 fresh member id, 3 fresh member, 4 the account's space
-- Returns {id, member, number, version}, or {'left'} if the space is in another
-- community.
if redis.call('HEXISTS', KEYS[6], ARGV[4]) == 1 then return { 'left' } end
local id = redis.call('HGET', KEYS[1], ARGV[1])
if not id then
  id = ARGV[2]
  redis.call('HSET', KEYS[1], ARGV[1], id)
  redis.call('HSET', KEYS[2], id, ARGV[3])
  redis.call('HSET', KEYS[3], id, redis.call('HINCRBY', KEYS[4], 'members', 1))
end
return { id, redis.call('HGET', KEYS[2], id), redis.call('HGET', KEYS[3], id), redis.call('HGET', KEYS[5], id) or '0' }
