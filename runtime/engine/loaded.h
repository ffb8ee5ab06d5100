// A tenant made ready to decide by: all that decisions read of it in one block of memory, the first line of which says where the rest
// lies. Made when a part is put, immutable afterwards (but for machine code, which arrives at the shape when it is ready).
#pragma once

#include "runtime/engine/pool.h"

namespace writ::engine {

struct LoadedPassword {
  std::shared_ptr<SharedShape> shared;
  const std::byte* row = nullptr;
  std::vector<const re2::RE2*> patterns;  // by slot; empty where no slot is a pattern
  bool normalize = false;
  std::uint64_t asks = 0;                     // bit by PasswordFact that it reads
  std::int64_t depth = 0, common_wanted = 0;  // the deepest history, the longest list asked for
};

// Where a part is read from once more: it is larger than all that decisions need of it, and few ask for it.
class PartSource {
 public:
  virtual ~PartSource() = default;
  virtual std::shared_ptr<const program::Part> read() const = 0;  // null: it cannot be read any more
};

// What decisions read of the things of a part; the rest of their records is for people and for pages that list them.
struct ClientFacts {
  ClientType type{};
  OrganizationUsage usage{};
  std::uint16_t grants = 0;
  bool wide = false;              // there are connections past the 64th: `more` has them
  std::uint64_t connections = 0;  // it may use
  List<std::uint32_t> more;       // sorted
  List<Letters> callbacks;
};
struct ConnectionFacts {
  std::uint8_t strategy = 0;
  Family family{};
  bool signup_open = false;
};
struct OrganizationFacts {
  struct Narrowing {
    std::uint32_t client = 0;
    List<std::uint32_t> connections;  // sorted
  };
  bool members_required = true;
  List<std::uint32_t> joins_via, connections;  // sorted
  List<Narrowing> narrowings;
};
struct LockoutFacts {
  program::Lockout::Counter counter{};
  std::int32_t connection = -1;  // its own connection only; -1: all
  std::int64_t attempts = 0, block = -1, within = -1;
  List<Cidr> exempt;
};

// The fact that a lockout counts by.
constexpr FactId fact_of(program::Lockout::Counter counter) {
  using enum program::Lockout::Counter;
  return counter == by_identifier      ? fact("attempts.by_identifier")
         : counter == by_identifier_ip ? fact("attempts.by_identifier_ip")
                                       : fact("attempts.by_ip");
}

// The first half of a part's hash: parts that have it in common are one, the names and the order of all that is in them too.
using Identity = std::array<std::uint64_t, 2>;

class Loaded : public std::enable_shared_from_this<Loaded> {
 public:
  // Where things lie in the block, and what is not in it.
  struct Layout {
    const Kind* kind = nullptr;  // `cold` owns it
    Identity identity{};
    std::uint64_t version = 0;
    std::array<std::uint32_t, action_count> rows{};  // distances from the block's start
    NameEnds id;
    Names clients, connections;
    List<ClientFacts> client_facts;
    List<ConnectionFacts> connection_facts;
    List<Letters> hosts, issuers;
    Letters name;
    List<LockoutFacts> lockouts;  // those of all connections first, then by connection
    Names organizations;
    List<OrganizationFacts> organization_facts;
    List<List<const re2::RE2*>> patterns;  // by action and slot; empty where no slot is a pattern
  };
  // What few decisions or none read, and what owns what the block points at.
  struct Cold {
    std::shared_ptr<const Kind> kind;
    std::array<std::uint8_t, 32> hash{};
    // The part: kept, where it is nowhere else; else read once more when somebody wants to know.
    std::shared_ptr<const program::Part> part;
    std::unique_ptr<const PartSource> source;
    std::vector<LoadedPassword> passwords;      // as in the part
    std::vector<std::int32_t> password_places;  // by connection: in passwords, -1 where it has none
    std::map<const re2::RE2*, std::shared_ptr<const re2::RE2>> patterns;
  };
  // So many bytes of the block are `read` by decisions; `password_rows`: where they lie in it.
  static std::shared_ptr<const Loaded> make(const Layout& layout, std::unique_ptr<Cold> cold,
                                            std::span<const std::byte> block, std::size_t read,
                                            std::span<const std::uint32_t> password_rows);

  Loaded(const Layout& layout, std::unique_ptr<Cold> cold, std::size_t bytes)
      : layout_(layout), cold_(std::move(cold)), bytes_(bytes) {}

  std::string_view name() const { return block()[layout_.name]; }
  bool is(const NameEnds& ends, std::string_view id) const {
    fetch(this);
    return ends == layout_.id && (ends.whole() || name() == id);
  }
  // Has what decisions read of a tenant fetched from memory at once, where each line would say where the next one is. From an address where
  // nothing is any more, nothing is fetched.
  static void fetch(const void* tenant) {
    constexpr std::uintptr_t line = 64, most = 512;
    const auto from =
        reinterpret_cast<std::uintptr_t>(tenant);  // a number, as there may be no tenant there, or nothing
    for (std::uintptr_t at = 0; at < most; at += line) __builtin_prefetch(reinterpret_cast<const void*>(from + at));
  }
  const Kind& kind() const { return *layout_.kind; }
  // With names, places and messages, for people and for who changes it. std::runtime_error when it cannot be read any more.
  std::shared_ptr<const program::Part> part() const;
  const std::array<std::uint8_t, 32>& hash() const { return cold_->hash; }
  const Identity& identity() const { return layout_.identity; }
  std::uint64_t revision() const { return layout_.identity[0]; }
  std::uint64_t version() const { return layout_.version; }
  std::size_t bytes() const { return sizeof *this + bytes_; }  // that decisions read

  std::int64_t client(std::string_view id) const { return layout_.clients.find(block(), kind().key, id); }
  std::int64_t connection(std::string_view id) const { return layout_.connections.find(block(), kind().key, id); }
  std::int64_t organization(std::string_view id) const { return layout_.organizations.find(block(), kind().key, id); }
  std::string_view organization_id(std::int64_t place) const {
    return layout_.organizations(block(), static_cast<std::size_t>(place));
  }

  const ClientFacts& client(std::int64_t place) const { return of(layout_.client_facts, place); }
  const ConnectionFacts& connection(std::int64_t place) const { return of(layout_.connection_facts, place); }
  const OrganizationFacts& organization(std::int64_t place) const { return of(layout_.organization_facts, place); }
  std::span<const LockoutFacts> lockouts() const { return block()[layout_.lockouts]; }
  template <class T>
  std::span<const T> list(List<T> list) const {
    return block()[list];
  }
  bool claims_hosts() const { return layout_.hosts.size != 0; }
  bool claims_issuers() const { return layout_.issuers.size != 0; }
  std::vector<std::string_view> hosts() const { return texts(layout_.hosts); }
  std::vector<std::string_view> issuers() const { return texts(layout_.issuers); }
  bool has_host(std::string_view name) const { return has(layout_.hosts, name); }
  bool has_issuer(std::string_view name) const { return has(layout_.issuers, name); }
  bool has_callback(std::int64_t place, std::string_view name) const { return has(client(place).callbacks, name); }

  const std::byte* row(Action action) const { return start() + layout_.rows[static_cast<std::size_t>(action)]; }
  const re2::RE2* const* patterns(Action action) const {
    const auto lists = block()[layout_.patterns];
    return lists.empty() ? nullptr : block()[lists[static_cast<std::size_t>(action)]].data();
  }
  // As the place of its program in the part; -1: the connection has no passwords.
  std::int32_t password_place(std::int64_t connection) const {
    return cold_->password_places[static_cast<std::size_t>(connection)];
  }
  const LoadedPassword& password(std::int32_t place) const { return cold_->passwords[static_cast<std::size_t>(place)]; }
  std::optional<FactId> fact(std::string_view name) const { return kind().facts->find(name); }
  // Whether the client may use the connection, by itself and in the organization.
  bool enabled(std::int64_t client_place, std::int64_t connection) const {
    const auto& facts = client(client_place);
    if (connection < 64) return facts.connections >> connection & 1;
    return facts.wide && enabled_past_64(facts, connection);
  }
  bool enabled_in(std::int64_t organization, std::int64_t client, std::int64_t connection) const;

 private:
  const std::byte* start() const { return reinterpret_cast<const std::byte*>(this + 1); }
  Block block() const { return Block(start()); }
  template <class T>
  const T& of(List<T> list, std::int64_t place) const {
    return block()[list][static_cast<std::size_t>(place)];
  }
  bool has(List<Letters> texts, std::string_view name) const;
  std::vector<std::string_view> texts(List<Letters> list) const;
  bool enabled_past_64(const ClientFacts& facts, std::int64_t connection) const;

  Layout layout_;
  std::unique_ptr<const Cold> cold_;
  std::size_t bytes_;
};
static_assert(sizeof(Loaded) % 8 == 0);  // the block begins behind it

// With a `source` the part is not kept. Readies a part, and verifies it unless that was done where it comes from (bundle::Bundle::part). Null with the reason in `error` when it
// cannot serve.
enum class Verified : bool { no, yes };
using SourceOf = std::unique_ptr<const PartSource>;
std::shared_ptr<const Loaded> load(program::Part part, Verified verified, Pool& pool,
                                   std::vector<std::shared_ptr<SharedShape>>& fresh, std::string& error,
                                   SourceOf source = nullptr);

}  // namespace writ::engine
