// The stores that one suite is asked of, each empty and gone with its keeper.
#pragma once

#include "runtime/store/store.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace writ::stores {

struct Kind {
  std::string name;
  // Null where it cannot be had on this machine, which is said once on standard error.
  std::function<std::shared_ptr<CounterStore>()> make;
};
const std::vector<Kind>& kinds();

inline constexpr std::int64_t second = 1'000'000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
inline constexpr std::int64_t start = 1'780'000'000 * second;

inline CounterRule rule(std::string_view name, std::int64_t attempts) {
  CounterRule one;
  one.key = counter_key({name});
  one.attempts = attempts;
  return one;
}

}  // namespace writ::stores
