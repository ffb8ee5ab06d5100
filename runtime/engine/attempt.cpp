#include "runtime/engine/attempt.h"

#include "runtime/engine/state.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <utility>

namespace writ {

using engine::fact_of;
using engine::LockoutFacts;
using program::Lockout;

namespace {

std::int64_t ticks() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

constexpr FactId ip_fact = fact("request.ip"), time_fact = fact("request.time"),
                 last_failed = fact("attempts.last_failed");

// Counters that rules ask for and no lockout in scope keeps: never closed, and begun anew after a quiet day.
LockoutFacts observed(Lockout::Counter counter) {
  LockoutFacts lockout;
  lockout.counter = counter;
  lockout.attempts = INT64_MAX;
  lockout.within = std::int64_t{86'400} * 1'000'000;
  return lockout;
}
constexpr Lockout::Counter all_counters[] = {Lockout::Counter::by_identifier, Lockout::Counter::by_identifier_ip,
                                             Lockout::Counter::by_ip};

// One counter for each way of counting and each `within`, since it begins anew by that. Accounts are of one connection; an address is of the
// tenant, unless the lockout is of one connection alone.
CounterKey key_of(std::string_view tenant, const auto& lockout, std::string_view connection,
                  std::string_view identifier, const Ip& ip) {
  const auto within = std::to_string(lockout.within);
  const auto counted = counted_address(ip);
  const std::string_view address(reinterpret_cast<const char*>(counted.bytes.data()), counted.bytes.size());
  switch (lockout.counter) {
  case Lockout::Counter::by_identifier: return counter_key({"identifier", within, tenant, connection, identifier});
  case Lockout::Counter::by_identifier_ip:
    return counter_key({"identifier and ip", within, tenant, connection, identifier, address});
  case Lockout::Counter::by_ip: break;
  }
  return counter_key({"ip", within, tenant, lockout.connection < 0 ? std::string_view() : connection, address});
}

CounterRule rule_of(std::string_view tenant, const LockoutFacts& lockout, std::string_view connection,
                    std::string_view identifier, const Ip& ip) {
  CounterRule rule;
  rule.key = key_of(tenant, lockout, connection, identifier, ip);
  rule.attempts = lockout.attempts;
  rule.block = lockout.block;
  rule.within = lockout.within;
  rule.lasting = lockout.counter == Lockout::Counter::by_ip;
  return rule;
}

// The lockouts in scope of a login by this connection that count this address, and what becomes of them in a store.
struct InScope {
  std::vector<Lockout::Counter> counters;
  std::vector<CounterRule> rules;
};
InScope in_scope(const Request::State& request, const Attempting& who) {
  InScope scope;
  const auto& loaded = *request.loaded;
  const auto exempt = [&](const LockoutFacts& lockout) {
    return std::ranges::any_of(loaded.list(lockout.exempt),
                               [&](const Cidr& block) { return block.contains(who.ip.value); });
  };
  const auto add = [&](const LockoutFacts& lockout) {
    scope.counters.push_back(lockout.counter);
    scope.rules.push_back(
        rule_of(loaded.name(), lockout, request.names.connection, who.identifier.value, who.ip.value));
  };
  const auto family = static_cast<Family>(request.frame.connection_family);
  if (family == Family::database || family == Family::passwordless)
    for (const auto& lockout : loaded.lockouts())
      if ((lockout.connection < 0 || lockout.connection == request.frame.connection) && !exempt(lockout)) add(lockout);
  const auto& required = request.loaded->kind()[Action::login].required;
  for (const auto counter : all_counters) {
    const auto asked = index(fact_of(counter));
    if ((required[asked / 64] >> asked % 64 & 1) != 0 &&
        std::ranges::find(scope.counters, counter) == scope.counters.end())
      add(observed(counter));
  }
  return scope;
}

// The facts of the counters as they were before this attempt, so that a lockout judged by them says what the store said. Several counters of one kind
// (they forget after different times) are one fact, and all kinds have one time: of a granted attempt no counter is closed, so the lowest of a kind
// closes none, and neither does the earliest time at which one of those that are at their limit was last counted. Of a closed one, the closed counter's.
void set_facts(Request& request, const InScope& scope, const Reservation& made) {
  constexpr std::int64_t most = builtin_facts[index(fact_of(Lockout::Counter::by_ip))].high;
  const bool closed = made.outcome == Reservation::Outcome::closed;
  std::int64_t counts[] = {-1, -1, -1};
  std::int64_t recent = 0, at_limit = 0;
  for (std::size_t i = 0; i < scope.rules.size(); ++i) {
    const auto& stands = made.before[i];
    if (closed && !stands.closed) continue;
    auto& count = counts[static_cast<std::size_t>(scope.counters[i])];
    if (count < 0 || (closed ? stands.count > count : stands.count < count)) count = stands.count;
    recent = std::max(recent, stands.last);
    if (stands.count >= scope.rules[i].attempts)
      at_limit = at_limit == 0 ? stands.last : std::min(at_limit, stands.last);
  }
  for (const auto counter : all_counters)
    request.set(fact_of(counter), std::clamp(counts[static_cast<std::size_t>(counter)], std::int64_t{0}, most));
  const auto last = !closed && at_limit != 0 ? at_limit : recent;
  if (last != 0) request.set(last_failed, last);
}

}  // namespace

std::vector<CounterKey> counter_keys(const program::Part& part, std::string_view connection,
                                     std::string_view identifier, const Ip& ip) {
  std::vector<CounterKey> keys;
  const auto add = [&](const auto& lockout) {
    if (lockout.counter != Lockout::Counter::by_ip)
      keys.push_back(key_of(part.id, lockout, connection, identifier, ip));
  };
  for (const auto& lockout : part.lockouts) add(lockout);
  for (const auto counter : all_counters) add(observed(counter));
  return keys;
}

Attempt::Attempt(Attempt&& other) noexcept
    : decision_(other.decision_),
      opens_(other.opens_),
      store_(std::exchange(other.store_, nullptr)),
      rules_(std::move(other.rules_)),
      reservation_(std::move(other.reservation_)),
      time_(other.time_),
      began_(other.began_) {}

void Attempt::end(How how) noexcept {
  auto* const store = std::exchange(store_, nullptr);
  if (store == nullptr) return;
  const auto now = time_ + (ticks() - began_);
  if (how == How::wrong)
    store->commit(rules_, reservation_, now);
  else
    store->refund(rules_, reservation_, how == How::right ? Refund::right : Refund::unused, now);
}

Attempt Engine::attempt(Request& request, CounterStore& store, const Attempting& who) const noexcept {
  Attempt attempt;
  const auto refuse = [&](Fault fault) {
    attempt.decision_ = Decision{};
    attempt.decision_.fault = fault;
    if (request.state_->loaded) {
      attempt.decision_.revision = request.state_->loaded->revision();
      attempt.decision_.version = request.state_->loaded->version();
    }
  };
  try {
    // First everything but the counters: what is refused by the structure is no attempt.
    request.set(ip_fact, who.ip.value).set(time_fact, who.time.value.micros);
    for (const auto counter : all_counters) request.set(fact_of(counter), std::int64_t{0});
    request.unset(last_failed);
    attempt.decision_ = this->attempt(std::as_const(request));
    if (attempt.decision_.effect != Effect::allow) return attempt;

    auto scope = in_scope(*request.state_, who);
    if (scope.rules.empty()) return attempt;
    attempt.time_ = who.time.value.micros;
    attempt.began_ = ticks();
    attempt.rules_ = scope.rules;  // before anything is taken: for want of memory nothing would end it
    attempt.reservation_ = store.reserve(attempt.rules_, attempt.time_);
    const auto& reservation = attempt.reservation_;
    const bool granted = reservation.outcome == Reservation::Outcome::granted, local = reservation.local;
    if (reservation.outcome == Reservation::Outcome::away) {
      refuse(Fault::not_ready);
      return attempt;
    }
    if (granted) attempt.store_ = &store;  // from here on it is ended whatever happens
    set_facts(request, scope, reservation);
    attempt.decision_ = this->attempt(std::as_const(request));
    if (!granted) {
      refuse(Fault::locked_out);
      attempt.opens_ = INT64_MIN;
      for (const auto& stands : reservation.before)
        if (stands.closed) attempt.opens_ = std::max(attempt.opens_, stands.opens);
    } else if (attempt.decision_.effect != Effect::allow) {
      attempt.unused();
    }
    attempt.decision_.local_counters = local;
  } catch (...) {  // for want of memory
    attempt.unused();
    refuse(Fault::not_ready);
  }
  return attempt;
}

}  // namespace writ
