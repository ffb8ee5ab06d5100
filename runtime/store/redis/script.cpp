#include "runtime/store/redis/script.h"

namespace writ::redis {

const char* const script = R"lua(
local now, lease, asked = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local fields = {'attempts', 'block', 'within', 'growth', 'lasting', 'longest', 'temporary', 'quick', 'quick_block', 'drain', 'first_of', 'counted'}
local never, most = math.huge, 1000000000

local rules, first = {}, {}
for i = 1, #KEYS do
  local rule = {}
  for f = 1, #fields do rule[fields[f]] = tonumber(ARGV[3 + (i - 1) * #fields + f]) end
  rules[i] = rule
  first[i] = i
  for j = 1, i - 1 do
    if KEYS[j] == KEYS[i] then first[i] = j break end
  end
end

local function none() return {failed = 0, pending = 0, last_failed = 0, last_reserved = 0, gap = never, drained = 0} end
local function count(c) return c.failed + c.pending end
local function last(c)
  if c.pending > 0 then return math.max(c.last_failed, c.last_reserved) end
  return c.last_failed
end

local function load(i)
  local text = redis.call('GET', KEYS[i])
  if not text then return none() end
  local n = {}
  for word in string.gmatch(text, '%S+') do n[#n + 1] = tonumber(word) end
  local c = {failed = n[1], pending = n[2], last_failed = n[3], last_reserved = n[4], gap = n[5], drained = n[6]}
  if c.gap < 0 then c.gap = never end
  return c
end

local function for_good(rule, n)
  local blocks = n - math.max(rule.attempts, 1) + 1
  return rule.temporary >= 0 and blocks > 0 and blocks > rule.temporary
end

local function save(i, c)
  if count(c) == 0 then redis.call('DEL', KEYS[i]) return end
  local gap = c.gap
  if gap == never then gap = -1 end
  local text = string.format('%.0f %.0f %.0f %.0f %.0f %.0f', c.failed, c.pending, c.last_failed, c.last_reserved, gap, c.drained)
  local stays = (last(c) + rules[i].within + lease - now) / 1000 + 60000  -- a minute longer, for clocks that differ
  if rules[i].within >= 0 and stays < 1e14 and not for_good(rules[i], count(c)) then
    redis.call('SET', KEYS[i], text, 'PX', string.format('%.0f', math.ceil(stays)))
  else
    redis.call('SET', KEYS[i], text)
  end
end

local function settle(rule, c)
  c.last_failed = math.min(c.last_failed, now)
  c.last_reserved = math.min(c.last_reserved, now)
  c.drained = math.min(c.drained, now)
  if c.pending > 0 and now - c.last_reserved > lease then
    if c.failed == 0 then c.drained = c.last_reserved end
    c.failed = math.min(c.failed + c.pending, most)
    c.last_failed = math.max(c.last_failed, c.last_reserved)
    c.pending = 0
  end
  if rule.drain > 0 and c.failed > 0 then
    local drops = math.min(math.floor((now - c.drained) / rule.drain), c.failed)
    c.failed = c.failed - drops
    c.drained = c.drained + drops * rule.drain
  end
  local forgotten = rule.within >= 0 and now - last(c) > rule.within and not for_good(rule, count(c))
  if count(c) == 0 or forgotten then return none() end
  return c
end

local function blocked_for(rule, n, gap)
  local attempts = math.max(rule.attempts, 1)
  if for_good(rule, n) or (n >= attempts and rule.block < 0) then return -1 end
  local wait = 0
  if rule.growth == 0 and n >= attempts then wait = rule.block end
  if rule.growth == 1 then wait = rule.block * math.floor(n / attempts) end
  if rule.growth == 2 and n >= attempts then wait = rule.block * (1 + n - attempts) end
  if wait == 0 and gap < rule.quick then wait = rule.quick_block end
  if rule.longest >= 0 then wait = math.min(wait, rule.longest) end
  return wait
end

local function standing(rule, c)
  local s = {count = count(c), last = last(c), closed = false, opens = never}
  if s.count == 0 then return s end
  if rule.drain > 0 then
    s.closed = s.count >= rule.attempts
    if s.closed and c.failed > 0 then s.opens = c.drained + rule.drain end
    return s
  end
  local gap = c.gap
  if c.pending > 1 then gap = 0
  elseif c.pending == 1 and c.failed > 0 then gap = c.last_reserved - c.last_failed
  elseif c.pending == 1 then gap = never end
  local wait = blocked_for(rule, s.count, gap)
  s.closed = wait < 0 or now - s.last < wait
  if not s.closed then return s end
  if wait >= 0 then s.opens = s.last + wait end
  if rule.within >= 0 and not for_good(rule, s.count) then s.opens = math.min(s.opens, s.last + rule.within + 1) end
  return s
end

local counters, stands, closed = {}, {}, false
for i = 1, #KEYS do
  if first[i] == i then
    counters[i] = load(i)
  else
    local c = counters[first[i]]
    counters[i] = {failed = c.failed, pending = c.pending, last_failed = c.last_failed, last_reserved = c.last_reserved, gap = c.gap, drained = c.drained}
  end
  local late = counters[i].last_failed > now or counters[i].last_reserved > now
  counters[i] = settle(rules[i], counters[i])
  if late and asked == 'reserve' and first[i] == i then save(i, counters[i]) end
  stands[i] = standing(rules[i], counters[i])
  closed = closed or stands[i].closed
end

local counts = {}
for i = 1, #KEYS do
  counts[i] = 0
  local c = counters[i]
  if asked == 'reserve' and not closed then
    local companion = rules[i].first_of
    if not stands[companion + 1] or stands[companion + 1].count == 0 then
      counts[i] = 1
      if first[i] == i then
        c.pending = math.min(c.pending + 1, most)
        c.last_reserved = now
        save(i, c)
      end
    end
  elseif asked == 'commit' and first[i] == i and rules[i].counted == 1 then
    if c.pending > 0 or c.failed == 0 then
      if c.pending > 0 then c.pending = c.pending - 1 end
      if c.failed > 0 then c.gap = now - c.last_failed else c.gap = never c.drained = now end
      c.failed = math.min(c.failed + 1, most)
      c.last_failed = now
    end
    save(i, c)
  elseif (asked == 'right' or asked == 'unused') and first[i] == i and rules[i].counted == 1 then
    if c.pending > 0 then c.pending = c.pending - 1 end
    if asked == 'right' and rules[i].lasting == 0 then c.failed = 0 c.last_failed = 0 c.gap = never end
    save(i, c)
  end
end

local function number(n)
  if n == never then return '-1' end
  return string.format('%.0f', n)
end
local answer = {closed and '0' or '1'}
for i = 1, #KEYS do
  local s = stands[i]
  for _, word in ipairs({number(s.count), number(s.last), s.closed and '1' or '0', number(s.opens), number(counts[i])}) do answer[#answer + 1] = word end
end
return answer
)lua";

}  // namespace writ::redis
