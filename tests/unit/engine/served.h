// Bundles that an engine opens: tenants whose login is allowed to the domain that their version has, so that what decides can be told from what
// does not.
#pragma once

#include "runtime/engine/activation.h"
#include "runtime/engine/engine.h"
#include "tests/unit/bundle/world.h"

namespace writ::served {

using namespace writ::bundle_world;

inline Opening opening(std::vector<std::size_t> keys = {0}) {
  Opening how;
  how.trust = trust(std::move(keys));
  how.clock = [] { return now; };
  return how;
}

inline std::shared_ptr<const Bundle> signed_by_us(const std::vector<program::Part>& parts, std::uint64_t version = 1) {
  return open(bytes_of(parts, manifest(version), {&key(0)}));
}

// Tenants by number, the version in what they allow.
inline program::Part tenant(std::size_t number, std::uint64_t version) {
  return plain("t" + std::to_string(number), "v" + std::to_string(version) + ".example");
}
inline std::vector<program::Part> tenants(std::size_t count, std::uint64_t version) {
  std::vector<program::Part> parts;
  for (std::size_t i = 0; i < count; ++i) parts.push_back(tenant(i, version));
  return parts;
}

inline NamedRequest login(std::string tenant, const std::string& domain) {
  NamedRequest asked;
  asked.tenant = std::move(tenant);
  asked.client = "web";
  asked.connection = "users";
  asked.facts["user.blocked"] = false;
  asked.facts["user.email"] = "ada@" + domain;
  return asked;
}
inline Decision decide(const Engine& engine, const NamedRequest& named) {
  Request request;
  engine.bind(named, request);
  return engine.decide(request);
}
inline bool allows(const Engine& engine, std::string tenant, const std::string& domain) {
  return decide(engine, login(std::move(tenant), domain)).effect == Effect::allow;
}
inline Fault fault(const Engine& engine, std::string tenant, const std::string& domain = "acme.example") {
  return decide(engine, login(std::move(tenant), domain)).fault;
}

// A bundle whose part of that tenant has a byte changed, under a head that names it unchanged: as a file that was damaged after it was judged.
inline Bytes damaged(Bytes bytes, std::string_view tenant) {
  const auto whole = open(bytes);
  const auto at = whole->row(whole->find(tenant).value()).hot_begin;
  bytes[at + 40] ^= std::byte{1};
  return bytes;
}

}  // namespace writ::served
