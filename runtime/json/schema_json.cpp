// Facts become nested properties (`user.email` is property `email` of `user`), each with the form request_json.h reads. What an action
// requires comes from its program: the facts its rules mention, and the structure's.
#include "runtime/json/schema_json.h"

#include "runtime/json/request_json.h"
#include "runtime/program/facts.h"

#include <algorithm>
#include <exception>

#include <nlohmann/json.hpp>

namespace writ {

namespace {

using Json = nlohmann::ordered_json;

struct Described {
  std::string name;
  TypeKind type{};
  ActionMask actions = 0;
  std::int64_t low = INT64_MIN, high = INT64_MAX;
  std::vector<std::string> values;
  std::string note;
};

std::vector<Described> facts_of(const program::Part& part) {
  std::vector<Described> all;
  for (const Fact& one : builtin_facts)
    all.push_back({std::string(one.name),
                   one.type,
                   static_cast<ActionMask>(one.required | one.optional),
                   one.low,
                   one.high,
                   {one.values.begin(), one.values.end()},
                   std::string(one.note)});
  for (const program::Attribute& one : part.attributes)
    all.push_back(
        {one.name, one.type, static_cast<ActionMask>(one.required | one.optional), one.low, one.high, one.values, {}});
  return all;
}

Json range(const Described& fact) {
  Json json = {{"type", "integer"}};
  json["minimum"] = fact.low;
  json["maximum"] = fact.high;
  return json;
}

Json form_of(const Described& fact) {
  Json json;
  switch (fact.type) {
  case TypeKind::boolean: json = {{"type", "boolean"}}; break;
  case TypeKind::integer: json = range(fact); break;
  case TypeKind::string: json = {{"type", "string"}}; break;
  case TypeKind::ip:
    json = {
        {"anyOf", Json::array({{{"type", "string"}, {"format", "ipv4"}}, {{"type", "string"}, {"format", "ipv6"}}})}};
    break;
  case TypeKind::time: json = {{"type", "string"}, {"format", "date-time"}}; break;
  case TypeKind::duration:
    json = {{"anyOf", Json::array({{{"type", "string"},
                                    {"pattern", "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$"},
                                    {"minLength", 2}},
                                   {{"type", "integer"}, {"minimum", 0}, {"description", "seconds"}}})}};
    break;
  case TypeKind::string_set:
    json = {{"type", "array"}, {"items", {{"type", "string"}}}, {"maxItems", JsonLimits{}.set_items}};
    break;
  case TypeKind::enumeration: json = {{"enum", fact.values}}; break;
  case TypeKind::cidr:
  case TypeKind::tenant:
  case TypeKind::client:
  case TypeKind::connection:
  case TypeKind::organization: json = {{"type", "string"}}; break;
  }
  if (!fact.note.empty()) json["description"] = fact.note;
  return json;
}

bool is_thing(TypeKind type) {
  return type == TypeKind::tenant || type == TypeKind::client || type == TypeKind::connection ||
         type == TypeKind::organization;
}

// Walks to the object that holds the last part of `path`, making objects on the way by `make`; returns that part.
template <typename Step>
std::string descend(const std::string& path, const Step& step) {
  std::size_t begin = 0;
  for (std::size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.', begin)) {
    step(path.substr(begin, dot - begin));
    begin = dot + 1;
  }
  return path.substr(begin);
}

void add_property(Json& schema, const Described& fact) {
  Json* at = &schema;
  const std::string last = descend(fact.name, [&at](const std::string& part) {
    Json& next = (*at)["properties"][part];
    if (next.is_null()) next = {{"type", "object"}, {"additionalProperties", false}, {"properties", Json::object()}};
    at = &next;
  });
  (*at)["properties"][last] = form_of(fact);
}

void require(Json& schema, const std::string& path) {
  Json* at = &schema;
  const auto mark = [](Json& object, const std::string& name) {
    Json& list = object["required"];
    if (list.is_null()) list = Json::array();
    if (std::find(list.begin(), list.end(), Json(name)) == list.end()) list.push_back(name);
  };
  const std::string last = descend(path, [&](const std::string& part) {
    mark(*at, part);
    at = &(*at)["properties"][part];
  });
  mark(*at, last);
}

template <typename Records>
Json ids_of(const Records& records) {
  Json list = Json::array();
  for (const auto& one : records) list.push_back(one.id);
  return {{"enum", std::move(list)}};
}

void require_facts(Json& schema, const program::Part& part, const std::vector<Described>& facts, Action action) {
  if (facts[index(fact("connection"))].actions & mask_of(action)) require(schema, "connection");
  for (const FactId id : part.programs[static_cast<std::size_t>(action)].required)
    if (index(id) < facts.size() && !is_thing(facts[index(id)].type)) require(schema, facts[index(id)].name);
}

// What the action does not have is no property of its requests: false, the schema that accepts nothing.
void refuse_facts(Json& schema, const std::vector<Described>& facts, Action action) {
  const auto has = [action](const Described& one) { return (one.actions & mask_of(action)) != 0; };
  for (const Described& one : facts) {
    if (has(one)) continue;
    const std::string group = one.name.substr(0, one.name.find('.') + 1);  // "user."; empty for `connection`
    const bool whole_group = std::none_of(facts.begin(), facts.end(), [&](const Described& other) {
      return !group.empty() && other.name.starts_with(group) && has(other);
    });
    if (whole_group && !group.empty()) {
      schema["properties"][group.substr(0, group.size() - 1)] = false;
      continue;
    }
    Json* at = &schema;
    const std::string last = descend(one.name, [&at](const std::string& step) { at = &(*at)["properties"][step]; });
    (*at)["properties"][last] = false;
  }
}

Json holds_true(const char* name) {
  return {{"properties", {{name, {{"const", true}}}}}, {"required", Json::array({name})}};
}

// The constraints of decision 0001, 16: session.mfa exactly with session.mfa_age, user.email_verified only with user.email.
void add_constraints(Json& properties) {
  if (properties.contains("session")) {
    Json& session = properties["session"];
    session["if"] = holds_true("mfa");
    session["then"] = {{"required", Json::array({"mfa_age"})}};
    session["else"] = {{"properties", {{"mfa_age", false}}}};
  }
  if (properties.contains("user") && properties["user"]["properties"].contains("email_verified")) {
    properties["user"]["if"] = holds_true("email_verified");
    properties["user"]["then"] = {{"required", Json::array({"email"})}};
  }
}

// Which requests are judged by membership (decision 0001, 20): one condition each, of an organization that is named.
std::vector<Json> membership_conditions(const program::Part& part, Action action) {
  const auto named = [](Json properties) {
    return Json{{"required", Json::array({"organization"})}, {"properties", std::move(properties)}};
  };
  if (part.organizations.empty() || action == Action::signup || action == Action::m2m) return {};
  if (action != Action::login) return {named(Json::object())};
  std::vector<Json> conditions;
  Json members = Json::array();
  for (const program::OrganizationRecord& one : part.organizations) {
    if (one.members_required) members.push_back(one.id);
    if (one.members_required || one.joins_via.empty()) continue;
    Json joining = Json::array();
    for (const std::uint32_t connection : one.joins_via) joining.push_back(part.connections[connection].id);
    conditions.push_back(
        named({{"organization", {{"const", one.id}}}, {"connection", {{"not", {{"enum", std::move(joining)}}}}}}));
  }
  if (!members.empty()) conditions.push_back(named({{"organization", {{"enum", std::move(members)}}}}));
  return conditions;
}

void require_membership(Json& schema, const program::Part& part, Action action) {
  for (Json& condition : membership_conditions(part, action)) {
    Json then = Json::object();
    require(then, "user.organizations");
    schema["allOf"].push_back({{"if", std::move(condition)}, {"then", std::move(then)}});
  }
}

Json whole(const program::Part& part, std::optional<Action> action) {
  const std::vector<Described> facts = facts_of(part);
  Json schema;
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "Request of tenant " + part.id +
                    (action ? " for " + std::string(action_names[static_cast<std::size_t>(*action)]) : "");
  schema["type"] = "object";
  schema["additionalProperties"] = false;
  schema["required"] = {"action", "tenant", "client"};
  Json& properties = schema["properties"];
  properties["action"] = action ? Json{{"const", std::string(action_names[static_cast<std::size_t>(*action)])}}
                                : Json{{"enum", action_names}};
  properties["tenant"] = {{"const", part.id}};
  properties["client"] = ids_of(part.clients);
  const ActionMask asked = action ? mask_of(*action) : all_actions;
  if (facts[index(fact("connection"))].actions & asked) properties["connection"] = ids_of(part.connections);
  if (!part.organizations.empty()) properties["organization"] = ids_of(part.organizations);
  for (const Described& one : facts)
    if ((one.actions & asked) && !is_thing(one.type)) add_property(schema, one);
  add_constraints(properties);
  if (action) {
    require_facts(schema, part, facts, *action);
    require_membership(schema, part, *action);
    return schema;
  }
  schema["allOf"] = Json::array();
  for (std::size_t i = 0; i < action_count; ++i) {
    Json then = Json::object();
    require_facts(then, part, facts, static_cast<Action>(i));
    refuse_facts(then, facts, static_cast<Action>(i));
    require_membership(then, part, static_cast<Action>(i));
    if (then.empty()) continue;
    schema["allOf"].push_back(
        {{"if", {{"properties", {{"action", {{"const", std::string(action_names[i])}}}}}}}, {"then", std::move(then)}});
  }
  return schema;
}

}  // namespace

std::string request_schema(const program::Part& part, std::optional<Action> action) {
  try {
    return whole(part, action).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  } catch (const std::exception&) {
    return "false\n";  // for want of memory: the schema that accepts nothing
  }
}

}  // namespace writ
