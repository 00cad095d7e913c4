-- Says that groups have something due. A hint that is earlier already is
-- touched, so that a worker which is just settling it sees the change.
--   KEYS  1 due index        ARGV  for each: group, due in ms
for i = 1, #ARGV, 2 do
  local score, due = redis.call('ZSCORE', KEYS[1], ARGV[i]), tonumber(ARGV[i + 1])
  if score and tonumber(score) <= due then due = tonumber(score) - 0.25 end
  redis.call('ZADD', KEYS[1], string.format('%.2f', due), ARGV[i])
end
return 1
