-- Forgets every post to one person, and every note of one.
--   KEYS  1 posts, 2 queue, 3 sending, 4 lanes, 5 changes, 6 sent, 7 undelivered,
--         8 undeliveredat, 9 undeliveredid, 10 unreported, 11 unreached, 12 written
--   ARGV  1 account, 2 the same as it stands in what goes to a room, 3… lanes
-- Returns how many there were.
local P = { posts = KEYS[1], queue = KEYS[2], sending = KEYS[3], lanes = KEYS[4], changes = KEYS[5], sent = KEYS[6] }
local U = { entries = KEYS[7], at = KEYS[8], ids = KEYS[9], unreported = KEYS[10] }
local account = ARGV[1]
local gone = 0
for i = 3, #ARGV do
  local member, entry = lane_head(P.queue, ARGV[i])
  while member do
    lane_drop(P, member, entry)
    gone = gone + 1
    member, entry = lane_head(P.queue, ARGV[i])
  end
  redis.call('HDEL', P.lanes, ARGV[i])
  redis.call('HDEL', KEYS[12], ARGV[i])
end
-- What goes to a room goes there in moments, so there is little of it.
for _, member in ipairs(redis.call('ZRANGEBYLEX', P.queue, '[bulk:room:', '(bulk:room;')) do
  local entry = string.sub(string.match(member, US .. '(.*)$'), 14)
  if string.find(redis.call('HGET', P.posts, entry) or '', ARGV[2], 1, true) then
    lane_drop(P, member, entry)
    gone = gone + 1
  end
end
-- There are some hundreds at most.
local entries = redis.call('HGETALL', U.entries)
for i = 1, #entries, 2 do
  if cjson.decode(entries[i + 1]).to == account then
    undelivered_drop(U, entries[i], entries[i + 1])
    gone = gone + 1
  end
end
redis.call('ZREMRANGEBYLEX', KEYS[11], '[' .. account .. US, '(' .. account .. ' ')
return { int(gone) }
