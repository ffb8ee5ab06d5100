// The workload that decisions are measured on: tenants of three clients, five connections (two databases with a password policy each, a social
// one, two of companies), four networks, three mail domains and five rules, and a stream of sign-ins, 54 in a hundred of them allowed. Made
// from fixed seeds, and written as tab separated text that other programs can read.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace writ::bench {

struct Network {
  std::uint32_t base = 0;  // IPv4, host order, zero behind the prefix
  unsigned bits = 0;       // of the prefix
  std::uint32_t mask() const { return bits == 0 ? 0 : ~std::uint32_t{0} << (32 - bits); }
};

struct PasswordRule {
  int shortest = 0, oldest = 0;  // characters, days
};

enum class Kind : std::uint8_t { database, social, enterprise };

struct Tenant {
  struct Connection {
    std::string id;
    Kind kind{};
    int password = -1;  // place in `passwords`
  };
  struct Client {
    std::string id;
    std::vector<unsigned> connections;  // places, ascending
  };
  std::string id;
  std::array<Client, 3> clients;
  std::array<Connection, 5> connections;
  std::array<PasswordRule, 2> passwords;
  std::array<Network, 4> networks;
  std::array<std::string, 3> domains;
  int open = 0, close = 0;  // hours, the second excluded
};

// What a tenant has for five rules more. It follows from the tenant's id, so a workload that is read from a folder has it too.
struct Further {
  std::array<Network, 4> hostile;      // none of the tenant's own networks has an address of theirs
  std::array<std::string, 3> refused;  // domains that nobody has
  std::string suspended;               // a group that nobody is in
  int dawn = 0, dusk = 0;              // hours outside those that it is open
  int longest = 0;                     // password, longer than any of the stream
};
Further further_of(const Tenant& tenant);
// The zone whose clock the tenant opens and closes by, which follows from its id too.
std::string_view zone_of(const Tenant& tenant);

struct SignIn {
  std::string tenant, client, connection, ip, email;
  std::vector<std::string> groups;
  bool mfa = false;
  int hour = 0, password_length = 0, password_age = 0;  // days
  bool allowed = false;                                 // what must come out
  // The same by the clock, in microseconds since 1970: on a working day of January 2026 at that hour in the tenant's zone; and
  // when the password was changed.
  std::int64_t time = 0, changed = 0;
};

struct Workload {
  std::vector<Tenant> tenants;
  std::vector<SignIn> stream;
};

enum class Mix : std::uint8_t { uniform, zipf };  // how often each tenant is asked for

// The same numbers give the same workload, on any machine.
Workload make(std::size_t tenants, std::size_t sign_ins, Mix mix);
// `tenants.tsv` and `requests.tsv` of a folder, written and read. Reading throws std::runtime_error where there are none.
void write(const Workload& workload, const std::string& folder);
Workload read(const std::string& folder);

std::string dotted(std::uint32_t address);
std::uint32_t address_of(std::string_view dotted);

// How a tenant is written in Writ.
enum class Form : std::uint8_t {
  from_template,  // a line of constants, and what only it has
  ten_rules,  // the same from a template with five rules more, all of which deny only what others deny already, or nothing
  by_the_clock,  // from a template, and a window of its own in its zone; the ages of passwords are spans of time
  written_out,   // with its rules in full
  own_shape,     // written out, and one rule more, which no other tenant has in this form
};
// What all tenants share, and one tenant by itself; the first has to stand before any of the others.
std::string shared_text(Form form);
std::string tenant_text(const Tenant& tenant, Form form, std::size_t number);

}  // namespace writ::bench
