// A request to JSON: facts find their types in the table and among the attributes, dotted names become nested objects.
#include "runtime/json/request_json.h"
#include "runtime/program/facts.h"

#include <exception>

#include <nlohmann/json.hpp>

namespace writ {

namespace {

using Json = nlohmann::ordered_json;

struct Form {
  TypeKind type = TypeKind::string;
  std::vector<std::string_view> values;
};

Form form_of(std::string_view name, std::span<const program::Attribute> attributes) {
  for (const Fact& one : builtin_facts)
    if (one.name == name) return {one.type, {one.values.begin(), one.values.end()}};
  for (const program::Attribute& one : attributes)
    if (one.name == name) return {one.type, {one.values.begin(), one.values.end()}};
  return {};
}

Json integer(std::int64_t value, const Form& form) {
  if (form.type == TypeKind::time) return time_to_text(value);
  if (form.type == TypeKind::duration) return duration_to_text(value);
  const bool word =
      form.type == TypeKind::enumeration && value >= 0 && static_cast<std::size_t>(value) < form.values.size();
  return word ? Json(std::string(form.values[static_cast<std::size_t>(value)])) : Json(value);
}

Json value_of(const Value& value, const Form& form) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return integer(*number, form);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* ip = std::get_if<Ip>(&value)) return to_text(*ip);
  return std::get<StringSet>(value);
}

Json object_of(const NamedRequest& request, std::span<const program::Attribute> attributes) {
  Json json;
  json["action"] = action_names[static_cast<std::size_t>(request.action)];
  json["tenant"] = request.tenant;
  json["client"] = request.client;
  if (request.connection) json["connection"] = *request.connection;
  if (request.organization) json["organization"] = *request.organization;
  for (const auto& [name, value] : request.facts) {
    Json* at = &json;
    std::size_t begin = 0;
    for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', begin)) {
      at = &(*at)[name.substr(begin, dot - begin)];
      begin = dot + 1;
    }
    (*at)[name.substr(begin)] = value_of(value, form_of(name, attributes));
  }
  return json;
}

}  // namespace

std::string value_json(const Value& value, TypeKind type, std::span<const std::string> words) {
  try {
    return value_of(value, {type, {words.begin(), words.end()}}).dump(-1, ' ', false, Json::error_handler_t::replace);
  } catch (const std::exception&) {
    return "null";  // for want of memory
  }
}

std::string to_json(const NamedRequest& request, std::span<const program::Attribute> attributes) {
  try {
    return object_of(request, attributes).dump(-1, ' ', false, Json::error_handler_t::replace);
  } catch (const std::exception&) {
    return "{}";  // for want of memory, or of attributes one of which is a part of another's name
  }
}

}  // namespace writ
