// What tenants share: shapes with their machine code, patterns, tables of facts, and the kind that all tenants of one making are of.
#pragma once

#include "runtime/engine/engine.h"
#include "runtime/engine/names.h"
#include "runtime/program/remainder.h"

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
constexpr std::size_t words_for(std::size_t bits) { return (bits + 63) / 64; }

// Which rules of a shape do what, as bits by place. `enforced` ones leave out report rules, `all` ones do not.
struct RuleMasks {
  // Of 64 rules.
  struct Kinds {
    std::uint64_t allow = 0, deny = 0, require = 0;
  };
  std::vector<Kinds> enforced, all;  // one at least
  bool reports = false;              // there are report rules, so what would be may differ from what is
  bool wide = false;                 // there are more rules or entries than a decision has masks for
};
RuleMasks masks_of(const program::Shape& shape);

struct SharedRemainder;

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
  // What prepared requests leave to be computed: made by the first of them. Null when there is none, or none yet.
  SharedRemainder* make_remainder();
  SharedRemainder* remainder() const { return remainder_.load(std::memory_order_acquire); }

 private:
  std::mutex mutex_;
  std::shared_ptr<const void> owner_;
  std::atomic<SharedRemainder*> remainder_{nullptr};
  std::shared_ptr<SharedRemainder> owned_remainder_;  // guarded by mutex_
};

struct SharedRemainder {
  SharedShape shared;
  std::vector<program::NodeId> bits, slots;  // program::Remainder
};

// What a fact must be, for built-in and declared ones alike.
struct FactRule {
  TypeKind type{};
  ActionMask actions = 0;
  std::int64_t low = INT64_MIN, high = INT64_MAX;
};

// The facts of a tenant, one object for all tenants that declare the same.
struct FactTable {
  std::vector<FactRule> rules;  // by FactId
  std::vector<std::vector<std::string>>
      words{};  // of enumerations that are declared, by FactId after the built-in ones
  std::vector<std::pair<std::string, FactId>> names{};  // sorted
  std::array<std::vector<Form>, action_count> forms{};  // by FactId
  std::vector<std::uint16_t> places{};                  // by hash of a name: in `names`, counted from 1; 0: none
  std::optional<FactId> find(std::string_view name) const;
  std::string_view name_of(FactId fact) const;
};
// Those of nobody: the built-in ones.
const FactTable& builtin_table();

// What a tenant's program of one action is, but for its constants.
struct SharedProgram {
  std::shared_ptr<SharedShape> shared;
  Words required, required_to_attempt;  // by fact, as many words as the kind's facts have
  bool operator==(const SharedProgram&) const = default;
};

// All that a tenant is, but for its own names and constants: one object for all tenants of a template, and for others that came out alike.
struct Kind {
  HashKey key;
  std::shared_ptr<const FactTable> facts;
  std::array<SharedProgram, action_count> programs;

  const SharedProgram& operator[](Action action) const { return programs[static_cast<std::size_t>(action)]; }
};

// Shapes, patterns, tables of facts and kinds in use, so that equal ones are one object. Used under the engine's lock for writers.
class Pool {
 public:
  explicit Pool(const HashKey& key) : key_(key) {}
  // The shared shape equal to `shape`; `fresh` tells whether it is new here.
  std::shared_ptr<SharedShape> shape(const std::shared_ptr<const program::Shape>& shape, bool& fresh);
  // Null when the pattern does not compile; `error` says why.
  std::shared_ptr<const re2::RE2> pattern(std::string_view text, std::string& error);
  std::shared_ptr<const FactTable> facts(const std::vector<program::Attribute>& attributes);
  std::shared_ptr<const Kind> kind(std::shared_ptr<const FactTable> facts,
                                   std::array<SharedProgram, action_count> programs);
  std::vector<std::shared_ptr<SharedShape>> shapes() const;

 private:
  void sweep();
  const HashKey key_;
  std::map<program::ShapeKey, std::weak_ptr<SharedShape>> shapes_;
  std::map<const program::Shape*, std::weak_ptr<SharedShape>>
      by_address_;  // those in shapes_: as long as it lives, so does its address
  std::map<std::string, std::weak_ptr<const re2::RE2>, std::less<>> patterns_;
  std::map<std::string, std::weak_ptr<const FactTable>> facts_;
  std::map<Words, std::weak_ptr<const Kind>> kinds_;  // by addresses, which live as long, and required facts
  std::size_t sweep_at_ = 64;
};

}  // namespace writ::engine
