// What the structs are made of that `writ facts --cpp` writes: values that cannot be forgotten, times, and where a policy's own facts are in a
// tenant's requests. Places and the numbers of an enumeration's words differ from tenant to tenant and change when a policy does; they are looked up
// by name, once for all tenants that declare the same, and again when a request is of a tenant that does not.
#pragma once

#include "runtime/engine/engine.h"
#include "runtime/program/facts.h"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace writ {

// A value that must be given: leaving it out does not compile. A bool is taken from a bool only, because nearly everything converts to one.
template <class T>
struct Given {
  T value;
  template <class U>
    requires(std::same_as<T, bool> ? std::same_as<std::remove_cvref_t<U>, bool> : std::convertible_to<U, T>)
  constexpr Given(U&& given) : value(std::forward<U>(given)) {}  // NOLINT: that it converts is what it is for
};

// An instant, from any clock that counts as the system's does.
struct Instant {
  std::int64_t micros = 0;
  constexpr Instant() = default;
  template <class Duration>
  constexpr Instant(std::chrono::sys_time<Duration> time)  // NOLINT: as above
      : micros(std::chrono::floor<std::chrono::microseconds>(time).time_since_epoch().count()) {}
};

// A span of time. What is finer than a microsecond counts as one, so that nothing is younger than it was.
struct Elapsed {
  std::int64_t micros = 0;
  constexpr Elapsed() = default;
  template <class Number, class Period>
  constexpr Elapsed(std::chrono::duration<Number, Period> span)  // NOLINT: as above
      : micros(std::chrono::ceil<std::chrono::microseconds>(span).count()) {}
};

// Of one thread at a time, as a Request is.
class Places {
 public:
  struct Wanted {
    std::string_view name;
    std::span<const std::string_view> values = {};  // of an enumeration, the words that are to be set
  };
  // `wanted` is kept, not copied.
  explicit Places(std::span<const Wanted> wanted) : wanted_(wanted), found_(wanted.size()) {}

  // To be called when the request was started. Allocates only where the facts are others than the last time.
  void follow(const Request& request);
  // Of a fact that the tenant does not declare, a place that no fact has: setting it makes the decision invalid_request.
  FactId operator[](std::size_t wanted) const { return found_[wanted].place; }
  // The number of that word there; of one that the tenant's enumeration does not have, -1, which is invalid_request as well.
  std::int64_t number(std::size_t wanted, std::size_t value) const {
    const auto& numbers = found_[wanted].numbers;
    return value < numbers.size() ? numbers[value] : -1;
  }

 private:
  struct Found {
    FactId place{UINT16_MAX};
    std::vector<std::int64_t> numbers;
  };
  std::span<const Wanted> wanted_;
  std::shared_ptr<const void> table_;  // of the tenant whose places these are, kept so that no other has its address
  std::vector<Found> found_;
};

}  // namespace writ
