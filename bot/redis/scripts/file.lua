-- Files messages of a running discussion.
--   KEYS  1 live, 2 versions, 3 entries, 4 order, 5 who has spoken, 6 what is to be
--         looked at for other places
--   ARGV  1 channel, 2 all that run in it as known, 3 discussion, 4 its version
--         as known, then for each message its id, its entry, which begins with its
--         revision and a blank, its revision, its author, and '1' if it may be of
--         interest in other places
-- Returns for each message filed, changed (it was there, as an older revision),
-- older (it was there, as this revision or a newer one) or, if what is known of
-- the discussion is out of date, stale.
local entries, order, who = KEYS[3], KEYS[4], KEYS[5]

local function keep(id, entry, revision, author)
  if redis.call('HSETNX', entries, id, entry) == 1 then
    redis.call('RPUSH', order, id)
    if author ~= '' then redis.call('HSET', who, author, '1') end
    return 'filed'
  end
  -- Revisions may be greater than a number can tell exactly.
  local known = string.match(redis.call('HGET', entries, id), '^(%d+) ') or ''
  if #revision < #known or #revision == #known and revision <= known then return 'older' end
  redis.call('HSET', entries, id, entry)
  if author ~= '' then redis.call('HSET', who, author, '1') end
  return 'changed'
end

local function file(id, entry, revision, author, carried)
  local filed = keep(id, entry, revision, author)
  if carried == '1' and filed ~= 'older' then redis.call('RPUSH', KEYS[6], id) end
  return filed
end

local stale = redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] or redis.call('HGET', KEYS[2], ARGV[3]) ~= ARGV[4]
local out = {}
for i = 5, #ARGV, 5 do
  out[#out + 1] = stale and 'stale' or file(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4])
end
return out
