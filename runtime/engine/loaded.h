// A part made ready to decide by: names to indexes, patterns compiled, required facts as bits, shapes shared with the other tenants that
// have the same. Made when a part is put, immutable afterwards (but for machine code, which arrives when it is ready).
#pragma once

#include "runtime/engine/engine.h"
#include "runtime/engine/names.h"

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
  bool reports = false;  // there are report rules, so what would be may differ from what is
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

// What a fact must be, for built-in and declared ones alike.
struct FactRule {
  TypeKind type{};
  ActionMask actions = 0;
  std::int64_t low = INT64_MIN, high = INT64_MAX;
};

FactRule builtin_rule(std::size_t place) noexcept;

// The facts of a tenant, one object for all tenants that declare the same.
struct FactTable {
  std::vector<FactRule> rules;                          // by FactId
  std::vector<std::pair<std::string, FactId>> names{};  // sorted
};
// Those of nobody: the built-in ones.
const FactTable& builtin_table();

// Shapes, patterns and tables of facts in use, so that equal ones are one object. Used under the engine's lock for writers.
class Pool {
 public:
  // The shared shape equal to `shape`; `fresh` tells whether it is new here.
  std::shared_ptr<SharedShape> shape(const std::shared_ptr<const program::Shape>& shape, bool& fresh);
  // Null when the pattern does not compile; `error` says why.
  std::shared_ptr<const re2::RE2> pattern(std::string_view text, std::string& error);
  std::shared_ptr<const FactTable> facts(const std::vector<program::Attribute>& attributes);
  std::shared_ptr<const Words> words(const Words& words);
  std::vector<std::shared_ptr<SharedShape>> shapes() const;

 private:
  void sweep();
  std::map<program::ShapeKey, std::weak_ptr<SharedShape>> shapes_;
  std::map<const program::Shape*, std::weak_ptr<SharedShape>>
      by_address_;  // those in shapes_: as long as it lives, so does its address
  std::map<std::string, std::weak_ptr<const re2::RE2>, std::less<>> patterns_;
  std::map<std::string, std::weak_ptr<const FactTable>> facts_;
  std::map<Words, std::weak_ptr<const Words>> words_;
  std::size_t sweep_at_ = 64;
};

struct LoadedProgram {
  std::shared_ptr<SharedShape> shared;
  const std::byte* row = nullptr;
  const std::uint64_t* required = nullptr;             // by fact, as many words as the tenant's facts have
  const std::uint64_t* required_to_attempt = nullptr;  // login only
  std::vector<const re2::RE2*> patterns;               // by slot; empty where no slot is a pattern
};

struct LoadedPassword {
  LoadedProgram program;
  const program::PasswordProgram* source = nullptr;  // in the part
  std::uint64_t asks = 0;                            // bit by PasswordFact that it reads
  std::int64_t depth = 0, common_wanted = 0;         // the deepest history, the longest list asked for
};

// What decisions read of a client and of a connection; the rest of their records is for people and for pages that list them.
struct ClientFacts {
  ClientType type{};
  OrganizationUsage usage{};
  std::uint16_t grants = 0;
  bool wide = false;              // there are connections past the 64th: `client_connections` knows
  std::uint64_t connections = 0;  // it may use
};
struct ConnectionFacts {
  std::uint8_t strategy = 0;
  Family family{};
  bool signup_open = false;
};

struct Loaded {
  // Every decision reads these.
  NameEnds id_ends;
  HashKey key;
  std::uint64_t revision = 0, version = 0;
  bool has_hosts = false, has_issuers = false, has_lockouts = false;
  std::uint32_t fact_words = 0;
  std::shared_ptr<const FactTable> facts;
  Names clients, connections;
  std::vector<ClientFacts> client_facts;
  std::vector<ConnectionFacts> connection_facts;
  std::array<LoadedProgram, action_count> programs;

  // Some decisions.
  std::shared_ptr<const program::Part> part;
  Names organizations;
  std::vector<std::vector<std::uint32_t>> client_connections;  // sorted, by client; empty unless one is `wide`
  std::vector<std::uint32_t> lockouts;                         // those of all connections first, then by connection

  // Passwords, and what is owned.
  std::vector<LoadedPassword> passwords;      // as in the part
  std::vector<std::int32_t> password_places;  // by connection: in passwords, -1 where it has none
  std::map<const re2::RE2*, std::shared_ptr<const re2::RE2>> patterns;
  std::vector<std::shared_ptr<const Words>> words;
  std::size_t pattern_memory = 0, pattern_steps = 0;

  std::string_view name() const { return part->id; }
  bool is(const NameEnds& ends, std::string_view id) const {
    return ends == id_ends && (ends.whole() || part->id == id);
  }
  std::int64_t client(std::string_view id) const { return clients.find(key, id); }
  std::int64_t connection(std::string_view id) const { return connections.find(key, id); }
  std::int64_t organization(std::string_view id) const { return organizations.find(key, id); }
  const LoadedPassword* password(std::int64_t connection) const {
    const auto place = password_places[static_cast<std::size_t>(connection)];
    return place < 0 ? nullptr : &passwords[static_cast<std::size_t>(place)];
  }
  std::optional<FactId> fact(std::string_view name) const;
  // Whether the client may use the connection, by itself and in the organization.
  bool enabled(std::int64_t client, std::int64_t connection) const {
    const auto& facts_of_client = client_facts[static_cast<std::size_t>(client)];
    if (connection < 64) return facts_of_client.connections >> connection & 1;
    return facts_of_client.wide && enabled_past_64(client, connection);
  }
  bool enabled_in(std::int64_t organization, std::int64_t client, std::int64_t connection) const;

 private:
  bool enabled_past_64(std::int64_t client, std::int64_t connection) const;
};

// Readies a part, and verifies it unless that was done where it comes from (bundle::Bundle::part). Null with the reason in `error` when it
// cannot serve.
enum class Verified : bool { no, yes };
std::shared_ptr<const Loaded> load(program::Part part, Verified verified, const HashKey& key, Pool& pool,
                                   std::vector<std::shared_ptr<SharedShape>>& fresh, std::string& error);

}  // namespace writ::engine
