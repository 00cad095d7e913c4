-- Says that a group has something due. A hint that is earlier already is
-- touched, so that a worker which is just settling it sees the change.
--   KEYS  1 due index        ARGV  1 group, 2 due in ms
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
local due = tonumber(ARGV[2])
if score and tonumber(score) <= due then due = tonumber(score) - 0.25 end
redis.call('ZADD', KEYS[1], string.format('%.2f', due), ARGV[1])
return 1
