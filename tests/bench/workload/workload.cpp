// Tenants and sign-ins by chance. `decide` is the meaning that everything measured has to agree with.
#include "tests/bench/workload/workload.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <fstream>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace writ::bench {

namespace {

// SplitMix64: the standard library's distributions differ from one library to the next.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    auto z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }
  int between(int low, int high) { return low + static_cast<int>(next() % static_cast<std::uint64_t>(high - low + 1)); }
  double share() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  bool in_hundred(int times) { return between(1, 100) <= times; }
  std::uint32_t address() { return static_cast<std::uint32_t>(next() >> 32); }
  template <class List>
  auto& of(List& list) {
    return list[next() % std::size(list)];
  }
  std::string word(std::string_view prefix, int letters) {
    static constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    std::string made(prefix);
    for (int i = 0; i < letters; ++i) made += of(alphabet);
    return made;
  }

 private:
  std::uint64_t state_;
};

class Names {
 public:
  std::string fresh(Chance& chance, std::string_view prefix, int letters) {
    for (;;)
      if (auto name = chance.word(prefix, letters); taken_.insert(name).second) return name;
  }

 private:
  std::unordered_set<std::string> taken_;
};

Network make_network(Chance& chance, int fewest_bits, int most_bits) {
  Network network;
  network.bits = static_cast<unsigned>(chance.between(fewest_bits, most_bits));
  network.base = chance.address() & network.mask();
  return network;
}

std::string make_domain(Chance& chance, std::string_view prefix) {
  static constexpr std::array<std::string_view, 3> endings = {".example", ".test", ".corp.example"};
  const std::string ending(chance.of(endings));
  return chance.word(prefix, chance.between(4, 11)) + ending;
}

Tenant make_tenant(Chance& chance, Names& names) {
  static constexpr std::array kinds = {Kind::database, Kind::database, Kind::social, Kind::enterprise,
                                       Kind::enterprise};
  Tenant tenant;
  tenant.id = names.fresh(chance, "org_", 12);
  for (auto& rule : tenant.passwords) rule = {chance.between(8, 14), chance.between(90, 365)};
  for (std::size_t i = 0; i < kinds.size(); ++i)
    tenant.connections[i] = {names.fresh(chance, "con_", 12), kinds[i],
                             kinds[i] == Kind::database ? static_cast<int>(i) : -1};
  for (auto& client : tenant.clients) {
    client.id = names.fresh(chance, "cli_", 16);
    std::array<unsigned, 5> places = {0, 1, 2, 3, 4};
    const auto count = static_cast<std::size_t>(chance.between(2, 4));
    for (std::size_t i = 0; i < count; ++i) std::swap(places[i], places[i + chance.next() % (5 - i)]);
    client.connections.assign(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(count));
    std::ranges::sort(client.connections);
  }
  for (auto& network : tenant.networks) network = make_network(chance, 12, 28);
  for (auto& domain : tenant.domains) domain = make_domain(chance, "d");
  tenant.open = chance.between(6, 9);
  tenant.close = chance.between(17, 21);
  return tenant;
}

bool decide(const Tenant* tenant, const SignIn& asked) {
  if (tenant == nullptr) return false;
  const auto client = std::ranges::find(tenant->clients, asked.client, &Tenant::Client::id);
  const auto connection = std::ranges::find(tenant->connections, asked.connection, &Tenant::Connection::id);
  if (client == tenant->clients.end() || connection == tenant->connections.end()) return false;
  const auto place = static_cast<unsigned>(connection - tenant->connections.begin());
  if (std::ranges::find(client->connections, place) == client->connections.end()) return false;
  const auto address = address_of(asked.ip);
  const auto holds = [&](const Network& network) { return (address & network.mask()) == network.base; };
  if (!asked.mfa && std::ranges::none_of(tenant->networks, holds)) return false;
  const auto domain = asked.email.substr(asked.email.rfind('@') + 1);
  if (connection->kind == Kind::enterprise && std::ranges::find(tenant->domains, domain) == tenant->domains.end())
    return false;
  if (!asked.mfa && std::ranges::find(asked.groups, "admin") != asked.groups.end()) return false;
  if (asked.hour < tenant->open || asked.hour >= tenant->close) return false;
  if (connection->password < 0) return true;
  const auto& rule = tenant->passwords[static_cast<std::size_t>(connection->password)];
  return asked.password_length >= rule.shortest && asked.password_age <= rule.oldest;
}

SignIn make_sign_in(Chance& chance, const Tenant& tenant) {
  static constexpr std::array<std::string_view, 7> groups = {"users", "staff", "sales", "eng", "ops", "hr", "it"};
  SignIn asked;
  asked.tenant = tenant.id;
  const auto& client = chance.of(tenant.clients);
  asked.client = client.id;
  const auto place =
      chance.in_hundred(86) ? chance.of(client.connections) : static_cast<unsigned>(chance.between(0, 4));
  asked.connection = tenant.connections[place].id;
  asked.mfa = chance.in_hundred(34);
  const auto& network = chance.of(tenant.networks);
  const auto address = chance.address();
  asked.ip = dotted(chance.in_hundred(64) ? network.base | (address & ~network.mask()) : address);
  for (const auto group : groups)
    if (chance.in_hundred(25)) asked.groups.emplace_back(group);
  if (chance.in_hundred(15))
    asked.groups.insert(asked.groups.begin() + chance.between(0, static_cast<int>(asked.groups.size())), "admin");
  const auto domain = chance.in_hundred(80) ? chance.of(tenant.domains) : chance.word("x", 7) + ".example";
  asked.email = chance.word("u", chance.between(3, 11)) + "@" + domain;
  asked.hour = chance.in_hundred(88) ? chance.between(tenant.open, tenant.close - 1) : chance.between(0, 23);
  asked.password_length = chance.in_hundred(90) ? chance.between(14, 24) : chance.between(4, 13);
  asked.password_age = chance.in_hundred(90) ? chance.between(0, 90) : chance.between(91, 500);
  switch (chance.between(1, 200)) {
  case 1: asked.tenant = chance.word("org_", 12); break;
  case 2: asked.client = chance.word("cli_", 16); break;
  default: break;
  }
  return asked;
}

// The place of a tenant by Zipf's law with exponent 1: the first is asked for twice as often as the second.
class Zipf {
 public:
  explicit Zipf(std::size_t count) {
    double sum = 0;
    for (std::size_t i = 1; i <= count; ++i) sums_.push_back(sum += 1 / static_cast<double>(i));
  }
  std::size_t place(Chance& chance) const {
    const auto found = std::ranges::lower_bound(sums_, chance.share() * sums_.back());
    return std::min(static_cast<std::size_t>(found - sums_.begin()), sums_.size() - 1);
  }

 private:
  std::vector<double> sums_;
};

// Zones, and how many minutes their clocks were ahead of UTC from 5 to 23 January 2026, when none of them was changed.
struct Zone {
  std::string_view name;
  int ahead;
};
constexpr std::array<Zone, 8> zones = {{{"Europe/Berlin", 60},
                                        {"Europe/London", 0},
                                        {"America/New_York", -300},
                                        {"America/Los_Angeles", -480},
                                        {"America/Sao_Paulo", -180},
                                        {"Asia/Kolkata", 330},
                                        {"Asia/Tokyo", 540},
                                        {"Australia/Sydney", 660}}};

std::uint64_t seed_of(const Tenant& tenant) {
  std::uint64_t seed = 0;
  for (const unsigned char c : tenant.id) seed = seed * 257 + c;
  return seed;
}

const Zone& clock_of(const Tenant& tenant) { return zones[Chance(~seed_of(tenant)).next() % zones.size()]; }

// One after the other on Monday to Friday of three weeks, anywhere within the hour.
void tell_time(SignIn& asked, const Tenant* tenant, std::size_t place) {
  using namespace std::chrono;
  const auto day = sys_days{January / 5 / 2026} + days{place % 5 + place / 5 % 3 * 7};
  const auto local = day + hours{asked.hour} + seconds{place * 2'654'435'761 % 3'600};
  const auto time = local - minutes{tenant == nullptr ? 0 : clock_of(*tenant).ahead};
  asked.time = duration_cast<microseconds>(time.time_since_epoch()).count();
  asked.changed = asked.time - duration_cast<microseconds>(days{asked.password_age}).count();
}

void judge(Workload& workload) {
  std::unordered_map<std::string_view, const Tenant*> by_id;
  for (const auto& tenant : workload.tenants) by_id.emplace(tenant.id, &tenant);
  for (std::size_t i = 0; i < workload.stream.size(); ++i) {
    auto& asked = workload.stream[i];
    const auto found = by_id.find(asked.tenant);
    const auto* tenant = found == by_id.end() ? nullptr : found->second;
    asked.allowed = decide(tenant, asked);
    tell_time(asked, tenant, i);
  }
}

// ---------------------------------------------------------------- as text

std::vector<std::string_view> cut(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

int number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    throw std::runtime_error(fmt::format("expected a number in the workload, found `{}`", text));
  return value;
}

constexpr std::array<std::string_view, 3> kind_names = {"database", "social", "enterprise"};

Tenant read_tenant(std::string_view line) {
  const auto columns = cut(line, '\t');
  if (columns.size() != 8) throw std::runtime_error("a line of tenants.tsv has not eight columns");
  Tenant tenant;
  tenant.id = columns[0];
  tenant.open = number(columns[1]);
  tenant.close = number(columns[2]);
  const auto fill = [](auto& list, std::string_view column, auto&& read) {
    const auto parts = cut(column, ',');
    if (parts.size() != std::size(list)) throw std::runtime_error("a list of tenants.tsv has another length");
    for (std::size_t i = 0; i < parts.size(); ++i) read(list[i], parts[i]);
  };
  fill(tenant.networks, columns[3], [](Network& network, std::string_view text) {
    const auto slash = text.find('/');
    network = {address_of(text.substr(0, slash)), static_cast<unsigned>(number(text.substr(slash + 1)))};
  });
  fill(tenant.domains, columns[4], [](std::string& domain, std::string_view text) { domain = text; });
  fill(tenant.passwords, columns[5], [](PasswordRule& rule, std::string_view text) {
    const auto parts = cut(text, ':');
    rule = {number(parts.at(0)), number(parts.at(1))};
  });
  fill(tenant.connections, columns[6], [](Tenant::Connection& connection, std::string_view text) {
    const auto parts = cut(text, ':');
    const auto kind = std::ranges::find(kind_names, parts.at(1));
    if (kind == kind_names.end()) throw std::runtime_error("an unknown kind of connection in tenants.tsv");
    connection = {std::string(parts[0]), static_cast<Kind>(kind - kind_names.begin()), number(parts.at(2))};
  });
  fill(tenant.clients, columns[7], [](Tenant::Client& client, std::string_view text) {
    const auto parts = cut(text, ':');
    client.id = parts.at(0);
    for (const auto place : cut(parts.at(1), '.')) client.connections.push_back(static_cast<unsigned>(number(place)));
  });
  return tenant;
}

SignIn read_sign_in(std::string_view line) {
  const auto columns = cut(line, '\t');
  if (columns.size() != 11) throw std::runtime_error("a line of requests.tsv has not eleven columns");
  SignIn asked;
  asked.tenant = columns[0];
  asked.client = columns[1];
  asked.connection = columns[2];
  asked.ip = columns[3];
  asked.email = columns[4];
  if (!columns[5].empty())
    for (const auto group : cut(columns[5], ',')) asked.groups.emplace_back(group);
  asked.mfa = columns[6] == "1";
  asked.hour = number(columns[7]);
  asked.password_length = number(columns[8]);
  asked.password_age = number(columns[9]);
  asked.allowed = columns[10] == "1";
  return asked;
}

}  // namespace

std::string dotted(std::uint32_t address) {
  return fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
}

std::uint32_t address_of(std::string_view dotted) {
  std::uint32_t address = 0;
  for (const auto part : cut(dotted, '.')) address = address << 8 | static_cast<std::uint32_t>(number(part));
  return address;
}

Further further_of(const Tenant& tenant) {
  Chance chance(seed_of(tenant));
  Further further;
  for (auto& network : further.hostile) {
    const auto meets = [&](const Network& own) {
      const auto both = own.mask() & network.mask();
      return (own.base & both) == (network.base & both);
    };
    do {
      network = make_network(chance, 8, 16);
    } while (std::ranges::any_of(tenant.networks, meets));
  }
  for (auto& domain : further.refused) domain = make_domain(chance, "r");  // the stream's begin with `d` and `x`
  further.suspended = chance.word("suspended-", 6);
  further.dawn = chance.between(3, 5);
  further.dusk = chance.between(22, 23);
  further.longest = chance.between(64, 128);
  return further;
}

std::string_view zone_of(const Tenant& tenant) { return clock_of(tenant).name; }

Workload make(std::size_t tenants, std::size_t sign_ins, Mix mix) {
  Workload workload;
  Chance of_tenants(1), of_stream(2);
  Names names;
  for (std::size_t i = 0; i < tenants; ++i) workload.tenants.push_back(make_tenant(of_tenants, names));
  const Zipf zipf(mix == Mix::zipf ? tenants : 0);
  for (std::size_t i = 0; i < sign_ins; ++i)
    workload.stream.push_back(make_sign_in(of_stream, mix == Mix::zipf ? workload.tenants[zipf.place(of_stream)]
                                                                       : of_stream.of(workload.tenants)));
  judge(workload);
  return workload;
}

void write(const Workload& workload, const std::string& folder) {
  std::ofstream tenants(folder + "/tenants.tsv"), requests(folder + "/requests.tsv");
  for (const auto& tenant : workload.tenants) {
    std::vector<std::string> networks, passwords, connections, clients;
    for (const auto& one : tenant.networks) networks.push_back(fmt::format("{}/{}", dotted(one.base), one.bits));
    for (const auto& one : tenant.passwords) passwords.push_back(fmt::format("{}:{}", one.shortest, one.oldest));
    for (const auto& one : tenant.connections)
      connections.push_back(
          fmt::format("{}:{}:{}", one.id, kind_names[static_cast<std::size_t>(one.kind)], one.password));
    for (const auto& one : tenant.clients)
      clients.push_back(fmt::format("{}:{}", one.id, fmt::join(one.connections, ".")));
    tenants << fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", tenant.id, tenant.open, tenant.close,
                           fmt::join(networks, ","), fmt::join(tenant.domains, ","), fmt::join(passwords, ","),
                           fmt::join(connections, ","), fmt::join(clients, ","));
  }
  for (const auto& asked : workload.stream)
    requests << fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{:d}\t{}\t{}\t{}\t{:d}\n", asked.tenant, asked.client,
                            asked.connection, asked.ip, asked.email, fmt::join(asked.groups, ","), asked.mfa,
                            asked.hour, asked.password_length, asked.password_age, asked.allowed);
  if (!tenants.flush() || !requests.flush()) throw std::runtime_error("the workload could not be written to " + folder);
}

Workload read(const std::string& folder) {
  std::ifstream tenants(folder + "/tenants.tsv"), requests(folder + "/requests.tsv");
  if (!tenants || !requests) throw std::runtime_error("no workload in " + folder);
  Workload workload;
  for (std::string line; std::getline(tenants, line);) workload.tenants.push_back(read_tenant(line));
  for (std::string line; std::getline(requests, line);) workload.stream.push_back(read_sign_in(line));
  const auto told = workload.stream;
  judge(workload);
  for (std::size_t i = 0; i < told.size(); ++i)
    if (told[i].allowed != workload.stream[i].allowed)
      throw std::runtime_error(fmt::format("line {} of requests.tsv expects what its tenant does not say", i + 1));
  return workload;
}

}  // namespace writ::bench
