// A part made ready to decide by: names to indexes, patterns compiled, required facts as bits, shapes shared with the other tenants that
// have the same. Made when a part is put, immutable afterwards (but for machine code, which arrives when it is ready).
#pragma once

#include "runtime/engine/engine.h"
#include "runtime/engine/siphash.h"

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace writ::engine {

using Words = std::vector<std::uint64_t>;  // bits
inline std::size_t words_for(std::size_t bits) { return (bits + 63) / 64; }

// Which rules of a shape do what, as bits by place. `enforced` ones leave out report rules, `all` ones do not.
struct RuleMasks {
  struct Kinds {
    Words allow, deny, require;
  };
  Kinds enforced, all;
  Words report;
};
RuleMasks masks_of(const program::Shape& shape);

// One shape, however many tenants have it. `code` is null until there is machine code; `owner` keeps that alive.
struct SharedShape {
  std::shared_ptr<const program::Shape> shape;
  program::ShapeKey key{};
  RuleMasks masks;
  std::atomic<program::NativeCode> code{nullptr};
  std::atomic<std::uint32_t> asked{0};

  // Takes the code from `source` if it is there by now.
  bool adopt(CodeSource& source);
  // Called for each request while there is no code: looks for it the 1st, 2nd, 4th, 8th … time, and asks for it again now and then,
  // because a source whose queue was full forgets.
  void ask(CodeSource& source);

 private:
  std::mutex mutex_;
  std::shared_ptr<const void> owner_;
};

// Shapes and patterns in use, so that equal ones are one object. Used under the engine's lock for writers.
class Pool {
 public:
  // The shared shape equal to `shape`; `fresh` tells whether it is new here.
  std::shared_ptr<SharedShape> shape(const std::shared_ptr<const program::Shape>& shape, bool& fresh);
  // Null when the pattern does not compile; `error` says why.
  std::shared_ptr<const re2::RE2> pattern(std::string_view text, std::string& error);
  std::vector<std::shared_ptr<SharedShape>> shapes() const;

 private:
  void sweep();
  std::map<program::ShapeKey, std::weak_ptr<SharedShape>> shapes_;
  std::map<const program::Shape*, std::weak_ptr<SharedShape>>
      by_address_;  // those in shapes_: as long as it lives, so does its address
  std::map<std::string, std::weak_ptr<const re2::RE2>, std::less<>> patterns_;
  std::size_t sweep_at_ = 64;
};

// Wire ids to indexes, by a hash that a client cannot steer.
class NameIndex {
 public:
  void build(const HashKey& key, const std::vector<std::string_view>& names);
  // The place of `name` in `records`, which are those it was built from; -1 when there is none.
  template <class T>
  std::int64_t find(const HashKey& key, const std::vector<T>& records, std::string_view name) const {
    const auto hash = keyed_hash(key, name);
    for (auto at = hash & mask_; places_[at].index != none; at = (at + 1) & mask_)
      if (places_[at].tag == static_cast<std::uint32_t>(hash >> 32) && records[places_[at].index].id == name)
        return places_[at].index;
    return -1;
  }

 private:
  static constexpr std::uint32_t none = UINT32_MAX;
  struct Place {
    std::uint32_t tag = 0, index = none;
  };
  std::vector<Place> places_ = std::vector<Place>(2);
  std::uint64_t mask_ = 1;
};

// What a fact must be, for built-in and declared ones alike.
struct FactRule {
  TypeKind type{};
  ActionMask actions = 0;
  std::int64_t low = INT64_MIN, high = INT64_MAX;
};

FactRule builtin_rule(std::size_t place) noexcept;

struct LoadedProgram {
  std::shared_ptr<SharedShape> shared;
  const std::byte* row = nullptr;
  std::vector<const re2::RE2*> patterns;  // by slot
  Words required;                         // by fact
  Words required_to_attempt;              // login only
};

struct LoadedPassword {
  LoadedProgram program;
  const program::PasswordProgram* source = nullptr;  // in the part
  std::uint64_t asks = 0;                            // bit by PasswordFact that it reads
  std::int64_t depth = 0, common_wanted = 0;         // the deepest history, the longest list asked for
};

struct Loaded {
  std::shared_ptr<const program::Part> part;
  HashKey key_;
  std::vector<FactRule> facts;                             // by FactId
  std::vector<std::pair<std::string_view, FactId>> names;  // of facts, sorted
  NameIndex clients, connections, organizations;
  std::vector<std::vector<std::uint32_t>> client_connections;  // sorted, by client
  std::vector<std::uint32_t> lockouts;                         // those of all connections first, then by connection
  std::array<LoadedProgram, action_count> programs;
  std::vector<LoadedPassword> passwords;      // as in the part
  std::vector<std::int32_t> password_places;  // by connection: in passwords, -1 where it has none
  std::map<const re2::RE2*, std::shared_ptr<const re2::RE2>> patterns;
  std::size_t pattern_memory = 0, pattern_steps = 0;
  std::uint64_t revision = 0;

  std::string_view key() const { return part->id; }
  std::int64_t client(std::string_view id) const { return clients.find(key_, part->clients, id); }
  std::int64_t connection(std::string_view id) const { return connections.find(key_, part->connections, id); }
  std::int64_t organization(std::string_view id) const { return organizations.find(key_, part->organizations, id); }
  const LoadedPassword* password(std::int64_t connection) const {
    const auto place = password_places[static_cast<std::size_t>(connection)];
    return place < 0 ? nullptr : &passwords[static_cast<std::size_t>(place)];
  }
  std::optional<FactId> fact(std::string_view name) const;
  // Whether the client may use the connection, and in the organization (-1: none) too.
  bool enabled(std::int64_t client, std::int64_t organization, std::int64_t connection) const;
};

// Verifies and readies a part. Null with the reason in `error` when it cannot serve.
std::shared_ptr<const Loaded> load(program::Part part, const HashKey& key, Pool& pool,
                                   std::vector<std::shared_ptr<SharedShape>>& fresh, std::string& error);

}  // namespace writ::engine
