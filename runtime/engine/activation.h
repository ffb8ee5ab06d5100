// Serving bundles: what `Engine::open` and `Engine::apply` are told, and what they say. A bundle is judged, tested by the questions it carries, put
// on record, and swapped in; whatever fails before that leaves what served, and says why.
#pragma once

#include "runtime/bundle/trust.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ {

struct Opening {
  bundle::Trust trust;
  std::string
      state;  // the file of the highest version seen (bundle::State); empty: versions are held against what serves now alone
  std::optional<bundle::Rollback> rollback;
  std::chrono::microseconds grace{0};       // it serves for so long after it expired
  std::chrono::milliseconds self_test{20};  // for so long its questions are asked, the first in any case; 0: none
  std::int64_t (*clock)() =
      &bundle::system_clock_now;  // micros since 1970; asked again with every decision when there is an expiry
  // Told when it was judged, tested, ready, recorded and swapped: for logs, and for who wants to fail there.
  std::function<void(std::string_view step)> step{};
};

struct Activation {
  bundle::Problem problem;  // none: it serves
  std::uint64_t version = 0;
  std::size_t tested = 0;  // questions that were asked of it
  // Tenants whose part is broken. What served them before serves on, where there is such a thing and nobody else has its hosts now; else they are
  // refused as `not_ready`.
  struct Broken {
    std::string tenant;
    bundle::Problem why;
    bool kept = false;
  };
  std::vector<Broken> broken;
  bool ok() const { return !problem; }
};

// Asks a bundle that was judged what it carries to be asked, for `how.self_test`. `tested`: so many questions were decided as it says.
bundle::Problem self_test(const std::shared_ptr<const bundle::Bundle>& judged, const Opening& how, std::size_t& tested);

// Of one tenant.
struct Revision {
  std::string hash;  // hex, as in Explanation
  std::uint64_t version = 0;
  enum class From : std::uint8_t { bundle, put, kept } from{};  // kept: the bundle's part of it is broken
  std::size_t bytes = 0;                                        // of memory that its decisions read
};

struct Metrics {
  bool ready = false, stale = false;
  std::string channel;  // of the bundle that serves; empty: there is none
  std::uint64_t version = 0;
  std::string root;                  // hex
  std::int64_t expires = INT64_MAX;  // micros since 1970
  std::size_t tenants = 0;           // that can be asked
  std::size_t loaded = 0;            // that were asked, or put by hand
  std::size_t overridden = 0;        // put or removed by hand, or kept
  // Alive, whoever keeps them: what serves, what requests were started with, what threads saw last.
  std::int64_t bundles_alive = 0, parts_alive = 0;
  // Since the engine began.
  std::uint64_t opened = 0, refused = 0, put = 0, removed = 0, loaded_late = 0, broken = 0;
  std::string last_refusal;  // why, of the last bundle that was refused
};

}  // namespace writ
