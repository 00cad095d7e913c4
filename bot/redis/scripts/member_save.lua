-- Replaces what is kept of a member who exists.
--   KEYS  1 members        ARGV  1 member id, 2 member
-- Returns 1, or 0 if there is no such member.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
