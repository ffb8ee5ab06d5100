// Parts by hand: structure through `part`, programs as shape text. What a test does not speak of has a sensible default: every action has an
// empty program, rules are called `acme/allow 0`, entries `entry 0`, every required fact that a program reads is required.
//
//     PartBuilder acme("acme");
//     acme.connection("users", "database");
//     acme.client("web", ClientType::web, {0});
//     acme.program(Action::login, "shape login\n%0 = fact.bool user.email_verified\nallow %0\n");
//     engine.put({acme.build()});
#pragma once

#include "runtime/program/program.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ {

class PartBuilder {
 public:
  program::Part part;

  explicit PartBuilder(std::string id) {
    part.id = part.name = std::move(id);
    for (std::size_t i = 0; i < action_count; ++i)
      program(static_cast<Action>(i), "shape " + std::string(action_names[i]) + "\n");
  }

  // Each returns what it added, to change further; the reference is good until the next of its kind.
  program::ClientRecord& client(std::string id, ClientType type = ClientType::web,
                                std::vector<std::uint32_t> connections = {}) {
    program::ClientRecord record;
    record.id = record.name = std::move(id);
    record.type = type;
    record.grants = static_cast<std::uint16_t>(
        1u << *index_of(grant_names, type == ClientType::m2m ? "client_credentials" : "authorization_code"));
    record.connections = std::move(connections);
    part.clients.push_back(std::move(record));
    return part.clients.back();
  }
  program::ConnectionRecord& connection(std::string id, std::string_view strategy) {
    program::ConnectionRecord record;
    record.id = record.name = std::move(id);
    while (strategies.at(record.strategy).name != strategy) ++record.strategy;
    record.signup_open = strategies[record.strategy].family != Family::enterprise;
    part.connections.push_back(std::move(record));
    return part.connections.back();
  }
  program::OrganizationRecord& organization(std::string id, std::vector<std::uint32_t> connections = {}) {
    program::OrganizationRecord record;
    record.id = record.name = std::move(id);
    record.connections = std::move(connections);
    part.organizations.push_back(std::move(record));
    return part.organizations.back();
  }

  // The program of an action, by the text of its shape and the constants of its slots.
  program::ActionProgram& program(Action action, std::string_view text,
                                  const std::vector<program::Constant>& constants = {}) {
    std::string error;
    auto shape = program::read_shape(text, error);
    if (!shape) throw std::invalid_argument(error);
    auto& program = part.programs[static_cast<std::size_t>(action)];
    program = {};
    program.row = program::Row::build(constants);
    program.rules = infos(*shape);
    for (std::size_t i = 0; i < shape->entries.size(); ++i) program.entries.push_back("entry " + std::to_string(i));
    for (std::size_t i = 0; i < builtin_facts.size(); ++i)
      for (const auto& node : shape->nodes)
        if (program::row_of(node.op).operands[0] == program::Operand::fact && node.a == i &&
            (builtin_facts[i].required & mask_of(action))) {
          program.required.push_back(static_cast<FactId>(i));
          break;
        }
    program.shape = std::make_shared<const program::Shape>(std::move(*shape));
    return program;
  }

  // Which passwords the database connection accepts, by the text of the shape; one that is not given accepts all.
  program::PasswordProgram& password(std::uint32_t connection, std::string_view text,
                                     const std::vector<program::Constant>& constants = {},
                                     std::vector<program::RequirementInfo> requirements = {}) {
    std::string error;
    auto shape = program::read_shape(text, error);
    if (!shape) throw std::invalid_argument(error);
    requirements.resize(shape->rules.size());
    program::PasswordProgram made;
    made.connection = connection;
    made.shape = std::make_shared<const program::Shape>(std::move(*shape));
    made.row = program::Row::build(constants);
    made.requirements = std::move(requirements);
    auto at = part.passwords.begin();
    while (at != part.passwords.end() && at->connection < connection) ++at;
    if (at != part.passwords.end() && at->connection == connection) at = part.passwords.erase(at);
    return *part.passwords.insert(at, std::move(made));
  }

  program::Part build(std::uint64_t version = 1) {
    for (std::uint32_t i = 0; i < part.connections.size(); ++i) {
      const bool database = strategies[part.connections[i].strategy].family == Family::database;
      const bool said = std::ranges::any_of(part.passwords, [&](const auto& one) { return one.connection == i; });
      if (database && !said) password(i, "shape password\n");
    }
    part.version = version;
    part.hash = program::hash_of(part);
    return part;
  }

 private:
  std::vector<program::RuleInfo> infos(const program::Shape& shape) const {
    std::vector<program::RuleInfo> infos;
    for (std::size_t i = 0; i < shape.rules.size(); ++i) {
      const auto& rule = shape.rules[i];
      program::RuleInfo info;
      info.name = std::to_string(i);
      info.id = part.id + "/" + std::string(rule_effect_names[static_cast<std::size_t>(rule.effect)]) + " " + info.name;
      info.text = info.id;
      info.place = part.id + ".writ:" + std::to_string(i + 1);
      info.source_order = static_cast<std::uint32_t>(i);
      info.texts = {"condition " + info.name};
      info.trace.emplace_back();
      info.trace[0].node = rule.fired;
      if (rule.effect == RuleEffect::require)
        for (const auto node : shape.entries[rule.entry].satisfied) info.alternatives.emplace_back("alternative", node);
      infos.push_back(std::move(info));
    }
    return infos;
  }
};

}  // namespace writ
