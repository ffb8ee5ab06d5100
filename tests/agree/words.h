// What policies and requests of the generator draw from: few words, so that they meet; boundaries, so that meeting is close.
#pragma once

#include "runtime/program/facts.h"
#include "runtime/program/value.h"

#include <array>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::agree {

// The attributes that every generated policy declares, with the text that declares them.
struct Declared {
  Fact fact;
  std::string_view type;
};
std::span<const Declared> declared_attributes();

// Built-in facts and declared attributes of a type.
std::vector<Fact> known_facts();

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(engine_() % (static_cast<std::uint64_t>(high - low) + 1));
  }
  bool chance(unsigned percent) { return engine_() % 100 < percent; }
  template <class List>
  const auto& pick(const List& list) {
    return list[below(std::size(list))];
  }

 private:
  std::mt19937_64 engine_;
};

std::string random_string(Random& random);       // of a small pool: plain, mixed case, empty, not ASCII, addresses
std::string random_country(Random& random);
Ip random_ip(Random& random);                    // inside, at the edge of and outside the blocks; v4-mapped ones too
std::string random_block(Random& random);
std::int64_t random_time(Random& random);        // micros: around changes of summer time, midnights, window edges
std::int64_t random_duration(Random& random);    // micros: minutes with their neighbours
std::int64_t random_count(Random& random, std::int64_t low, std::int64_t high);
std::string as_literal(std::string_view text);       // as a literal of the language

inline constexpr std::array<std::string_view, 4> zones = {"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"};

}  // namespace writ::agree
