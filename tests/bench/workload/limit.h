// The workload's decision written by hand: what a compiler of policies is measured against. Everything is known here that Writ must be
// told: how many connections there are, that addresses are IPv4, that no name is longer than 31 bytes, that requests are well formed.
#pragma once

#include "tests/bench/workload/workload.h"

#include <memory>
#include <string_view>

namespace writ::bench {

// What a sign-in is when everything in it was looked up beforehand.
struct Interned {
  std::uint32_t tenant = 0, ip = 0, domain = 0;  // domain: 0 for one that no tenant has
  std::uint8_t client = 0, connection = 0;
  bool mfa = false, admin = false, suspended = false, unknown = false;  // unknown: tenant, client or connection
  std::uint8_t hour = 0;
  std::uint16_t password_length = 0, password_age = 0;
};

// Which rules denied, a bit each; `fault` when something is unknown or the client may not use the connection, and no rule was looked at.
struct Verdict {
  enum : std::uint16_t {
    networks = 1,
    domain = 2,
    administrators = 4,
    hours = 8,
    password = 16,
    hostile = 32,
    refused = 64,
    suspended = 128,
    night = 256,
    long_password = 512,
    fault = 1024
  };
  std::uint16_t denied = 0;
  bool allowed() const { return denied == 0; }
};

// With five rules, or with ten: those of `Further` are no part of the first, neither of its code nor of its records.
template <unsigned rules>
class Limit {
 public:
  explicit Limit(const std::vector<Tenant>& tenants);
  ~Limit();

  Interned intern(const SignIn& asked) const;

  // Every rule is looked at, and all that deny are told: what Writ promises.
  Verdict text(const SignIn& asked) const;
  Verdict resolved(const SignIn& asked,
                   const Interned& known) const;  // address, domain and groups from `known`, names as text
  Verdict ids(const Interned& known) const;
  // The first that denies ends it.
  bool text_until_denied(const SignIn& asked) const;
  bool resolved_until_denied(const SignIn& asked, const Interned& known) const;
  bool ids_until_denied(const Interned& known) const;

  std::size_t bytes_per_tenant() const;

 private:
  struct Tables;
  std::unique_ptr<const Tables> tables_;
};

extern template class Limit<5>;
extern template class Limit<10>;

}  // namespace writ::bench
