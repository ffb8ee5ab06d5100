// What a policy is, in 32 bytes. A part's hash is SHA-256 over everything that decides and what a decision is named by, written one way
// only: every number 8 bytes little-endian, every string and list after its length, so that no two parts write the same bytes. Places,
// messages, notes, titles, branding and settings are not in it: moving a rule to another line is not another policy.
#include "runtime/program/program.h"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include <openssl/evp.h>

namespace writ::program {

namespace {

class Hash {
 public:
  Hash() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    require(context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
  }

  void bytes(const void* data, std::size_t size) { require(EVP_DigestUpdate(context_.get(), data, size) == 1); }
  std::array<std::uint8_t, 32> finish() {
    std::array<std::uint8_t, 32> result{};
    require(EVP_DigestFinal_ex(context_.get(), result.data(), nullptr) == 1);
    return result;
  }

  void add(bool value) { add(std::uint64_t{value}); }
  void add(std::uint64_t value) {
    std::array<std::uint8_t, 8> little{};
    for (std::size_t i = 0; i < 8; ++i) little[i] = static_cast<std::uint8_t>(value >> i * 8);
    bytes(little.data(), little.size());
  }
  void add(std::int64_t value) { add(static_cast<std::uint64_t>(value)); }
  void add(std::uint32_t value) { add(std::uint64_t{value}); }
  void add(std::uint16_t value) { add(std::uint64_t{value}); }
  void add(std::uint8_t value) { add(std::uint64_t{value}); }
  void add(std::int32_t value) { add(std::int64_t{value}); }
  void add(FactId value) { add(std::uint64_t{index(value)}); }
  void add(std::string_view text) {
    add(std::uint64_t{text.size()});
    bytes(text.data(), text.size());
  }
  void add(const std::string& text) { add(std::string_view(text)); }
  void add(const Cidr& cidr) {
    bytes(cidr.base.bytes.data(), cidr.base.bytes.size());
    add(cidr.bits);
  }
  template <class A, class B>
  void add(const std::pair<A, B>& pair) {
    add(pair.first);
    add(pair.second);
  }
  void add(const Session& session) {
    add(session.idle);
    add(session.absolute);
  }
  void add(const Attribute& attribute);
  void add(const Lockout& lockout);
  void add(const ClientRecord& client);
  void add(const ConnectionRecord& connection);
  void add(const OrganizationRecord::Use& use);
  void add(const OrganizationRecord& organization);
  void add(const ActionProgram& program);
  void add(const PasswordProgram& program);
  template <class T>
  void add(const std::vector<T>& list) {
    add(std::uint64_t{list.size()});
    for (const auto& item : list) add(item);
  }

 private:
  // SHA-256 from the default provider fails only when the process has no memory left; a hash that is not one must not be given out.
  static void require(bool done) {
    if (!done) std::abort();
  }
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

void Hash::add(const Attribute& attribute) {
  add(attribute.name);
  add(static_cast<std::uint8_t>(attribute.type));
  add(attribute.required);
  add(attribute.optional);
  add(attribute.low);
  add(attribute.high);
  add(attribute.values);
}

void Hash::add(const Lockout& lockout) {
  add(static_cast<std::uint8_t>(lockout.counter));
  add(lockout.attempts);
  add(lockout.block);
  add(lockout.within);
  add(lockout.exempt);
  add(lockout.connection);
}

void Hash::add(const ClientRecord& client) {
  add(client.id);
  add(client.name);
  add(static_cast<std::uint8_t>(client.type));
  add(client.grants);
  add(static_cast<std::uint8_t>(client.usage));
  add(client.callbacks);
  add(client.connections);
  add(client.discover);
  add(client.session);
}

void Hash::add(const ConnectionRecord& connection) {
  add(connection.id);
  add(connection.name);
  add(connection.strategy);
  add(connection.signup_open);
  add(connection.domains);
  add(connection.issuer);
}

void Hash::add(const OrganizationRecord::Use& use) {
  add(use.client);
  add(use.narrows);
  add(use.connections);
  add(use.discover);
}

void Hash::add(const OrganizationRecord& organization) {
  add(organization.id);
  add(organization.name);
  add(organization.connections);
  add(organization.members_required);
  add(organization.joins_via);
  add(organization.domains);
  add(organization.uses);
  add(organization.discover);
}

void Hash::add(const ActionProgram& program) {
  add(program.shape ? std::string_view(print(*program.shape)) : std::string_view());
  const auto row = program.row.bytes();
  add(std::string_view(reinterpret_cast<const char*>(row.data()), row.size()));
  add(program.required);
  add(std::uint64_t{program.rules.size()});
  for (const auto& rule : program.rules) add(rule.id);
  add(program.entries);
}

void Hash::add(const PasswordProgram& program) {
  add(program.connection);
  add(program.shape ? std::string_view(print(*program.shape)) : std::string_view());
  const auto row = program.row.bytes();
  add(std::string_view(reinterpret_cast<const char*>(row.data()), row.size()));
  add(program.normalize);
  for (const auto* list : {&program.requirements, &program.others}) {
    add(std::uint64_t{list->size()});
    for (const auto& one : *list) {
      add(static_cast<std::uint8_t>(one.check));
      add(one.text);
      add(one.origin);
    }
  }
}

}  // namespace

std::array<std::uint8_t, 32> hash_of(const Part& part) {
  Hash hash;
  hash.add(std::string_view("writ part 1"));
  hash.add(part.id);
  hash.add(part.name);
  hash.add(part.attributes);
  hash.add(part.hosts);
  hash.add(part.issuers);
  hash.add(part.clients);
  hash.add(part.connections);
  hash.add(part.organizations);
  hash.add(part.lockouts);
  for (const auto& program : part.programs) hash.add(program);
  hash.add(part.passwords);
  return hash.finish();
}

ShapeKey key_of(const Shape& shape) {
  Hash hash;
  const auto text = print(shape);
  hash.bytes(text.data(), text.size());
  const auto whole = hash.finish();
  ShapeKey key{};
  std::copy_n(whole.begin(), key.size(), key.begin());
  return key;
}

}  // namespace writ::program
