// The engine: tenants that can be replaced one at a time while decisions go on, and the questions a login flow asks of them. `decide` is
// const, thread-safe, never throws, never fails (a fault is a deny that names itself) and allocates nothing.
#pragma once

#include "runtime/engine/decision.h"
#include "runtime/engine/password.h"
#include "runtime/program/frame.h"
#include "runtime/program/program.h"
#include "runtime/program/value.h"

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::bundle {
class Bundle;
struct Problem;
enum class ClaimKind : std::uint32_t;
}  // namespace writ::bundle

namespace writ {

struct Opening;     // activation.h
struct Activation;  // activation.h
struct Revision;    // activation.h
struct Metrics;     // activation.h

enum class Tier : std::uint8_t { interpret, automatic, native };  // native: wait for machine code (tests, benchmarks)

// Machine code for shapes, made elsewhere (runtime/jit). `find` is called on the request path and must be quick; `want` asks for a shape to be
// compiled in the background. The returned code lives as long as the shared_ptr.
class CodeSource {
 public:
  virtual ~CodeSource() = default;
  struct Code {
    program::NativeCode entry = nullptr;
    std::shared_ptr<const void> owner;
  };
  virtual void want(std::shared_ptr<const program::Shape> shape) = 0;
  virtual std::optional<Code> find(const program::ShapeKey& key) = 0;
  virtual void wait_idle() = 0;             // all wanted shapes compiled or refused
  virtual std::string refusal() const = 0;  // why there is no machine code at all; empty when there is
};

namespace engine {

enum class By : std::uint8_t;  // answer.h

// What a fact may be set to without a second look. `other`: there is more to see to.
enum class Form : std::uint8_t { other, boolean, integer, text, mail, ip, texts };

struct Quick {
  const Form* forms = nullptr;  // by FactId, for the action that was started
  std::size_t limit = 0;        // none while something that was set is wrong
  program::Slot* room = nullptr;
  std::uint64_t* given = nullptr;  // bit by FactId

  // The slot to set, or null where it is not as easy as that.
  program::Slot* take(FactId fact, Form form) {
    const auto place = index(fact);
    if (place >= limit || forms[place] != form) return nullptr;
    given[place / 64] |= std::uint64_t{1} << place % 64;
    return &room[place];
  }
};

}  // namespace engine

class Attempt;
class Prepared;  // prepared.h
class CounterStore;
struct Attempting;
class Engine;

// One request bound to one snapshot of one tenant. Strings are borrowed: they must outlive the decision. Reuse it: `Engine::start` empties it and
// keeps its memory. It holds the room its program runs in, so one thread at a time may decide it. Only the engine that started it can be asked
// with it.
class Request {
 public:
  struct State;
  Request();
  ~Request();
  Request(Request&&) noexcept;
  Request& operator=(Request&&) noexcept;

  // Setting a fact the action or tenant does not have, or of another type, makes the decision invalid_request.
  // A bool is set by a bool alone: a literal, an array or a pointer would be one as well.
  template <std::same_as<bool> Bool>
  Request& set(FactId fact, Bool value) {
    if (auto* const slot = quick_->take(fact, engine::Form::boolean)) return slot->integer = value, *this;
    return set_boolean_with_care(fact, value);
  }
  Request& set(FactId fact, std::int64_t value) {
    if (auto* const slot = quick_->take(fact, engine::Form::integer)) return slot->integer = value, *this;
    return set_with_care(fact, value);
  }
  Request& set(FactId fact, std::string_view value);
  Request& set(FactId fact, const Ip& value) {
    if (auto* const slot = quick_->take(fact, engine::Form::ip)) return slot->ip = value, *this;
    return set_with_care(fact, value);
  }
  Request& set(FactId fact, std::span<const std::string_view> values);
  Request& unset(FactId fact);

  // Whether there is the tenant that the request was started for.
  bool bound() const;
  // The fact of that name for the tenant that the request was started for, what it must be, and the number of a word of an enumeration.
  std::optional<FactId> find(std::string_view name) const;
  TypeKind type_of(FactId fact) const;  // of a fact that there is
  std::optional<std::int64_t> word(FactId fact, std::string_view word) const;

 private:
  friend class Engine;
  friend class Places;
  Request& set_boolean_with_care(FactId fact, bool value);
  Request& set_with_care(FactId fact, std::int64_t value);
  Request& set_with_care(FactId fact, const Ip& value);

  std::unique_ptr<State> state_;
  engine::Quick* quick_;  // in `state_`
};

class Engine {
 public:
  struct State;
  explicit Engine(std::shared_ptr<CodeSource> code = nullptr, Tier tier = Tier::automatic);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Serves the bundle in place of the one before, when it may (activation.h): judged, tested, on record, then swapped in. A tenant is loaded when
  // it is first asked for. Whatever is wrong, what served serves on. `apply` serves what comes out of a delta laid over the bundle that serves.
  Activation open(const std::string& path, const Opening& how);
  Activation open(std::shared_ptr<const bundle::Bundle> bundle, const Opening& how);
  Activation apply(std::span<const std::byte> delta, const Opening& how);

  // By hand. Verifies and publishes tenants; the others are not disturbed. A part that does not verify is refused with the reason and what served
  // before keeps serving. Host and issuer claims are checked over the set. What was put or removed stays so until a bundle comes in which that
  // tenant is another than in the bundle before, or until it is restored.
  std::string put(std::vector<program::Part> parts);  // empty: published
  std::string put_tenant(program::Part part);
  bundle::Problem put_tenant(const std::shared_ptr<const bundle::Bundle>& judged, std::string_view tenant);
  bool remove_tenant(std::string_view tenant);
  // One organization of a tenant, and all else of it as it serves: from a bundle, in which the tenant must have the same clients and connections, or
  // by its record. A new one, or one less, is refused where rules of the tenant name organizations: then put the tenant.
  bundle::Problem put_organization(const std::shared_ptr<const bundle::Bundle>& judged, std::string_view tenant,
                                   std::string_view organization);
  std::string put_organization(std::string_view tenant, program::OrganizationRecord organization);  // empty: published
  std::string remove_organization(std::string_view tenant, std::string_view organization);          // empty: removed
  std::string restore_tenant(std::string_view tenant);  // empty: what the bundle says of it, if anything, serves again
  std::vector<std::string> tenants() const;
  // Which tenant answers to a host name, or to the issuer of a token. Allocates nothing but what `tenant` needs.
  bool tenant_of(bundle::ClaimKind kind, std::string_view name, std::string& tenant) const;
  std::optional<Revision>
  revision(std::string_view tenant) const;  // nothing: there is no such tenant, or it is not ready
  Metrics metrics() const;
  std::shared_ptr<const program::Part> part(std::string_view tenant) const;

  // Starts a request. `connection`, `organization`: empty view with null data = not given.
  void start(Request& request, Action action, std::string_view tenant, std::string_view client,
             std::string_view connection = {}, std::string_view organization = {}) const;
  // Fills `request` from names; the strings of `named` are borrowed. A fact unknown to the tenant, or of another type, is remembered as invalid.
  void bind(const NamedRequest& named, Request& request) const;

  // Makes a request ready to be decided many times (prepared.h).
  void prepare(NamedRequest named, Prepared& prepared) const;

  Decision decide(const Request& request) const noexcept;     // tier as configured
  Decision interpret(const Request& request) const noexcept;  // always the interpreter
  std::optional<Decision>
  native(const Request& request) const noexcept;  // only machine code; nothing while there is none
  // The room is memory of the thread that decides: what was started in it before is gone, and it is to be started again before it is asked. A
  // tenant that has changed since, or has no machine code yet, may make it allocate. Of a batch, what the next ones read is fetched from memory
  // while one is decided; as many are as both lists have.
  Decision decide(const Prepared& prepared, Request& room) const noexcept;
  Decision interpret(const Prepared& prepared, Request& room) const noexcept;  // always the interpreter
  void decide_batch(std::span<const Prepared> prepared, Request& room, std::span<Decision> decisions) const noexcept;
  Decision attempt(const Request& request) const noexcept;  // decision 0001, 27
  // The same, counted by a store (attempt.h). Sets the request's facts of time, address and attempts.
  Attempt attempt(Request& request, CounterStore& store, const Attempting& who) const noexcept;
  // Whether a password may be set, requirement by requirement (password.h). As with decisions: thread-safe, no exception, a
  // fault refuses and names itself.
  PasswordReport check_password(const Secret& password, const PasswordRequest& request) const noexcept;
  PasswordReport interpret_password(const Secret& password, const PasswordRequest& request) const noexcept;
  std::optional<PasswordReport> native_password(const Secret& password, const PasswordRequest& request) const noexcept;
  Explanation explain(const Request& request, const Decision& decision) const;
  std::vector<TraceEntry> trace(const Request& request) const;  // empty on a fault
  Offer connections(std::string_view tenant, std::string_view client, std::optional<std::string_view> organization,
                    std::optional<std::string_view> email) const;
  std::optional<FactId> fact(std::string_view tenant, std::string_view name) const;
  // The facts that must be given with every request of this action, by name, sorted (decision 0001, 17; `user.organizations` is asked for
  // besides when an organization judges membership). Empty when there is no such tenant.
  std::vector<std::string> required_facts(std::string_view tenant, Action action) const;
  void wait_for_code() const;  // Tier::native and benchmarks
  // Past its bundle's expiry and the grace, and while this is set, every decision is the fault `stale`.
  void set_stale(bool stale);
  // Frees the replaced tenants that no request is bound to any more, and answers how many are still waited for. Whoever puts or removes
  // does so too: this is for who wants it now.
  std::size_t reclaim();

 private:
  Decision decide(const Prepared& prepared, Request& room, engine::By by) const noexcept;

  std::unique_ptr<State> state_;
};

}  // namespace writ
