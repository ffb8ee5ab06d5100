// A tenant is one record, its constants in the first two cache lines and its names behind them. Two ways to look at the rules, one that tells
// all that deny and one that stops at the first, made from the same pieces.
#include "tests/bench/workload/limit.h"

#include <cstring>
#include <stdexcept>
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

struct alignas(64) Record {
  std::uint32_t base[4], mask[4], domains[3];
  std::uint8_t enabled[3];  // by client, a bit for each connection
  std::uint8_t companies;   // a bit for each connection
  std::uint8_t open, hours;
  std::uint8_t password_of[5];
  std::uint16_t shortest[3], oldest[3];  // the last for connections without a password
  Name domain_names[3], clients[3], connections[5];
  Name id;
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

bool inside(const Record& record, std::uint32_t ip) {
  bool found = false;
  for (int i = 0; i < 4; ++i) found |= (ip & record.mask[i]) == record.base[i];
  return found;
}

bool of_company(const Record& record, std::uint32_t domain) {
  return (domain == record.domains[0]) | (domain == record.domains[1]) | (domain == record.domains[2]);
}

bool of_company(const Record& record, std::string_view domain) {
  return record.domain_names[0].is(domain) || record.domain_names[1].is(domain) || record.domain_names[2].is(domain);
}

bool closed(const Record& record, unsigned hour) {
  return static_cast<std::uint8_t>(hour - record.open) >= record.hours;
}

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

}  // namespace

struct Limit::Tables {
  std::vector<Record> records;
  struct Place {
    std::uint32_t tag = 0, record = 0;  // counted from 1; 0: nobody
  };
  std::vector<Place> places;
  std::unordered_map<std::string, std::uint32_t> domains;  // counted from 1

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

Limit::Limit(const std::vector<Tenant>& tenants) {
  auto tables = std::make_unique<Tables>();
  std::size_t size = 16;
  while (size < tenants.size() * 2) size *= 2;
  tables->places.resize(size);
  tables->records.resize(tenants.size());
  for (std::size_t t = 0; t < tenants.size(); ++t) {
    const auto& tenant = tenants[t];
    auto& record = tables->records[t];
    for (std::size_t i = 0; i < 4; ++i) {
      record.base[i] = tenant.networks[i].base;
      record.mask[i] = tenant.networks[i].mask();
    }
    for (std::size_t i = 0; i < 3; ++i) {
      record.domain_names[i] = Name(tenant.domains[i]);
      const auto next = static_cast<std::uint32_t>(tables->domains.size() + 1);
      record.domains[i] = tables->domains.emplace(tenant.domains[i], next).first->second;
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
    const auto hash = hash_of(tenant.id);
    auto at = hash;
    while (tables->places[at & (size - 1)].record != 0) ++at;
    tables->places[at & (size - 1)] = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(t + 1)};
  }
  tables_ = std::move(tables);
}

Limit::~Limit() = default;

std::size_t Limit::bytes_per_tenant() const {
  return sizeof(Record) + tables_->places.size() * sizeof(Tables::Place) / tables_->records.size();
}

Interned Limit::intern(const SignIn& asked) const {
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
  known.unknown = known.client == 3 || known.connection == 5;
  return known;
}

// ---------------------------------------------------------------- all that deny

namespace {

Verdict verdict(bool networks, bool domain, bool administrators, bool hours, bool password) {
  return {static_cast<std::uint8_t>(networks * Verdict::networks | domain * Verdict::domain |
                                    administrators * Verdict::administrators | hours * Verdict::hours |
                                    password * Verdict::password)};
}

}  // namespace

Verdict Limit::text(const SignIn& asked) const {
  const auto [record, connection] = tables_->names(asked);
  if (record == nullptr) return {Verdict::fault};
  const bool company = record->companies >> connection & 1;
  return verdict(!asked.mfa && !inside(*record, address(asked.ip)),
                 company && !of_company(*record, domain_of(asked.email)), !asked.mfa && is_admin(asked.groups),
                 closed(*record, static_cast<unsigned>(asked.hour)),
                 weak(*record, connection, static_cast<unsigned>(asked.password_length),
                      static_cast<unsigned>(asked.password_age)));
}

Verdict Limit::resolved(const SignIn& asked, const Interned& known) const {
  const auto [record, connection] = tables_->names(asked);
  if (record == nullptr) return {Verdict::fault};
  const bool company = record->companies >> connection & 1;
  return verdict(!known.mfa & !inside(*record, known.ip), company & !of_company(*record, known.domain),
                 !known.mfa & known.admin, closed(*record, known.hour),
                 weak(*record, connection, known.password_length, known.password_age));
}

Verdict Limit::ids(const Interned& known) const {
  if (known.unknown) return {Verdict::fault};
  const auto& record = tables_->records[known.tenant];
  if ((record.enabled[known.client] >> known.connection & 1) == 0) return {Verdict::fault};
  const bool company = record.companies >> known.connection & 1;
  return verdict(!known.mfa & !inside(record, known.ip), company & !of_company(record, known.domain),
                 !known.mfa & known.admin, closed(record, known.hour),
                 weak(record, known.connection, known.password_length, known.password_age));
}

// ---------------------------------------------------------------- until one denies

bool Limit::text_until_denied(const SignIn& asked) const {
  const auto [record, connection] = tables_->names(asked);
  if (record == nullptr) return false;
  if (!asked.mfa && (!inside(*record, address(asked.ip)) || is_admin(asked.groups))) return false;
  if ((record->companies >> connection & 1) != 0 && !of_company(*record, domain_of(asked.email))) return false;
  return !closed(*record, static_cast<unsigned>(asked.hour)) &&
         !weak(*record, connection, static_cast<unsigned>(asked.password_length),
               static_cast<unsigned>(asked.password_age));
}

bool Limit::resolved_until_denied(const SignIn& asked, const Interned& known) const {
  const auto [record, connection] = tables_->names(asked);
  if (record == nullptr) return false;
  if (!known.mfa && (!inside(*record, known.ip) || known.admin)) return false;
  if ((record->companies >> connection & 1) != 0 && !of_company(*record, known.domain)) return false;
  return !closed(*record, known.hour) && !weak(*record, connection, known.password_length, known.password_age);
}

bool Limit::ids_until_denied(const Interned& known) const {
  if (known.unknown) return false;
  const auto& record = tables_->records[known.tenant];
  if ((record.enabled[known.client] >> known.connection & 1) == 0) return false;
  if (!known.mfa && (!inside(record, known.ip) || known.admin)) return false;
  if ((record.companies >> known.connection & 1) != 0 && !of_company(record, known.domain)) return false;
  return !closed(record, known.hour) && !weak(record, known.connection, known.password_length, known.password_age);
}

}  // namespace writ::bench
