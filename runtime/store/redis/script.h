// What Redis runs: counter.cpp in Lua. One suite of tests holds the two together.
#pragma once

namespace writ::redis {

// KEYS: one for each rule, rules of one counter the same. ARGV: now, lease, what is asked (reserve, commit, right, unused, peek), then for each rule
// attempts, block, within, growth, lasting, longest, temporary, quick, quick_block, drain, first_of and whether the attempt was counted by it. Answers
// with words: 1 when granted, then for each rule count, last, closed, opens (-1: never) and whether it counts now.
extern const char* const script;

}  // namespace writ::redis
