// A small platform by hand: two tenants that share shapes, a third with passwords and an organization; as a bundle, with keys.
#pragma once

#include "runtime/bundle/builder.h"
#include "runtime/bundle/delta.h"
#include "runtime/bundle/trust.h"
#include "tests/support/folder.h"
#include "tests/support/part_builder.h"

#include <catch2/catch.hpp>

namespace writ::bundle_world {

using namespace writ::bundle;
using Bytes = std::vector<std::byte>;
using Opened = std::shared_ptr<const Bundle>;

inline constexpr std::int64_t now = 1'790'000'000'000'000;  // 2026-09-21

inline program::Part plain(const std::string& id, const std::string& domain) {
  PartBuilder made(id);
  made.connection("users", "database");
  made.client("web", ClientType::web, {0}).callbacks = {"https://" + id + ".example/back"};
  made.part.hosts = {id + ".login.example"};
  made.part.title = "The " + id;
  made.program(Action::login,
               "shape login\n$0 string\n%0 = fact.string user.email\n%1 = email.domain %0\n"
               "%2 = const.string $0\n%3 = eq.string %1 %2\nallow %3\n",
               {domain});
  return made.build(0);
}

inline program::Part rich() {
  PartBuilder made("rich");
  made.connection("staff", "saml").settings = {{"entity", "urn:rich"}};
  made.connection("users", "database").domains = {"rich.example"};
  made.client("admin", ClientType::spa, {0, 1}).discover = {{"rich.example", 1}};
  auto& organization = made.organization("north", {0});
  organization.title = "North";
  organization.uses.push_back({0, true, {0}, {}});
  made.part.issuers = {"https://issuer.rich.example"};
  made.part.lockouts.push_back({program::Lockout::Counter::by_ip, 5, 900'000'000, -1, {*parse_cidr("10.0.0.0/8")}, -1});
  program::Attribute level;
  level.name = "user.level";
  level.type = TypeKind::integer;
  level.optional = all_actions;
  made.part.attributes.push_back(level);
  program::RequirementInfo length;
  length.text = "length 12..", length.origin = "rich", length.numbers = {12};
  made.password(
      1, "shape password\n$0 integer\n%0 = fact.int password.length\n%1 = const.int $0\n%2 = lt.int %0 %1\ndeny %2\n",
      {std::int64_t{12}}, {length});
  return made.build(0);
}

inline std::vector<program::Part> platform() {
  return {plain("acme", "acme.example"), plain("bolt", "bolt.example"), rich()};
}

inline Manifest manifest(std::uint64_t version = 1) {
  Manifest made;
  made.channel = "production";
  made.version = version;
  made.previous = version - 1;
  made.made_by = "writ of the tests";
  return made;
}

inline Bytes bytes_of(const std::vector<program::Part>& parts, const Manifest& made = manifest(),
                      const std::vector<const PrivateKey*>& keys = {}, const std::vector<Sample>& samples = {}) {
  Builder builder;
  builder.ask(samples);
  for (const auto& part : parts) builder.add(part, {.files = {{part.id + ".writ", Digest{1}}}}, Digest{2});
  Bytes bytes;
  Digest root{};
  const auto problem =
      write(builder.pieces(made), [&](auto more) { bytes.insert(bytes.end(), more.begin(), more.end()); }, &root);
  REQUIRE(text_of(problem) == "none: ");
  std::vector<Signature> signatures;
  for (const auto* key : keys) signatures.push_back(key->sign(bundle_message(root)).value());
  const auto end = signature_bytes(signatures);
  bytes.insert(bytes.end(), end.begin(), end.end());
  return bytes;
}

inline Opened open(Bytes bytes, Problem& problem, const Limits& limits = {}) {
  const auto kept = std::make_shared<Bytes>(std::move(bytes));
  return Bundle::open(*kept, kept, problem, limits);
}
inline Opened open(Bytes bytes) {
  Problem problem;
  auto opened = open(std::move(bytes), problem);
  INFO(text_of(problem));
  REQUIRE(opened);
  return opened;
}

inline const PrivateKey& key(std::size_t number) {
  static const std::vector<PrivateKey> keys = [] {
    std::vector<PrivateKey> made;
    for (int i = 0; i < 4; ++i)
      made.push_back(PrivateKey::generate(i % 2 == 0 ? Algorithm::ed25519 : Algorithm::ecdsa_p256).value());
    return made;
  }();
  return keys.at(number);
}
inline Trust trust(std::vector<std::size_t> numbers, std::size_t threshold = 1) {
  Trust made;
  for (const auto number : numbers) made.keys.push_back({key(number).public_key(), {}});
  made.threshold = threshold;
  return made;
}

}  // namespace writ::bundle_world
