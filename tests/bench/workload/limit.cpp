// A tenant is one record, its constants in the first two cache lines and its names behind them. Two ways to look at the rules, one that tells
// all that deny and one that stops at the first, made from the same pieces.
#include "tests/bench/workload/limit.h"

#include <cstring>
#include <stdexcept>
#include <type_traits>
#include <unordered_map>

namespace writ::bench {

namespace {

struct Name {
  char text[31];
  std::uint8_t size;
  explicit Name(std::string_view from = {}) : text{}, size(static_cast<std::uint8_t>(from.size())) {
    if (from.size() > sizeof text) throw std::length_error("a name of the workload is longer than 31 bytes");
    std::memcpy(text, from.data(), from.size());
  }
  bool is(std::string_view other) const {
    return size == other.size() && std::memcmp(text, other.data(), other.size()) == 0;
  }
};

struct Networks {
  std::uint32_t base[4], mask[4];
};

// What five rules more need: constants, and names.
struct FurtherConstants {
  Networks hostile;
  std::uint32_t refused[3];
  std::uint16_t longest;
  std::uint8_t dawn, dusk;
};
struct FurtherNames {
  Name refused[3], suspended;
};
template <int>
struct Nothing {};

template <unsigned rules>
struct alignas(64) Record {
  static constexpr bool ten = rules == 10;
  Networks networks;
  std::uint32_t domains[3];
  std::uint8_t enabled[3];  // by client, a bit for each connection
  std::uint8_t companies;   // a bit for each connection
  std::uint8_t open, hours;
  std::uint8_t password_of[5];
  std::uint16_t shortest[3], oldest[3];  // the last for connections without a password
  [[no_unique_address]] std::conditional_t<ten, FurtherConstants, Nothing<0>> further;
  Name domain_names[3], clients[3], connections[5];
  Name id;
  [[no_unique_address]] std::conditional_t<ten, FurtherNames, Nothing<1>> further_names;
};

__extension__ using Wide = unsigned __int128;

std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t word_at(const char* from) {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// Names of the workload's tenants have 8 to 16 bytes; others are hashed by what they share with those.
std::uint64_t hash_of(std::string_view name) {
  constexpr std::uint64_t first = 0x9e3779b97f4a7c15, second = 0xd6e8feb86659fd93;
  if (name.size() < 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, name.data(), name.size());
    return fold(word ^ first, second ^ name.size());
  }
  return fold(word_at(name.data()) ^ first, word_at(name.data() + name.size() - 8) ^ second ^ name.size());
}

std::uint32_t address(std::string_view text) {
  std::uint32_t whole = 0, part = 0;
  for (const char c : text) {
    if (c == '.') {
      whole = whole << 8 | part;
      part = 0;
    } else {
      part = part * 10 + static_cast<std::uint32_t>(c - '0');
    }
  }
  return whole << 8 | part;
}

std::string_view domain_of(std::string_view email) { return email.substr(email.rfind('@') + 1); }

bool inside(const Networks& networks, std::uint32_t ip) {
  bool found = false;
  for (int i = 0; i < 4; ++i) found |= (ip & networks.mask[i]) == networks.base[i];
  return found;
}

bool is_one_of(const std::uint32_t (&domains)[3], std::uint32_t domain) {
  return (domain == domains[0]) | (domain == domains[1]) | (domain == domains[2]);
}

bool is_one_of(const Name (&domains)[3], std::string_view domain) {
  return domains[0].is(domain) || domains[1].is(domain) || domains[2].is(domain);
}

template <class Record>
bool of_company(const Record& record, std::uint32_t domain) {
  return is_one_of(record.domains, domain);
}

template <class Record>
bool of_company(const Record& record, std::string_view domain) {
  return is_one_of(record.domain_names, domain);
}

template <class Record>
bool closed(const Record& record, unsigned hour) {
  return static_cast<std::uint8_t>(hour - record.open) >= record.hours;
}

template <class Record>
bool weak(const Record& record, std::size_t connection, unsigned length, unsigned age) {
  const auto rule = record.password_of[connection];
  return (length < record.shortest[rule]) | (age > record.oldest[rule]);
}

template <std::size_t Count>
std::size_t place_of(const Name (&names)[Count], std::string_view name) {
  std::size_t place = 0;
  while (place < Count && !names[place].is(name)) ++place;
  return place;
}

bool is_admin(const std::vector<std::string>& groups) {
  for (const auto& group : groups)
    if (group == "admin") return true;
  return false;
}

template <class Record>
bool refuses(const Record& record, std::uint32_t domain) {
  return is_one_of(record.further.refused, domain);
}

template <class Record>
bool refuses(const Record& record, std::string_view domain) {
  return is_one_of(record.further_names.refused, domain);
}

template <class Record>
bool suspends(const Record& record, const std::vector<std::string>& groups) {
  for (const auto& group : groups)
    if (record.further_names.suspended.is(group)) return true;
  return false;
}

template <class Record>
bool suspends(const Record&, bool known) {
  return known;
}

template <class Record>
bool night(const Record& record, unsigned hour) {
  return (hour < record.further.dawn) | (hour >= record.further.dusk);
}

// `ip` is only looked at without a second factor. `domain` and `groups` are text, or what is known of them.
template <class Record, class Domain, class Groups>
std::uint16_t further(const Record& record, bool mfa, std::uint32_t ip, Domain domain, const Groups& groups,
                      unsigned hour, unsigned length) {
  if constexpr (!Record::ten)
    return 0;
  else
    return static_cast<std::uint16_t>(
        (!mfa && inside(record.further.hostile, ip)) * Verdict::hostile | refuses(record, domain) * Verdict::refused |
        suspends(record, groups) * Verdict::suspended | night(record, hour) * Verdict::night |
        (length > record.further.longest) * Verdict::long_password);
}

template <class Record, class Domain, class Groups>
bool further_denies(const Record& record, bool mfa, std::uint32_t ip, Domain domain, const Groups& groups,
                    unsigned hour, unsigned length) {
  if constexpr (!Record::ten)
    return false;
  else
    return (!mfa && inside(record.further.hostile, ip)) || refuses(record, domain) || suspends(record, groups) ||
           night(record, hour) || length > record.further.longest;
}

}  // namespace

template <unsigned rules>
struct Limit<rules>::Tables {
  using Record = bench::Record<rules>;
  std::vector<Record> records;
  struct Place {
    std::uint32_t tag = 0, record = 0;  // counted from 1; 0: nobody
  };
  std::vector<Place> places;
  std::unordered_map<std::string, std::uint32_t> domains;  // counted from 1

  std::uint32_t number_of(const std::string& domain) {
    return domains.emplace(domain, static_cast<std::uint32_t>(domains.size() + 1)).first->second;
  }

  const Record* find(std::string_view id) const {
    const auto hash = hash_of(id);
    for (auto at = hash;; ++at) {
      const auto place = places[at & (places.size() - 1)];
      if (place.record == 0) return nullptr;
      if (place.tag == hash >> 32 && records[place.record - 1].id.is(id)) return &records[place.record - 1];
    }
  }

  // Whom the names of a sign-in lead to; no record when one leads nowhere or the client may not use the connection.
  struct Found {
    const Record* record = nullptr;
    std::size_t connection = 0;
  };
  Found names(const SignIn& asked) const {
    const auto* record = find(asked.tenant);
    if (record == nullptr) return {};
    const auto client = place_of(record->clients, asked.client);
    if (client == 3) return {};
    const auto connection = place_of(record->connections, asked.connection);
    if (connection == 5 || (record->enabled[client] >> connection & 1) == 0) return {};
    return {record, connection};
  }
};

namespace {

void fill(Networks& into, const std::array<Network, 4>& networks) {
  for (std::size_t i = 0; i < 4; ++i) {
    into.base[i] = networks[i].base;
    into.mask[i] = networks[i].mask();
  }
}

}  // namespace

template <unsigned rules>
Limit<rules>::Limit(const std::vector<Tenant>& tenants) {
  auto tables = std::make_unique<Tables>();
  std::size_t size = 16;
  while (size < tenants.size() * 2) size *= 2;
  tables->places.resize(size);
  tables->records.resize(tenants.size());
  for (std::size_t t = 0; t < tenants.size(); ++t) {
    const auto& tenant = tenants[t];
    auto& record = tables->records[t];
    fill(record.networks, tenant.networks);
    for (std::size_t i = 0; i < 3; ++i) {
      record.domain_names[i] = Name(tenant.domains[i]);
      record.domains[i] = tables->number_of(tenant.domains[i]);
      record.clients[i] = Name(tenant.clients[i].id);
      record.enabled[i] = 0;
      for (const auto place : tenant.clients[i].connections)
        record.enabled[i] |= static_cast<std::uint8_t>(1u << place);
    }
    record.companies = 0;
    for (std::size_t i = 0; i < 5; ++i) {
      const auto& connection = tenant.connections[i];
      record.connections[i] = Name(connection.id);
      if (connection.kind == Kind::enterprise) record.companies |= static_cast<std::uint8_t>(1u << i);
      record.password_of[i] = static_cast<std::uint8_t>(connection.password < 0 ? 2 : connection.password);
    }
    for (std::size_t i = 0; i < 2; ++i) {
      record.shortest[i] = static_cast<std::uint16_t>(tenant.passwords[i].shortest);
      record.oldest[i] = static_cast<std::uint16_t>(tenant.passwords[i].oldest);
    }
    record.shortest[2] = 0;
    record.oldest[2] = UINT16_MAX;
    record.open = static_cast<std::uint8_t>(tenant.open);
    record.hours = static_cast<std::uint8_t>(tenant.close - tenant.open);
    record.id = Name(tenant.id);
    if constexpr (Tables::Record::ten) {
      const auto further = further_of(tenant);
      fill(record.further.hostile, further.hostile);
      for (std::size_t i = 0; i < 3; ++i) {
        record.further_names.refused[i] = Name(further.refused[i]);
        record.further.refused[i] = tables->number_of(further.refused[i]);
      }
      record.further_names.suspended = Name(further.suspended);
      record.further.longest = static_cast<std::uint16_t>(further.longest);
      record.further.dawn = static_cast<std::uint8_t>(further.dawn);
      record.further.dusk = static_cast<std::uint8_t>(further.dusk);
    }
    const auto hash = hash_of(tenant.id);
    auto at = hash;
    while (tables->places[at & (size - 1)].record != 0) ++at;
    tables->places[at & (size - 1)] = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(t + 1)};
  }
  tables_ = std::move(tables);
}

template <unsigned rules>
Limit<rules>::~Limit() = default;

template <unsigned rules>
std::size_t Limit<rules>::bytes_per_tenant() const {
  return sizeof(typename Tables::Record) +
         tables_->places.size() * sizeof(typename Tables::Place) / tables_->records.size();
}

template <unsigned rules>
Interned Limit<rules>::intern(const SignIn& asked) const {
  Interned known;
  const auto* record = tables_->find(asked.tenant);
  const auto domain = tables_->domains.find(std::string(domain_of(asked.email)));
  known.ip = address(asked.ip);
  known.domain = domain == tables_->domains.end() ? 0 : domain->second;
  known.mfa = asked.mfa;
  known.admin = is_admin(asked.groups);
  known.hour = static_cast<std::uint8_t>(asked.hour);
  known.password_length = static_cast<std::uint16_t>(asked.password_length);
  known.password_age = static_cast<std::uint16_t>(asked.password_age);
  known.unknown = record == nullptr;
  if (record == nullptr) return known;
  known.tenant = static_cast<std::uint32_t>(record - tables_->records.data());
  known.client = static_cast<std::uint8_t>(place_of(record->clients, asked.client));
  known.connection = static_cast<std::uint8_t>(place_of(record->connections, asked.connection));
  if constexpr (Tables::Record::ten) known.suspended = suspends(*record, asked.groups);
  known.unknown = known.client == 3 || known.connection == 5;
  return known;
}

// ---------------------------------------------------------------- all that deny

namespace {

Verdict verdict(bool networks, bool domain, bool administrators, bool hours, bool password, std::uint16_t further) {
  return {static_cast<std::uint16_t>(networks * Verdict::networks | domain * Verdict::domain |
                                     administrators * Verdict::administrators | hours * Verdict::hours |
                                     password * Verdict::password | further)};
}

template <class Record>
Verdict of(const Record& record, std::size_t connection, const Interned& known) {
  const bool company = record.companies >> connection & 1;
  return verdict(
      !known.mfa & !inside(record.networks, known.ip), company & !of_company(record, known.domain),
      !known.mfa & known.admin, closed(record, known.hour),
      weak(record, connection, known.password_length, known.password_age),
      further(record, known.mfa, known.ip, known.domain, known.suspended, known.hour, known.password_length));
}

}  // namespace

template <unsigned rules>
Verdict Limit<rules>::text(const SignIn& asked) const {
  const auto [record, connection] = tables_->names(asked);
  if (record == nullptr) return {Verdict::fault};
  const bool company = record->companies >> connection & 1;
  const auto ip = asked.mfa ? 0 : address(asked.ip);
  const auto domain = domain_of(asked.email);
  const auto hour = static_cast<unsigned>(asked.hour), length = static_cast<unsigned>(asked.password_length);
  return verdict(!asked.mfa && !inside(record->networks, ip), company && !of_company(*record, domain),
                 !asked.mfa && is_admin(asked.groups), closed(*record, hour),
                 weak(*record, connection, length, static_cast<unsigned>(asked.password_age)),
                 further(*record, asked.mfa, ip, domain, asked.groups, hour, length));
}

template <unsigned rules>
Verdict Limit<rules>::resolved(const SignIn& asked, const Interned& known) const {
  const auto [record, connection] = tables_->names(asked);
  if (record == nullptr) return {Verdict::fault};
  return of(*record, connection, known);
}

template <unsigned rules>
Verdict Limit<rules>::ids(const Interned& known) const {
  if (known.unknown) return {Verdict::fault};
  const auto& record = tables_->records[known.tenant];
  if ((record.enabled[known.client] >> known.connection & 1) == 0) return {Verdict::fault};
  return of(record, known.connection, known);
}

// ---------------------------------------------------------------- until one denies

namespace {

template <class Record>
bool allows(const Record& record, std::size_t connection, const Interned& known) {
  if (!known.mfa && (!inside(record.networks, known.ip) || known.admin)) return false;
  if ((record.companies >> connection & 1) != 0 && !of_company(record, known.domain)) return false;
  return !closed(record, known.hour) && !weak(record, connection, known.password_length, known.password_age) &&
         !further_denies(record, known.mfa, known.ip, known.domain, known.suspended, known.hour, known.password_length);
}

}  // namespace

template <unsigned rules>
bool Limit<rules>::text_until_denied(const SignIn& asked) const {
  const auto [record, connection] = tables_->names(asked);
  if (record == nullptr) return false;
  const auto ip = asked.mfa ? 0 : address(asked.ip);
  const auto domain = domain_of(asked.email);
  const auto hour = static_cast<unsigned>(asked.hour), length = static_cast<unsigned>(asked.password_length);
  if (!asked.mfa && (!inside(record->networks, ip) || is_admin(asked.groups))) return false;
  if ((record->companies >> connection & 1) != 0 && !of_company(*record, domain)) return false;
  return !closed(*record, hour) && !weak(*record, connection, length, static_cast<unsigned>(asked.password_age)) &&
         !further_denies(*record, asked.mfa, ip, domain, asked.groups, hour, length);
}

template <unsigned rules>
bool Limit<rules>::resolved_until_denied(const SignIn& asked, const Interned& known) const {
  const auto [record, connection] = tables_->names(asked);
  return record != nullptr && allows(*record, connection, known);
}

template <unsigned rules>
bool Limit<rules>::ids_until_denied(const Interned& known) const {
  if (known.unknown) return false;
  const auto& record = tables_->records[known.tenant];
  if ((record.enabled[known.client] >> known.connection & 1) == 0) return false;
  return allows(record, known.connection, known);
}

template class Limit<5>;
template class Limit<10>;

}  // namespace writ::bench
