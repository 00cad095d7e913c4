-- Sets the hints of groups that were looked into to what was found, unless
-- somebody scheduled meanwhile: then a hint can only become earlier.
--   KEYS  1 due index        ARGV  for each: group, its hint as known, next due
--                            ('' for none)
for i = 1, #ARGV, 3 do
  local group, known, due = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2]
  local score = redis.call('ZSCORE', KEYS[1], group)
  score = score and tonumber(score)
  if score and score == known then
    if due == '' then
      redis.call('ZREM', KEYS[1], group)
    else
      redis.call('ZADD', KEYS[1], due, group)
    end
  elseif due ~= '' and (not score or tonumber(due) < score) then
    redis.call('ZADD', KEYS[1], due, group)
  end
end
return 1
