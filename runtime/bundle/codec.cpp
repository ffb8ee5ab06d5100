// The fields of every record, hot and cold. Append to neither: another layout is another format_version.
#include "runtime/bundle/codec.h"

#include "runtime/bundle/bundle.h"

namespace writ::program {

template <class A, class R>
concept Is = std::is_same_v<std::remove_const_t<A>, R>;

// Found by the archives through the namespace of their argument.
template <class A, Is<Attribute> R>
void fields(A& archive, R& one) {
  archive(one.name, one.type, one.required, one.optional, one.low, one.high, one.values);
}
template <class A, Is<Lockout> R>
void fields(A& archive, R& one) {
  archive(one.counter, one.attempts, one.block, one.within, one.exempt, one.connection);
}
template <class A, Is<Session> R>
void fields(A& archive, R& one) {
  archive(one.idle, one.absolute);
}
template <class A, Is<OrganizationRecord::Use> R>
void fields(A& archive, R& one) {
  archive(one.client, one.narrows, one.connections, one.discover);
}
template <class A, Is<TraceNode> R>
void fields(A& archive, R& one) {
  archive(one.kind, one.node, one.text, one.children, one.seen, one.seen_names);
}
template <class A, Is<RuleInfo> R>
void fields(A& archive, R& one) {
  archive(one.id, one.text, one.place, one.message, one.note, one.name, one.source_order, one.texts, one.trace,
          one.alternatives);
}
template <class A, Is<Node> R>
void fields(A& archive, R& one) {
  archive(one.op, one.a, one.b, one.c);
}
template <class A, Is<RuleCode> R>
void fields(A& archive, R& one) {
  archive(one.effect, one.report, one.fired, one.entry);
}
template <class A, Is<Entry> R>
void fields(A& archive, R& one) {
  archive(one.satisfied, one.use_connection);
}
template <class A, Is<Shape> R>
void fields(A& archive, R& one) {
  archive(one.action, one.password, one.nodes, one.arguments, one.slots, one.rules, one.entries);
}

}  // namespace writ::program

namespace writ {

template <class A, class R>
  requires std::is_same_v<std::remove_const_t<R>, Ip>
void fields(A& archive, R& ip) {
  archive(ip.bytes);
}
template <class A, class R>
  requires std::is_same_v<std::remove_const_t<R>, Cidr>
void fields(A& archive, R& cidr) {
  archive(cidr.base, cidr.bits);
}

}  // namespace writ

namespace writ::bundle {

namespace {

using program::Part;

// What no other part may answer to comes first, so that it can be read alone.
template <class A, class P>
void claims(A& archive, P& part) {
  archive(part.id, part.hosts, part.issuers);
}

template <class A, class P>
void hot(A& archive, P& part) {
  claims(archive, part);
  archive(part.hash, part.attributes);
  archive.list(part.clients, [&](auto& one) {
    archive(one.id, one.type, one.grants, one.usage, one.callbacks, one.connections, one.discover, one.session);
  });
  archive.list(part.connections,
               [&](auto& one) { archive(one.id, one.strategy, one.signup_open, one.domains, one.issuer); });
  archive.list(part.organizations, [&](auto& one) {
    archive(one.id, one.connections, one.members_required, one.joins_via, one.domains, one.uses, one.discover);
  });
  archive(part.lockouts);
  for (auto& one : part.programs) {
    archive.shape(one.shape);
    archive.row(one.row);
    archive(one.required);
  }
  archive.list(part.passwords, [&](auto& one) {
    archive(one.connection);
    archive.shape(one.shape);
    archive.row(one.row);
    archive(one.normalize);
    for (auto* list : {&one.requirements, &one.others})
      archive.list(*list, [&](auto& asked) { archive(asked.check, asked.numbers, asked.classes, asked.implied); });
  });
  archive.align();
}

// Lists of the hot half are gone along again: their lengths are not said twice.
template <class A, class P>
void cold(A& archive, P& part) {
  archive(part.name, part.title, part.logo, part.colors, part.features);
  for (auto& one : part.clients) archive(one.name, one.origins, one.access_token, one.refresh_token, one.id_token);
  for (auto& one : part.connections) archive(one.name, one.settings);
  for (auto& one : part.organizations) archive(one.name, one.title, one.logo, one.colors, one.features);
  for (auto& one : part.programs) {
    archive.beside(one.rules, one.shape->rules.size(), [&](auto& rule) { archive(rule); });
    archive.beside(one.entries, one.shape->entries.size(), [&](auto& entry) { archive(entry); });
  }
  for (auto& one : part.passwords)
    for (auto* list : {&one.requirements, &one.others})
      for (auto& asked : *list) archive(asked.text, asked.origin, asked.place);
  archive.align();
}

template <class A, class O>
void origin_of(A& archive, O& origin) {
  archive(origin.files, origin.rest, origin.organizations);
}

Problem malformed(const std::string& what) { return {Reason::malformed, what}; }

}  // namespace

Encoded encode(const Part& part, const Origin& origin, const KeyOf& key_of) {
  Writer hot_writer(key_of), cold_writer(key_of);
  hot(hot_writer, part);
  origin_of(cold_writer, origin);
  cold(cold_writer, part);
  return {hot_writer.take(), cold_writer.take()};
}

std::vector<std::byte> encode(const program::Shape& shape) {
  Writer writer;
  writer(shape);
  writer.align();
  return writer.take();
}

Problem decode(std::span<const std::byte> hot_bytes, std::span<const std::byte> cold_bytes, const ShapeOf& shape_of,
               Part& part) {
  Reader hot_reader(hot_bytes, &shape_of);
  hot(hot_reader, part);
  if (const auto wrong = hot_reader.finish(); !wrong.empty())
    return {hot_reader.missing_shape() ? Reason::missing_shape : Reason::malformed, wrong};
  Reader cold_reader(cold_bytes, &shape_of);
  Origin origin;
  origin_of(cold_reader, origin);
  if (!origin.organizations.empty() && origin.organizations.size() != part.organizations.size())
    cold_reader.fail("it tells of more or fewer organizations than it has");
  cold(cold_reader, part);
  if (const auto wrong = cold_reader.finish(); !wrong.empty()) return malformed(wrong);
  return {};
}

Problem decode(std::span<const std::byte> bytes, program::Shape& shape) {
  Reader reader(bytes);
  reader(shape);
  reader.align();
  if (const auto wrong = reader.finish(); !wrong.empty()) return malformed(wrong);
  return {};
}

Problem decode_origin(std::span<const std::byte> cold_bytes, Origin& origin) {
  Reader reader(cold_bytes);
  origin_of(reader, origin);
  if (!reader.ok()) return malformed(reader.finish());
  return {};
}

Problem decode_claims(std::span<const std::byte> hot_bytes, std::vector<std::string>& hosts,
                      std::vector<std::string>& issuers) {
  Reader reader(hot_bytes);
  Part part;
  claims(reader, part);
  if (!reader.ok()) return malformed(reader.finish());
  hosts = std::move(part.hosts);
  issuers = std::move(part.issuers);
  return {};
}

Problem decode_shapes(std::span<const std::byte> hot_bytes, std::vector<program::ShapeKey>& keys) {
  static const auto any = std::make_shared<const program::Shape>();
  const ShapeOf note = [&](const program::ShapeKey& key) {
    keys.push_back(key);
    return any;
  };
  Reader reader(hot_bytes, &note);
  Part part;
  hot(reader, part);
  const auto wrong = reader.finish();
  return wrong.empty() ? Problem{} : malformed(wrong);
}

const Digest& vocabulary() {
  static const Digest digest = [] {
    Writer all;
    const auto words = [&](const auto& names) {
      all(std::uint64_t{names.size()});
      for (const auto name : names) all(std::string(name));
    };
    const auto facts = [&](const auto& table) {
      all(std::uint64_t{table.size()});
      for (const auto& fact : table) all(std::string(fact.name), fact.type);
    };
    facts(builtin_facts);
    for (const auto& fact : builtin_facts) {
      all(fact.required, fact.optional, fact.low, fact.high);
      words(fact.values);
    }
    facts(password_facts);
    for (const auto& row : program::op_rows) {
      all(std::string(row.name), row.result);
      for (const auto operand : row.operands) all(operand);
      for (const auto type : row.types) all(type);
    }
    words(program::slot_kind_names);
    words(action_names);
    words(rule_effect_names);
    words(client_type_names);
    words(organization_usage_names);
    words(grant_names);
    words(password_check_names);
    for (const auto& strategy : strategies) all(std::string(strategy.name), strategy.family);
    return digest_of(all.take());
  }();
  return digest;
}

}  // namespace writ::bundle
