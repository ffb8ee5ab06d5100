// What serves beneath the table of tenants: a bundle, whose parts are loaded when they are first asked for; what was put or removed by hand over
// it; and counters that tell what is alive.
#pragma once

#include "runtime/bundle/bundle.h"
#include "runtime/engine/activation.h"
#include "runtime/engine/loaded.h"
#include "runtime/engine/table.h"

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::engine {

// What is counted may outlive the engine: reports of passwords keep parts, and parts keep bundles.
struct Counters {
  std::atomic<std::int64_t> bundles{0}, parts{0};
  std::atomic<std::uint64_t> opened{0}, refused{0}, put{0}, removed{0}, loaded_late{0}, broken{0};
};
using SharedCounters = std::shared_ptr<Counters>;

// A bundle for as long as anything of it is used.
class Held {
 public:
  Held(std::shared_ptr<const bundle::Bundle> bundle, SharedCounters counters)
      : bundle_(std::move(bundle)), counters_(std::move(counters)) {
    counters_->bundles.fetch_add(1, std::memory_order_relaxed);
  }
  ~Held() { counters_->bundles.fetch_sub(1, std::memory_order_relaxed); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  const bundle::Bundle& operator*() const { return *bundle_; }
  const std::shared_ptr<const bundle::Bundle>& get() const { return bundle_; }

 private:
  std::shared_ptr<const bundle::Bundle> bundle_;
  SharedCounters counters_;
};

// What a part that serves keeps (Part::keeper): whatever its rows lie in.
struct KeptBy {
  KeptBy(std::shared_ptr<const void> what, SharedCounters counters)
      : kept(std::move(what)), counters_(std::move(counters)) {
    counters_->parts.fetch_add(1, std::memory_order_relaxed);
  }
  ~KeptBy() { counters_->parts.fetch_sub(1, std::memory_order_relaxed); }
  KeptBy(const KeptBy&) = delete;
  KeptBy& operator=(const KeptBy&) = delete;
  std::shared_ptr<const void> kept;

 private:
  SharedCounters counters_;
};
void keep(program::Part& part, std::shared_ptr<const void> what, const SharedCounters& counters);
// What the rows of a part that serves lie in, without the count: for a part that is made of it.
std::shared_ptr<const void> kept_by(const program::Part& serving);

// Parts that were read once more, so that who explains the decisions of a tenant one after the other reads it once. Any thread.
class Recent {
 public:
  using Part = std::shared_ptr<const program::Part>;
  // The part of `source`; `read` when it is not among them. Null when that gives nothing.
  template <class Read>
  Part get(const void* source, const Read& read) {
    if (auto part = find(source)) return part;
    auto part = read();
    if (part) add(source, part);
    return part;
  }
  void forget(const void* source);

 private:
  static constexpr std::size_t most = 64;
  Part find(const void* source);
  void add(const void* source, Part part);

  std::mutex mutex_;
  std::array<std::pair<const void*, Part>, most> parts_;  // guarded by mutex_
  std::size_t next_ = 0;                                  // guarded by mutex_; the oldest
};

// The bundle that serves. `before` is there while tenants go over from one bundle to the next: a name that either claims counts as claimed.
struct Base : std::enable_shared_from_this<Base> {
  explicit Base(std::shared_ptr<const Held> serving) : held(std::move(serving)) {}
  std::shared_ptr<const Held> held, before;
  std::shared_ptr<std::vector<std::atomic<bool>>>
      broken;  // by part: one that was found to be, so that it is not read again

  const bundle::Bundle& bundle() const { return **held; }
  // A table of one thing, which has no name.
  std::string_view name() const { return {}; }
  bool is(const NameEnds&, std::string_view) const { return true; }
};
using Bases = Table<Base>;

// A tenant of which not the bundle's part serves.
struct Override : std::enable_shared_from_this<Override> {
  enum class Kind : std::uint8_t {
    put,
    removed,
    kept
  };  // kept: its part in the bundle is broken, so what served before serves on
  Override(std::string of, Kind kind_of_it, bundle::Problem because = {})
      : id(std::move(of)), kind(kind_of_it), why(std::move(because)) {}
  std::string id;
  Kind kind{};
  bundle::Problem why;  // of `kept`
  std::string_view name() const { return id; }
  bool is(const NameEnds&, std::string_view other) const { return other == id; }
};
using Overrides = Table<Override>;

// Whether the bundle gives that host or issuer to a tenant other than `own` which its part serves. `overridden` says that it gives it to one whose
// part does not serve; then what was put by hand is to be looked at once more, since it may have come meanwhile.
struct ClaimedByBundle {
  bool elsewhere = false, overridden = false;
};
ClaimedByBundle claimed_by_bundle(const Bases& bases, const Overrides& overrides, bundle::ClaimKind kind,
                                  std::string_view name, std::string_view own);

}  // namespace writ::engine
