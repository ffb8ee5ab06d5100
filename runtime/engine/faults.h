// The structure checks: everything that makes a decision a deny before a rule is asked (decision 0001, 16 to 24), in exactly that order.
#pragma once

#include "runtime/engine/request.h"
#include "runtime/engine/serve.h"

namespace writ::engine {

// Which tenant a host name or a token issuer belongs to.
struct Claim : std::enable_shared_from_this<Claim> {
  Claim(std::string name_of_it, std::string_view of) : claimed(std::move(name_of_it)), tenant(of) {}
  std::string claimed, tenant;
  std::string_view name() const { return claimed; }
  bool is(const NameEnds&, std::string_view other) const { return other == claimed; }
};
using Claims = Table<Claim>;

enum class Question : std::uint8_t { decide, attempt };

// What a fault is about, for the words that explain it.
enum class Detail : std::uint8_t {
  none,
  name,
  fact,
  not_in_action,
  mfa_without_age,
  age_without_mfa,
  verified_without_email,
  stray,
  missing,
  connection_missing,
  not_login,
  host,
  host_elsewhere,
  issuer,
  issuer_elsewhere,
  by_client,
  by_organization,
  database_only,
  signup_closed,
  client_type,
};
struct Finding {
  Fault fault = Fault::none;
  Detail detail = Detail::none;
  FactId about{};
};

struct Set {
  const Claims& hosts;
  const Claims& issuers;
  const Bases& bases;
  const Overrides& overrides;
  bool stale = false;
  bool ready = false;
};

// The first fault that applies; none when the rules may be asked. Allocates nothing.
Finding find_fault(const Request::State& request, const Set& set, Question question) noexcept;

// Whether that is the same whatever else is served, as long as something is and it is not stale.
bool is_settled(const Request::State& request) noexcept;

// The first fault in words: "client `x` is not a client of `acme`".
std::string describe(const Request::State& request, const Finding& finding);

}  // namespace writ::engine
